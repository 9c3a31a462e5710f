"""What marketplaces are told of health, when, and in which order."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.records import HealthState, Reading
from publicist.core.reporting.order import Told, batches, interval_for, state_to_tell, to_tell

from ...clock import START

INTERVAL = timedelta(seconds=30)
STATES: list[HealthState] = ["healthy", "degraded", "unhealthy", "offline", "unknown"]


def reading(slug: str, state: HealthState = "healthy") -> Reading:
    return Reading(slug, state, START)


def told(**seconds_ago: float) -> dict[str, Told]:
    return {slug: Told("healthy", START - timedelta(seconds=ago)) for slug, ago in seconds_ago.items()}


@pytest.mark.parametrize(
    ("before", "states", "goes"),
    [
        ({}, {}, []),
        ({"a": 29}, {"a": "healthy"}, []),
        ({"a": 30}, {"a": "healthy"}, ["a"]),
        ({"a": 1}, {"a": "unhealthy"}, ["a"]),
        ({"a": 1}, {"a": "healthy", "new": "healthy"}, ["new"]),
        ({"a": 15, "b": 14}, {"a": "healthy", "b": "healthy", "new": "unknown"}, ["new", "a"]),
        ({"ok": 31, "failed": 61}, {"ok": "healthy", "failed": "healthy"}, ["failed", "ok"]),
        ({"failed": 90, "changed": 1}, {"failed": "healthy", "changed": "offline"}, ["changed", "failed"]),
        ({"ahead": -3600}, {"ahead": "healthy"}, ["ahead"]),
        ({"gone": 99}, {}, []),
    ],
)
def test_what_goes_and_in_which_order(
    before: dict[str, float], states: dict[str, HealthState], goes: list[str]
) -> None:
    readings = [reading(slug, state) for slug, state in states.items()]

    assert [one.slug for one in to_tell(readings, told(**before), INTERVAL, START)] == goes


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3),
        st.tuples(st.integers(-100, 100), st.sampled_from(STATES), st.sampled_from(STATES)),
    )
)
def test_nothing_that_is_due_stays_behind_and_nothing_goes_twice(
    listings: dict[str, tuple[int, HealthState, HealthState]],
) -> None:
    before = {slug: Told(was, START - timedelta(seconds=ago)) for slug, (ago, was, _) in listings.items()}
    going = to_tell([reading(slug, now) for slug, (_, _, now) in listings.items()], before, INTERVAL, START)
    slugs = [one.slug for one in going]

    assert len(slugs) == len(set(slugs))
    assert {slug for slug, (ago, was, now) in listings.items() if was != now or ago >= 30 or ago < 0} <= set(slugs)
    if going:
        assert to_tell(going, {one.slug: Told(one.state, START) for one in going}, INTERVAL, START) == []


@pytest.mark.parametrize(("wished", "ttl", "seconds"), [(30, 90, 30), (30, 900, 30), (30, 60, 20), (600, 900, 300)])
def test_three_reports_go_while_one_holds(wished: float, ttl: float, seconds: float) -> None:
    assert interval_for(wished, ttl) == timedelta(seconds=seconds)


def test_batches_are_no_longer_than_is_taken_and_what_was_refused_goes_alone_at_the_end() -> None:
    readings = [reading(slug) for slug in ("bad", "a", "b", "c", "worse")]

    cut = [[one.slug for one in batch] for batch in batches(readings, 2, frozenset({"bad", "worse"}))]

    assert cut == [["a", "b"], ["c"], ["bad"], ["worse"]]


@pytest.mark.parametrize(
    ("known", "before", "in_maintenance", "keep", "said"),
    [
        ("healthy", "healthy", False, True, "healthy"),
        ("unknown", "healthy", False, True, "unknown"),
        ("unknown", "healthy", True, True, "healthy"),
        ("unknown", "offline", True, True, "offline"),
        ("unknown", "unknown", True, True, "unknown"),
        ("degraded", "healthy", True, True, "degraded"),
        ("healthy", "healthy", True, False, "unknown"),
        ("unknown", "healthy", True, False, "unknown"),
    ],
)
def test_in_maintenance_the_last_state_stands_unless_the_operator_wants_otherwise(
    known: HealthState, before: HealthState, in_maintenance: bool, keep: bool, said: HealthState
) -> None:
    assert state_to_tell(known, before, in_maintenance=in_maintenance, keep=keep) == said
