"""Health is kept the same on both databases: now, single readings, sums, changes; and dropped when it is old."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from publicist.core.health.states import RealQueries, Thresholds, step
from publicist.core.records import CheckResult, Health, HealthCell, HealthChange, QueryEvent, RawReading
from publicist.core.schemas import load_endpoint
from publicist.core.schemas.draft import new_endpoint
from publicist.core.store import Store, Writer

from ...clock import START
from ...spaces import describe

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONGEST = 15 * MINUTE
FINE = [CheckResult("dataset", True, "fine", latency_ms=42.0)]
GONE = [CheckResult("dataset", False, "no connection", reachable=False, warning="soon")]
ONCE = Thresholds(fails=1, passes=1)


def add(store: Store, *names: str) -> None:
    for name in names:
        with store.write():
            store.endpoints.add(new_endpoint(load_endpoint(describe(slug=name)), name, START))


def look(store: Store, at: datetime, results: Sequence[CheckResult] | None = FINE, name: str = "papers") -> Health:
    with store.write():
        before = store.health.hold(name) or Health(name)
        after, change = step(before, results, None, at, ONCE)
        store.health.note(before, after, change, at, LONGEST)
    return after


def test_how_an_endpoint_does_comes_back_as_it_was_noted(store: Store) -> None:
    add(store, "papers", "second")
    assert store.health.of("papers") is None
    look(store, START)
    noted = look(store, START + MINUTE, GONE)
    assert store.health.of("papers") == noted
    assert store.health.all() == [noted]


def test_single_readings_come_back_in_the_order_in_which_they_were_noted(store: Store) -> None:
    add(store, "papers")
    look(store, START + 59 * MINUTE)
    look(store, START + 60 * MINUTE, GONE)
    look(store, START + 61 * MINUTE, None)
    found = [
        RawReading(START + 59 * MINUTE, "healthy", "healthy", 42.0),
        RawReading(START + 60 * MINUTE, "offline", "offline"),
        RawReading(START + 61 * MINUTE, "unknown", "unknown"),
    ]
    assert store.health.readings("papers", START) == found
    assert store.health.readings("papers", START + HOUR) == found[1:]
    assert store.health.readings("second", START) == []


def test_the_time_between_looks_counts_for_the_state_it_was_spent_in(store: Store) -> None:
    add(store, "papers")
    midnight = START.replace(hour=0) + DAY
    look(store, midnight - 6 * MINUTE)
    look(store, midnight + 3 * MINUTE, GONE)
    look(store, midnight + 4 * MINUTE)
    assert store.health.hours("papers", START, midnight + HOUR) == {
        midnight - HOUR: HealthCell({"healthy": 360}, 1, 1, {50: 1}),
        midnight: HealthCell({"healthy": 180, "offline": 60}, 2, 1, {50: 1}),
    }
    assert store.health.hours("papers", midnight, midnight + HOUR).keys() == {midnight}
    assert store.health.days(["papers", "second"], midnight - DAY, midnight + DAY) == {
        "papers": {
            midnight - DAY: HealthCell({"healthy": 360}, 1, 1, {50: 1}),
            midnight: HealthCell({"healthy": 180, "offline": 60}, 2, 1, {50: 1}),
        }
    }


def test_time_in_which_nobody_looked_for_long_is_nobodys(store: Store) -> None:
    add(store, "papers")
    look(store, START)
    look(store, START + 6 * HOUR)
    look(store, START + 5 * HOUR)
    days = store.health.days(["papers"], START.replace(hour=0), START + DAY)["papers"]
    assert [cell.seconds for cell in days.values()] == [{"healthy": 900}]


def test_changes_are_kept_in_the_order_of_time(store: Store) -> None:
    add(store, "papers", "second")
    for number, results in enumerate([FINE, GONE, GONE, FINE]):
        look(store, START + number * MINUTE, results)
    look(store, START, None, "second")
    changes = store.health.changes(["papers", "second"], START)
    assert [(change.before, change.after) for change in changes] == [
        ("unknown", "healthy"),
        ("healthy", "offline"),
        ("offline", "healthy"),
    ]
    assert changes[1] == HealthChange("papers", "healthy", "offline", START + MINUTE, START, "dataset: no connection")
    assert store.health.changes(["papers"], START + MINUTE) == changes[1:]


def count(store: Store, *events: dict[str, Any]) -> None:
    usual = QueryEvent(START, "papers", "hub", "ada", "DE", 200, 42.0)
    with store.write():
        store.usage.add([replace(usual, **event) for event in events], Writer("first", START, START, 0))


def test_real_queries_are_counted_by_how_they_ended(store: Store) -> None:
    assert store.health.real_queries("papers", START) == RealQueries(0, 0)
    count(store, *[{"status": status} for status in (401, 403, 422, 429, 500, 502, 503, 504)])
    assert store.health.real_queries("papers", START) == RealQueries(3, 3)
    count(store, *[{"latency_ms": float(number)} for number in range(1, 101)])
    count(store, {"at": START - MINUTE, "status": 500}, {"endpoint_id": "second", "status": 500})
    assert store.health.real_queries("papers", START) == RealQueries(103, 3, 95.0)


def test_what_is_old_is_dropped_in_small_steps(store: Store) -> None:
    add(store, "papers")
    for number in range(10):
        look(store, START + number * DAY, None if number % 2 else FINE)
    dropped = 0
    with store.write():
        while step_dropped := store.health.prune(START + 8 * DAY + HOUR, START + 5 * DAY, 2):
            assert step_dropped <= 6
            dropped += step_dropped
    assert dropped == 8 + 5 + 5
    assert [reading.at for reading in store.health.readings("papers", START)] == [START + 8 * DAY, START + 9 * DAY]
    assert len(store.health.days(["papers"], START - DAY, START + 20 * DAY)["papers"]) == 5
    assert len(store.health.changes(["papers"], START)) == 5
    assert store.health.of("papers") is not None


def test_what_belongs_to_an_endpoint_that_is_gone_is_dropped(store: Store) -> None:
    add(store, "papers", "second")
    for name in ("papers", "second"):
        for number in range(5):
            look(store, START + number * DAY, GONE if number % 2 else FINE, name)
    with store.write():
        store.endpoints.mark_deleted("papers", START)
    assert not store.health.wanted("papers")
    assert [health.endpoint_id for health in store.health.all()] == ["second"]
    with store.write():
        store.endpoints.remove_withdrawn()
        while store.health.prune(START - DAY, START - DAY, 2):
            continue
    assert store.health.of("papers") is None
    assert store.health.readings("papers", START) == []
    assert store.health.changes(["papers"], START) == []
    assert store.health.days(["papers", "second"], START - DAY, START + 9 * DAY).keys() == {"second"}
    assert len(store.health.readings("second", START)) == 5


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_nobody_waits_for_an_endpoint_that_is_not_there(store: Store, name: str) -> None:
    assert not store.health.wanted(name)
    assert store.health.hold(name) is None
