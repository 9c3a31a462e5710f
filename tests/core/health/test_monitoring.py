"""All endpoints at a glance: what troubles first."""

from datetime import timedelta

import pytest
from publicist.core.health.monitoring import PER_PAGE, TROUBLE
from publicist.core.records import CheckResult
from publicist.core.schemas import load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint
from ..telling import only_rule

FINE = [CheckResult("dataset", ok=True, message="It answered 200.", latency_ms=42)]
WRONG = [CheckResult("dataset", ok=False, message="It answered 500.")]
GONE = [CheckResult("dataset", ok=False, message="No connection.", reachable=False)]


def add(services: Services, clock: Clock, slug: str, *seen: list[CheckResult], **fields: object) -> None:
    """Describe an endpoint and look at it, five minutes apart."""
    endpoint = add_endpoint(services, slug=slug, name=slug.title(), **fields)
    for results in seen:
        clock.move(minutes=1)
        services.health_book.record(endpoint.id, results)


@pytest.fixture
def watched(services: Services, clock: Clock) -> Services:
    add(services, clock, "well", FINE, tags=["law"])
    add(services, clock, "gone", *[GONE] * 3, tags=["law"])
    add(services, clock, "wrong", *[WRONG] * 3)
    add(services, clock, "gone-later", *[GONE] * 3)
    add(services, clock, "never-seen")
    add(services, clock, "resting", *[GONE] * 3)
    ends = (clock() + timedelta(hours=1)).isoformat()
    services.maintenance.add(load_maintenance({"endpoint_slug": "resting", "ends_at": ends}, clock()))
    return services


def slugs(services: Services, **asked: str) -> list[str]:
    return [row.endpoint.slug for row in services.monitoring.page(**asked).rows]  # type: ignore[arg-type]


def test_what_troubles_comes_first_and_of_that_what_began_last(watched: Services) -> None:
    assert slugs(watched) == ["gone-later", "gone", "wrong", "never-seen", "resting", "well"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": TROUBLE}, ["gone-later", "gone", "wrong"]),
        ({"state": "unhealthy"}, ["wrong"]),
        ({"state": "maintenance"}, ["resting"]),
        ({"state": "healthy"}, ["well"]),
        ({"text": "GONE"}, ["gone-later", "gone"]),
        ({"text": "later"}, ["gone-later"]),
        ({"tag": "law"}, ["gone", "well"]),
        ({"tag": "law", "state": TROUBLE}, ["gone"]),
        ({"text": "nothing"}, []),
    ],
)
def test_rows_are_chosen_and_counts_stay_those_of_all(
    watched: Services, asked: dict[str, str], found: list[str]
) -> None:
    sight = watched.monitoring.page(**asked)  # type: ignore[arg-type]
    assert [row.endpoint.slug for row in sight.rows] == found
    assert sight.total == len(found)
    assert sight.counts == {"offline": 2, "unhealthy": 1, "unknown": 1, "maintenance": 1, "healthy": 1}


def test_the_last_hours_are_told_by_the_hour(watched: Services) -> None:
    (row,) = watched.monitoring.page(state="healthy").rows
    assert len(row.bars) == 24
    assert row.bars[-1].seconds == {}
    assert row.bars[-1].p50_ms is not None
    assert row.latency_ms == 42


def test_a_page_beyond_the_last_is_the_last(services: Services, clock: Clock) -> None:
    for number in range(PER_PAGE + 1):
        add_endpoint(services, slug=f"papers-{number:03}")
    sight = services.monitoring.page(9)
    assert (sight.page, sight.total, len(sight.rows)) == (2, PER_PAGE + 1, 1)
    assert services.monitoring.page(1, text="nothing").page == 1


def test_the_last_look_of_long_ago_is_not_told(watched: Services, clock: Clock) -> None:
    clock.move(hours=5)
    sight = watched.monitoring.page(text="well")
    assert (sight.rows[0].health.state, sight.rows[0].latency_ms) == ("unknown", None)


def test_open_incidents_and_our_own_network_are_told(watched: Services) -> None:
    assert watched.monitoring.page().incidents == []
    assert watched.monitoring.page().down_since is None
    with watched.store.write():
        watched.store.settings.set("network_down_since", "2026-03-01T12:10:00+00:00")
    down_since = watched.monitoring.page().down_since
    assert down_since is not None
    assert down_since.minute == 10
    assert only_rule(watched, words=["offline"], minutes=1)
