"""Health told to marketplaces: in time, at once on a change, and again when it did not arrive."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from publicist.core.records import CheckResult, HealthState
from publicist.core.schemas.maintenance import load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import WAIT, add_endpoint, add_marketplace, opened, publish, rows

Start = Callable[..., Counterpart]
SLUG = "research-qa"
WELL = [CheckResult("dataset", ok=True, message="It answers.", latency_ms=12.0)]
ILL = [CheckResult("dataset", ok=False, message="503", reachable=True)]
GONE = [CheckResult("dataset", ok=False, message="No answer.", reachable=False)]


def found(services: Services, *looks: Any, slug: str = SLUG) -> None:
    """Note what looks at an endpoint saw."""
    for results in looks or (WELL,):
        services.health_book.record(services.endpoints.get(slug).id, results)


def told(there: Counterpart) -> list[dict[str, str]]:
    """What each report said, by slug."""
    return [
        {one["slug"]: one["state"] for one in seen.json["readings"]}
        for seen in there.requests
        if seen.path.endswith("/health")
    ]


@pytest.fixture
def there(services: Services, catalogues: Start) -> Counterpart:
    """A catalogue that lists one endpoint, which was found well; it has not been told so yet."""
    catalogue = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Catalogue", catalogue.url, test=True)
    publish(services)
    found(services)
    return catalogue


def test_health_is_told_at_once_then_every_interval(services: Services, clock: Clock, there: Counterpart) -> None:
    counts = []
    for seconds in (0, 5, 24, 1, 29, 1):
        clock.move(seconds=seconds)
        services.monitor.round()
        counts.append(len(told(there)))

    assert counts == [1, 1, 1, 2, 2, 3]
    assert told(there)[0] == {SLUG: "healthy"}


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([ILL] * 3, "unhealthy"),
        ([GONE] * 3, "offline"),
        ([[CheckResult("dataset", True, "", latency_ms=9e4)]] * 3, "degraded"),
    ],
)
def test_a_change_wakes_the_reporter_and_is_told_at_once(
    services: Services, clock: Clock, there: Counterpart, looks: list[Any], state: HealthState
) -> None:
    services.monitor.round()
    services.monitor.wake.clear()
    clock.move(seconds=1)
    found(services, *looks)

    assert services.monitor.wake.is_set()
    services.monitor.round()
    assert told(there)[-1] == {SLUG: state}
    assert len(told(there)) == 2


def test_a_reading_is_told_with_the_moment_it_is_vouched_for_in_utc(
    services: Services, clock: Clock, there: Counterpart
) -> None:
    services.monitor.round()
    clock.move(seconds=40)
    services.monitor.round()

    sent = [seen.json["readings"][0] for seen in there.requests if seen.path.endswith("/health")]
    assert [one["checked_at"] for one in sent] == ["2026-03-01T12:00:00Z", "2026-03-01T12:00:40Z"]
    assert sent[0]["latency_ms"] == 12.0


def test_what_nobody_looks_at_any_more_is_not_vouched_for(services: Services, clock: Clock, there: Counterpart) -> None:
    services.monitor.round()
    clock.move(minutes=15)
    services.monitor.round()
    clock.move(seconds=30)
    services.monitor.round()

    assert told(there) == [{SLUG: "healthy"}, {SLUG: "healthy"}, {SLUG: "unknown"}]


def test_a_failed_report_is_told_again_at_the_next_try(services: Services, clock: Clock, there: Counterpart) -> None:
    there.faults.add("problem", status=503, method="POST", path="/health", times=1)
    assert services.monitor.round() == 0
    clock.move(seconds=5)

    assert services.monitor.round() == 1
    clock.move(seconds=5)
    assert services.monitor.round() == 0


def test_a_reading_that_spoils_its_batch_goes_alone(
    services: Services, clock: Clock, catalogues: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A marketplace refuses every report with one certain listing in it."""
    there = catalogues()
    add_marketplace(services, "Catalogue", there.url, test=True)
    for number in range(8):
        add_endpoint(services, slug=f"endpoint-{number}")
        publish(services, f"endpoint-{number}")
        found(services, slug=f"endpoint-{number}")
    report, calls = type(services.plugins).call_kind, []

    def refuse(self: Any, kind: str, hook: str, seconds: float, **arguments: Any) -> Any:
        if hook == "report_health":
            calls.append([one.slug for one in arguments["readings"]])
            if "endpoint-5" in calls[-1]:
                from publicist.core.errors import RejectedError

                raise RejectedError("One of them will not do.")
        return report(self, kind, hook, seconds, **arguments)

    monkeypatch.setattr(type(services.plugins), "call_kind", refuse)
    services.monitor.round()

    assert {slug for one in told(there) for slug in one} == {f"endpoint-{number}" for number in range(8)} - {
        "endpoint-5"
    }
    assert len(calls) <= 8
    calls.clear()
    clock.move(seconds=30)
    assert services.monitor.round() == 7
    assert [len(one) for one in calls] == [7, 1]


def test_a_batch_is_no_longer_than_the_marketplace_takes_and_late_ones_go_first(
    services: Services, clock: Clock, catalogues: Start
) -> None:
    there = catalogues()
    marketplace = add_marketplace(services, "Catalogue", there.url, test=True)
    assert marketplace.capabilities is not None
    from dataclasses import replace

    smaller = replace(marketplace, capabilities=replace(marketplace.capabilities, health_batch=2))
    with services.store.write():
        services.store.marketplaces.save(smaller, only=["capabilities"])
    for number in range(5):
        add_endpoint(services, slug=f"endpoint-{number}")
        publish(services, f"endpoint-{number}")
        found(services, slug=f"endpoint-{number}")
    there.faults.add("problem", status=503, method="POST", path="/health", times=1)
    assert services.monitor.round() == 3
    missed = set(told(there)[0])
    clock.move(seconds=5)
    assert services.monitor.round() == 2

    assert [len(one) for one in told(there)] == [2, 2, 1, 2]
    assert set(told(there)[-1]) == missed


@pytest.mark.parametrize(("setting", "said"), [("last", ["healthy", "healthy"]), ("unknown", ["healthy", "unknown"])])
def test_in_maintenance_the_last_state_is_told_unless_the_operator_wants_otherwise(
    tmp_path: Path, clock: Clock, catalogues: Start, setting: str, said: list[str]
) -> None:
    there = catalogues()
    with opened(tmp_path / "space", clock, PUBLICIST_MAINTENANCE_HEALTH=setting) as services:
        add_endpoint(services)
        add_marketplace(services, "Catalogue", there.url, test=True)
        publish(services)
        found(services, WELL, WELL)
        services.monitor.round()
        services.maintenance.add(window(SLUG, clock.now, hours=8))
        found(services, None)
    clock.move(hours=4)
    with opened(tmp_path / "space", clock, PUBLICIST_MAINTENANCE_HEALTH=setting) as services:
        services.monitor.round()

        assert [one[SLUG] for one in told(there)] == said
        assert services.monitor.state(services.endpoints.get(SLUG).id) == said[-1]


def test_after_maintenance_the_last_state_is_told_until_the_endpoint_is_looked_at(
    services: Services, clock: Clock, there: Counterpart
) -> None:
    services.maintenance.add(window(SLUG, clock.now, hours=1))
    for minutes in (0, 57):
        clock.move(minutes=minutes)
        assert services.checker.look(services.endpoints.get(SLUG).id) == []
    clock.move(minutes=3)
    services.monitor.round()
    found(services, *[GONE] * 3)
    clock.move(seconds=1)
    services.monitor.round()
    clock.move(minutes=16)
    services.monitor.round()

    assert [one[SLUG] for one in told(there)] == ["healthy", "offline", "unknown"]


def window(slug: str, now: datetime, hours: int) -> Any:
    ends = (now + timedelta(hours=hours)).isoformat()
    return load_maintenance({"endpoint_slug": slug, "starts_at": now.isoformat(), "ends_at": ends}, now)


def test_one_process_reports_and_another_follows_when_it_ends(tmp_path: Path, clock: Clock, catalogues: Start) -> None:
    there = catalogues()
    with opened(tmp_path / "space", clock) as first:
        add_endpoint(first)
        add_marketplace(first, "Catalogue", there.url, test=True)
        publish(first)
        found(first)
        with opened(tmp_path / "space", clock) as second:
            assert (first.monitor.round(), second.monitor.round()) == (1, 0)
            clock.move(seconds=30)
            assert (second.monitor.round(), first.monitor.round()) == (0, 1)
            clock.move(seconds=1)
            found(second, ILL, ILL, ILL)  # it was looked at there; told it is from here
            assert (second.monitor.round(), first.monitor.round()) == (0, 1)
            first.monitor.close()
            clock.move(seconds=1)
            assert (second.monitor.round(), first.monitor.round()) == (1, 0)
            clock.move(seconds=46)  # this one is gone without a word
            assert (first.monitor.round(), second.monitor.round()) == (1, 0)


def test_a_marketplace_that_answers_late_delays_no_other_and_is_not_called_twice_at_once(
    services: Services, there: Counterpart, catalogues: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = catalogues()
    add_marketplace(services, "Other", other.url, test=True)
    publish(services)
    free, report, calls = threading.Event(), type(services.plugins).call_kind, []

    def slow(self: Any, kind: str, hook: str, seconds: float, **arguments: Any) -> Any:
        if hook == "report_health" and arguments["marketplace"].name == "Catalogue":
            calls.append(hook)
            free.wait(WAIT)
        return report(self, kind, hook, seconds, **arguments)

    monkeypatch.setattr(type(services.plugins), "call_kind", slow)
    for looks in ([WELL], [GONE] * 3):
        found(services, *looks)
        deadline = time.monotonic() + WAIT
        sent = len(told(other))
        while len(told(other)) == sent and time.monotonic() < deadline:
            services.monitor.round(0.05)
    assert told(other) == [{SLUG: "healthy"}, {SLUG: "offline"}]
    assert (len(calls), told(there)) == (1, [])
    free.set()
    deadline = time.monotonic() + WAIT
    while told(there)[-1:] != [{SLUG: "offline"}] and time.monotonic() < deadline:
        services.monitor.round()
    assert told(there) == [{SLUG: "healthy"}, {SLUG: "offline"}]


def test_a_clock_that_is_set_back_keeps_nobody_from_reporting(
    services: Services, clock: Clock, there: Counterpart
) -> None:
    services.monitor.round()
    clock.move(hours=-1)
    found(services)
    services.monitor.round()
    clock.move(seconds=30)
    services.monitor.round()

    assert len(told(there)) == 3


def test_many_listings_that_are_off_are_looked_at_in_one_read(
    services: Services, clock: Clock, catalogues: Start
) -> None:
    there = catalogues()
    add_marketplace(services, "Catalogue", there.url, test=True)
    for number in range(5):
        add_endpoint(services, slug=f"endpoint-{number}")
        publish(services, f"endpoint-{number}")
        there.edit(f"endpoint-{number}", active=False)
        found(services, slug=f"endpoint-{number}")
    services.reconciler.sync()
    services.monitor.round()
    for number in range(5):
        there.edit(f"endpoint-{number}", active=number != 3)
    clock.move(seconds=40)
    seen = len(there.requests)
    services.monitor.round()

    reads = [one for one in there.requests[seen:] if one.method == "GET"]
    assert len(reads) == 1
    states = [rows(services, f"endpoint-{number}")["Catalogue"].active for number in range(5)]  # type: ignore[union-attr]
    assert states == [True, True, True, False, True]
