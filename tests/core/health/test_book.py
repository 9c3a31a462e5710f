"""The book of health: kept through restarts, told to listeners after it is stored, small however long it is kept."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from publicist.core.records import CheckResult, HealthChange, QueryEvent
from publicist.core.services import Services

from ...clock import START, Clock
from ...spaces import add_endpoint, opened
from .filling import fill, size_of

FINE = [CheckResult("dataset", True, "fine", latency_ms=42.0)]
GONE = [CheckResult("dataset", False, "no connection", reachable=False)]


def looks(services: Services, endpoint_id: str, *found: Sequence[CheckResult] | None) -> list[HealthChange | None]:
    changes = []
    for results in found:
        changes.append(services.health_book.record(endpoint_id, results))
        services.clock.move(minutes=5)  # type: ignore[attr-defined]
    return changes


def test_an_endpoint_that_was_never_looked_at_is_unknown(services: Services) -> None:
    endpoint = add_endpoint(services)
    health = services.health_book.of(endpoint.id)
    assert (health.state, health.checked_at, services.health_book.all()) == ("unknown", None, {})


def test_a_change_is_told_after_it_is_stored(services: Services) -> None:
    endpoint, told = add_endpoint(services), []
    services.health_book.on_change.append(
        lambda change: told.append((change.after, services.health_book.of(change.endpoint_id).state))
    )
    changes = looks(services, endpoint.id, FINE, FINE, GONE, GONE, GONE, None)
    assert [change.after for change in changes if change] == ["healthy", "offline", "unknown"]
    assert told == [("healthy", "healthy"), ("offline", "offline"), ("unknown", "unknown")]
    assert services.health_book.last_known(services.health_book.of(endpoint.id)) == "offline"
    assert services.health_book.all().keys() == {endpoint.id}


def test_a_listener_that_fails_disturbs_nobody(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    endpoint, told = add_endpoint(services), []

    def fail(_: HealthChange) -> None:
        raise RuntimeError

    services.health_book.on_change += [fail, told.append]
    assert looks(services, endpoint.id, FINE) == told
    assert "could not be passed on" in caplog.text


def test_a_restart_in_the_middle_of_an_outage_changes_nothing(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as before:
        endpoint = add_endpoint(before)
        looks(before, endpoint.id, FINE, GONE, GONE)
        kept = before.health_book.of(endpoint.id)
    with opened(tmp_path, clock) as after:
        assert after.health_book.of(endpoint.id) == kept
        [change] = looks(after, endpoint.id, GONE)
        assert change is not None
        assert (change.before, change.after) == ("healthy", "offline")
    with opened(tmp_path, clock) as again:
        assert looks(again, endpoint.id, GONE, GONE) == [None, None]
        assert len(again.health_reports.outages([endpoint.id])) == 1


def test_what_nobody_looked_at_is_not_vouched_for(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    looks(services, endpoint.id, FINE)
    assert services.health_book.now(endpoint.id).state == "healthy"
    clock.now += services.health_book.trusted
    assert services.health_book.now(endpoint.id).state == "unknown"
    assert services.health_book.of(endpoint.id).state == "healthy"


def test_real_queries_of_the_last_minutes_make_it_degraded(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)

    def ask(number: int, status: int) -> None:
        for _ in range(number):
            services.usage.record(QueryEvent(clock(), endpoint.id, "hub", "ada", "", status, 42.0))
        services.usage.flush()

    looks(services, endpoint.id, FINE)
    for _ in range(3):
        ask(5, 502)
        looks(services, endpoint.id, FINE)
    ask(5, 502)
    looks(services, endpoint.id, FINE)
    health = services.health_book.of(endpoint.id)
    assert (health.state, health.message) == ("degraded", "15 of the last 15 queries failed.")
    clock.move(minutes=20)
    looks(services, endpoint.id, FINE, FINE)
    assert services.health_book.of(endpoint.id).state == "healthy"


def test_thresholds_come_from_the_settings(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock, PUBLICIST_HEALTH_FAILS="1", PUBLICIST_HEALTH_DEGRADED_MS="40") as services:
        endpoint = add_endpoint(services)
        looks(services, endpoint.id, FINE)
        assert services.health_book.of(endpoint.id).state == "degraded"
        looks(services, endpoint.id, GONE)
        assert services.health_book.of(endpoint.id).state == "offline"


def test_an_endpoint_that_is_gone_leaves_nothing(services: Services) -> None:
    endpoint, other = add_endpoint(services), add_endpoint(services, slug="second")
    looks(services, endpoint.id, FINE, GONE, GONE, GONE)
    looks(services, other.id, FINE)
    services.endpoints.delete("research-qa")
    assert services.health_book.record(endpoint.id, GONE) is None
    assert services.health_book.prune() > 0
    assert services.health_book.prune() == 0
    with services.store.session():
        assert services.store.health.changes([endpoint.id], START) == []
        assert services.store.health.of(endpoint.id) is None
    assert services.health_book.all().keys() == {other.id}


def test_old_readings_go_and_their_sums_stay(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    looks(services, endpoint.id, *[FINE] * 13)
    clock.move(days=3, hours=1)
    services.health_book.prune()
    with services.store.session():
        assert services.store.health.readings(endpoint.id, START) == []
    assert services.health_reports.report("research-qa", days=30).uptime["30d"] == 100
    clock.move(days=400)
    services.health_book.prune()
    assert services.health_reports.report("research-qa", days=400).uptime["365d"] is None


def test_looks_at_the_same_endpoint_at_once_are_all_counted(services: Services) -> None:
    endpoint = add_endpoint(services)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: services.health_book.record(endpoint.id, FINE), range(40)))
    with services.store.session():
        assert len(services.store.health.readings(endpoint.id, START)) == 40
        [cell] = services.store.health.hours(endpoint.id, START, START + timedelta(hours=1)).values()
    assert (cell.looks, cell.passed) == (40, 40)


def test_a_year_of_history_is_small(services: Services) -> None:
    """So that 1,000 endpoints over 90 days stay under 200 MB. `make bench` fills it for more days, at the full pace."""
    ids = [add_endpoint(services, slug=f"papers-{number}").id for number in range(5)]
    empty = size_of(services)
    at_first = fill(services, ids, days=3, seconds=900) - empty
    later = fill(services, ids, days=3, seconds=900) - empty
    after_90_days = at_first + (later - at_first) / 3 * 87
    assert after_90_days / len(ids) * 1_000 < 200_000_000


def test_what_is_noted_holds_for_three_intervals_where_those_are_long(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock, PUBLICIST_CHECK_INTERVAL="3600") as services:
        endpoint = add_endpoint(services)
        services.health_book.record(endpoint.id, FINE)
        clock.move(hours=3)
        assert services.health_book.now(endpoint.id).state == "healthy"
        services.health_book.record(endpoint.id, FINE)
        with services.store.session():
            hours = services.store.health.hours(endpoint.id, START, START + timedelta(hours=4))
        assert [cell.seconds.get("healthy") for cell in hours.values()] == [3_600, 3_600, 3_600, None]


def test_a_clock_that_was_ahead_for_a_while_leaves_incidents_in_their_order(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    looks(services, endpoint.id, FINE)
    clock.move(hours=1)
    looks(services, endpoint.id, GONE, GONE, GONE)
    clock.move(hours=-1)
    looks(services, endpoint.id, *[FINE] * 2, *[GONE] * 3, *[FINE] * 4)
    found = services.health_reports.outages([endpoint.id])
    assert [one.ended_at is None for one in found] == [False] * 2
    assert len({one.began_at for one in found}) == 2


def test_a_clock_that_was_a_year_ahead_is_waited_for_by_nothing(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    looks(services, endpoint.id, FINE)
    clock.move(days=365)
    looks(services, endpoint.id, *[GONE] * 3)
    clock.move(days=-365)
    looks(services, endpoint.id, *[FINE] * 2, *[GONE] * 3)
    assert services.health_book.of(endpoint.id).since == clock.now - timedelta(minutes=5)
    [outage] = services.health_reports.outages([endpoint.id])
    assert (outage.began_at, outage.ended_at) == (clock.now - timedelta(minutes=5), None)
