"""Unusual usage is pointed out; quiet and regular usage is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from publicist.core.records import HourCount, PersonCount, UsageCounts, UsageSpan
from publicist.core.usage.patterns import Pattern, find_patterns

from ...clock import START

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
SPAN = UsageSpan(START - timedelta(days=6), START + timedelta(days=1))


def history(queries: int, *, weeks: int = 4, at: datetime = START, hours: int = 1) -> list[HourCount]:
    """Return the same hours of past weeks, with that many queries in each."""
    return [
        HourCount(at + number * HOUR - back * WEEK, 200, queries)
        for back in range(1, weeks + 1)
        for number in range(hours)
    ]


def found(hours: Sequence[HourCount] = (), **fields: object) -> tuple[Pattern, ...]:
    counts = replace(UsageCounts(hours=tuple(item for item in hours if SPAN.since <= item.hour)), **fields)
    return find_patterns(SPAN, counts, hours)


@pytest.mark.parametrize(
    ("past", "weeks", "now", "spike"),
    [
        (10, 4, 30, True),
        (10, 4, 29, False),
        (100, 4, 299, False),
        (100, 4, 300, True),
        (0, 4, 29, False),
        (1, 4, 30, True),
        (10, 2, 30, True),
        (10, 1, 3_000, False),
        (10, 0, 3_000, False),
    ],
)
def test_an_hour_is_a_spike_beside_the_same_hour_of_past_weeks(past: int, weeks: int, now: int, spike: bool) -> None:
    patterns = found([*history(past, weeks=weeks), HourCount(START, 200, now)])
    assert [pattern.kind for pattern in patterns] == ["spike"] * spike


def test_what_is_busy_every_week_is_no_spike_though_the_other_hours_are_quiet() -> None:
    quiet = history(1, at=START + HOUR, hours=20)
    assert found([*quiet, *history(500), HourCount(START, 200, 500)]) == ()


def test_hours_that_follow_each_other_are_one_spike() -> None:
    now = [HourCount(START + number * HOUR, 200, 90) for number in (0, 1, 5)]
    first, second = found([*history(10, hours=6), *now])
    assert (first.since, first.until, first.queries, first.usual) == (START, START + 2 * HOUR, 180, 20)
    assert (second.since, second.until, second.queries) == (START + 5 * HOUR, START + 6 * HOUR, 90)
    assert first.message == "180 queries from 2026-03-01 12:00 to 2026-03-01 14:00 UTC; past weeks had 20 at that time."


def test_spikes_before_the_span_are_not_told() -> None:
    old = SPAN.since - HOUR
    assert found([*history(10, at=old), HourCount(old, 200, 500), HourCount(START, 200, 1)]) == ()


@pytest.mark.parametrize(
    ("total", "people", "share", "told"),
    [(100, 3, 51, True), (100, 3, 50, False), (99, 3, 90, False), (1_000, 2, 900, False), (1_000, 3, 501, True)],
)
def test_one_person_who_asks_most_is_told(total: int, people: int, share: int, told: bool) -> None:
    busiest = (PersonCount("0123456789abcdef", "hub", share, 0), PersonCount("b", "hub", total - share, 0))
    patterns = found([HourCount(START, 200, total)], people=people, busiest=busiest)
    assert [(item.kind, item.person, item.marketplace_id) for item in patterns] == (
        [("one_person", "0123456789abcdef", "hub")] if told else []
    )
    assert all("01234567)" in item.message and "89abcdef" not in item.message for item in patterns)


@pytest.mark.parametrize(
    ("queries", "denied", "told"), [(40, 20, True), (41, 20, False), (19, 19, False), (25, 25, True)]
)
def test_somebody_who_is_refused_again_and_again_is_told(queries: int, denied: int, told: bool) -> None:
    patterns = found(most_denied=(PersonCount("eve", "hub", queries, denied), PersonCount("ada", "hub", 500, 0)))
    assert [(item.kind, item.person, item.queries) for item in patterns] == (
        [("repeated_denials", "eve", denied)] if told else []
    )


@pytest.mark.parametrize(("total", "failing", "told"), [(200, 50, True), (201, 50, False), (49, 49, False)])
def test_many_queries_without_a_valid_token_are_told(total: int, failing: int, told: bool) -> None:
    patterns = found([HourCount(START, 401, total)], denials={"not_authenticated": failing})
    assert [item.kind for item in patterns] == ["failing_tokens"] * told


def test_nothing_counted_points_out_nothing() -> None:
    assert found() == ()
