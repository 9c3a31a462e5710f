"""The figures of usage follow from what was counted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.records import (
    CostCount,
    HourCount,
    LatencyCount,
    SideCount,
    Uncounted,
    UsageCounts,
    UsageSpan,
)
from publicist.core.usage.metrics import Classes, Cost, Latency, Peak, Point, Side, classify, make_metrics

from ...clock import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = START.replace(hour=0)
WEEK = UsageSpan(MIDNIGHT - 6 * DAY, MIDNIGHT + DAY)
SUNDAY, NOON = 6, 12


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (200, "successful"),
        (204, "successful"),
        (400, "failed"),
        (401, "unauthenticated"),
        (402, "payment_required"),
        (403, "denied"),
        (413, "failed"),
        (422, "failed"),
        (429, "rate_limited"),
        (500, "failed"),
        (504, "failed"),
    ],
)
def test_every_status_belongs_to_a_class(status: int, name: str) -> None:
    assert classify([HourCount(START, status, 3)]) == Classes(**{name: 3})


@given(st.lists(st.tuples(st.integers(200, 599), st.integers(0, 1000))))
def test_the_classes_hold_every_query_once(counted: list[tuple[int, int]]) -> None:
    assert classify(SideCount("", *each) for each in counted).total == sum(queries for _, queries in counted)


def test_nothing_counted_makes_empty_figures() -> None:
    metrics = make_metrics(WEEK, UsageCounts())
    assert metrics.classes.total == 0
    assert [point.classes.total for point in metrics.over_time] == [0] * 7
    assert metrics.latency == Latency(None, None)
    assert metrics.peaks == ()
    assert metrics.week == ((0,) * 24,) * 7


def test_queries_over_time_are_told_by_day_with_the_empty_ones() -> None:
    counts = UsageCounts(
        hours=(
            HourCount(MIDNIGHT - 6 * DAY, 200, 1),
            HourCount(START, 200, 2),
            HourCount(START + 3 * HOUR, 403, 4),
        ),
        people_at={MIDNIGHT: 2},
    )
    points = make_metrics(WEEK, counts).over_time
    assert [point.start for point in points] == [MIDNIGHT + number * DAY for number in range(-6, 1)]
    assert points[0] == Point(MIDNIGHT - 6 * DAY, Classes(successful=1), 0)
    assert points[-1] == Point(MIDNIGHT, Classes(successful=2, denied=4), 2)
    assert sum(point.classes.total for point in points) == 7


def test_queries_over_time_are_told_by_hour() -> None:
    span = UsageSpan(MIDNIGHT, MIDNIGHT + DAY, "hour")
    points = make_metrics(span, UsageCounts(hours=(HourCount(START, 200, 2),), people_at={START: 1})).over_time
    assert len(points) == 24
    assert points[NOON] == Point(START, Classes(successful=2), 1)


def test_peak_times_are_told_by_weekday_and_hour() -> None:
    hours = [HourCount(START, 200, 5), HourCount(START - 7 * DAY, 200, 5), HourCount(START + 13 * HOUR, 500, 7)]
    metrics = make_metrics(WEEK, UsageCounts(hours=(*hours, HourCount(START - HOUR, 200, 1))))
    assert metrics.week[SUNDAY][NOON] == 10
    assert metrics.peaks == (Peak(SUNDAY, NOON, 10), Peak(0, 1, 7), Peak(SUNDAY, NOON - 1, 1))


def test_the_average_cost_is_told_in_each_currency() -> None:
    counted = (CostCount("EUR", 4, Decimal("0.6")), CostCount("USD", 0, Decimal(0)))
    assert make_metrics(WEEK, UsageCounts(costs=counted)).costs == (
        Cost("EUR", 4, Decimal("0.6"), Decimal("0.15")),
        Cost("USD", 0, Decimal(0), Decimal(0)),
    )


def test_marketplaces_and_endpoints_come_with_the_most_used_first() -> None:
    counts = UsageCounts(
        marketplaces=(SideCount("a", 200, 1), SideCount("b", 200, 2), SideCount("b", 403, 1), SideCount("", 401, 1)),
        endpoints=(SideCount("x", 200, 1), SideCount("y", 200, 2)),
        latencies=(LatencyCount("a", 1, 1), LatencyCount("b", 10, 2)),
        people_of={"b": 2},
    )
    metrics = make_metrics(WEEK, counts)
    assert metrics.marketplaces == (
        Side("b", Classes(successful=2, denied=1), 2, Latency(8.5, 9.85)),
        Side("", Classes(unauthenticated=1), 0, Latency(None, None)),
        Side("a", Classes(successful=1), 0, Latency(0.5, 0.95)),
    )
    assert [side.id for side in metrics.endpoints] == ["y", "x"]
    assert metrics.latency.p50_ms == pytest.approx(7.75)


def test_countries_and_denials_come_with_the_most_frequent_first() -> None:
    counts = UsageCounts(
        countries={"DE": 1, "": 5, "FR": 2}, denials={"access_denied": 1, "rate_limited": 2}, uncounted=Uncounted(1, 2)
    )
    metrics = make_metrics(WEEK, counts)
    assert list(metrics.countries.items()) == [("", 5), ("FR", 2), ("DE", 1)]
    assert list(metrics.denials) == ["rate_limited", "access_denied"]
    assert metrics.uncounted == Uncounted(1, 2)
