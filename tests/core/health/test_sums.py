"""Sums of health: what is packed comes back, seconds go to the hours in which they passed."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some
from publicist.core.health.sums import (
    added,
    cell_of,
    held,
    hour_of,
    pack,
    pack_day,
    pack_reading,
    unpack,
    unpack_day,
    unpack_readings,
)
from publicist.core.records import HealthCell, HealthState, RawReading
from publicist.core.usage.latencies import BOUNDS

from ...clock import START

LONGEST = timedelta(minutes=15)
HOUR = timedelta(hours=1)
states = some.sampled_from(get_args(HealthState))
numbers = some.integers(1, 10**6)
cells = some.builds(
    lambda seconds, passed, failed, latencies: HealthCell(seconds, passed + failed, passed, latencies),
    some.dictionaries(states, numbers),
    some.integers(0, 10**5),
    some.integers(0, 10**5),
    some.dictionaries(some.sampled_from(BOUNDS), numbers),
)
latencies = some.none() | some.integers(0, 10**6).map(float)
readings = some.builds(
    lambda second, found, state, latency: RawReading(START + timedelta(seconds=second), found, state, latency),
    some.integers(0, 3_599),
    states,
    states,
    latencies,
)


@given(cells)
def test_a_sum_comes_back_from_its_text(cell: HealthCell) -> None:
    assert unpack(pack(cell)) == cell


@given(some.dictionaries(some.integers(0, 23), cells))
def test_a_day_comes_back_from_its_text(hours: dict[int, HealthCell]) -> None:
    assert unpack_day(pack_day(hours)) == hours


@given(some.lists(readings))
def test_readings_come_back_from_their_lines(given_readings: list[RawReading]) -> None:
    assert list(unpack_readings(START, "".join(map(pack_reading, given_readings)))) == given_readings


@given(cells, cells, cells)
def test_it_does_not_matter_in_which_order_sums_are_added(one: HealthCell, two: HealthCell, three: HealthCell) -> None:
    assert added(one, two, three) == added(three, added(two, one))
    assert added(one, HealthCell()) == one


def test_the_text_of_an_hour_is_short() -> None:
    cell = HealthCell({"healthy": 3_540, "offline": 60}, 12, 11, {70: 9, 100: 2})
    assert pack(cell) == "h3540o60/12.11/k9l2"


def test_the_letters_of_buckets_stay_what_they_were() -> None:
    """Texts of years are in databases: a bucket may be added at the end, and none may be moved."""
    ends = HealthCell({}, 0, 0, {1: 1, 2_000: 2, 120_000: 3})
    assert (pack(ends), unpack("/0/a1t2C3")) == ("/0/a1t2C3", ends)


@pytest.mark.parametrize(
    ("minutes", "lasting", "expected"),
    [
        (0, 5, {0: 300}),
        (58, 5, {0: 120, 1: 180}),
        (55, 5, {0: 300}),
        (0, 0, {}),
        (30, -60, {}),
        (30, 60, {0: 900}),
        (55, 600, {0: 300, 1: 600}),
    ],
)
def test_seconds_go_to_the_hours_in_which_they_passed(minutes: int, lasting: int, expected: dict[int, int]) -> None:
    since = START + timedelta(minutes=minutes)
    found = dict(held(since, since + timedelta(minutes=lasting), LONGEST))
    assert found == {START + number * HOUR: seconds for number, seconds in expected.items()}


@given(some.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)), some.floats(0, 900))  # noqa: DTZ001
def test_no_second_is_lost_or_counted_twice(naive: datetime, lasting: float) -> None:
    since = naive.replace(tzinfo=START.tzinfo)
    until = since + timedelta(seconds=lasting)
    hours = dict(held(since, until, LONGEST))
    assert sum(hours.values()) == int(until.timestamp()) - int(since.timestamp())
    assert all(hour == hour_of(hour) for hour in hours)


def test_a_look_counts_with_its_latency_if_it_passed() -> None:
    assert cell_of(RawReading(START, "degraded", "healthy", 42.0)) == HealthCell({}, 1, 1, {50: 1})
    assert cell_of(RawReading(START, "offline", "healthy", 42.0)) == HealthCell({}, 1, 0, {})
    assert cell_of(RawReading(START, "unknown", "unknown")) == HealthCell()
