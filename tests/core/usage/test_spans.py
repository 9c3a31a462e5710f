"""The time for which usage is asked is whole hours or days, and bounded."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import InvalidInput
from publicist.core.usage.spans import UsageWish, span_of

from ...clock import START

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MIDNIGHT = START.replace(hour=0)
NOW = START + timedelta(minutes=34)
KEPT = 30 * DAY


@pytest.mark.parametrize(
    ("asked", "since", "until", "step"),
    [
        ({}, MIDNIGHT - 29 * DAY, MIDNIGHT + DAY, "day"),
        ({"days": 1}, MIDNIGHT, START + HOUR, "hour"),
        ({"since": MIDNIGHT, "until": START}, MIDNIGHT, START, "hour"),
        ({"days": 2}, MIDNIGHT - DAY, START + HOUR, "hour"),
        ({"days": 3}, MIDNIGHT - 2 * DAY, MIDNIGHT + DAY, "day"),
        ({"days": 400}, MIDNIGHT - 399 * DAY, MIDNIGHT + DAY, "day"),
        ({"days": 1, "until": MIDNIGHT}, MIDNIGHT - DAY, MIDNIGHT, "hour"),
        ({"since": NOW - HOUR}, START - HOUR, START + HOUR, "hour"),
        ({"since": NOW - 3 * DAY, "until": NOW - DAY - HOUR}, START - 3 * DAY, START - DAY, "hour"),
        ({"since": NOW - 40 * DAY, "until": NOW - 39 * DAY}, MIDNIGHT - 40 * DAY, MIDNIGHT - 38 * DAY, "day"),
        ({"until": datetime.max.replace(tzinfo=UTC), "days": 1}, MIDNIGHT + DAY, START + DAY + HOUR, "hour"),
        ({"since": datetime(2026, 3, 1, 14, tzinfo=timezone(2 * HOUR))}, START, START + HOUR, "hour"),
    ],
)
def test_a_wish_means_whole_steps(asked: dict[str, Any], since: datetime, until: datetime, step: str) -> None:
    span = span_of(UsageWish(**asked), NOW, KEPT)
    assert (span.since, span.until, span.step) == (since, until, step)


@pytest.mark.parametrize(
    "asked",
    [
        {"since": NOW, "until": NOW},
        {"since": NOW, "until": NOW - HOUR},
        {"since": NOW + 2 * DAY},
        {"since": NOW - 401 * DAY},
        {"since": datetime.min.replace(tzinfo=timezone(14 * HOUR)), "until": datetime.min.replace(tzinfo=UTC) + DAY},
        {"until": datetime(1999, 1, 1, tzinfo=UTC)},
        {"until": datetime.min.replace(tzinfo=UTC)},
        {"until": datetime(2000, 1, 1, 1, tzinfo=UTC), "days": 2},
    ],
)
def test_a_time_in_which_nothing_can_lie_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        span_of(UsageWish(**asked), NOW, KEPT)


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()), st.integers(1, 400))
def test_any_times_are_answered_or_refused(since: datetime, until: datetime, days: int) -> None:
    for asked in (UsageWish(since=since, until=until), UsageWish(until=until, days=days), UsageWish(since=since)):
        try:
            span = span_of(asked, NOW, KEPT)
        except InvalidInput:
            continue
        assert span.since < span.until <= span.since + 402 * DAY


def test_what_comes_at_this_very_moment_is_meant_too() -> None:
    assert span_of(UsageWish(days=1), START, KEPT).until == START + HOUR
