"""Uptime, series and outages, from sums and changes that are made up."""

from datetime import datetime, timedelta

import pytest
from publicist.core.health.uptime import latency, outages, series, span_of_days, span_of_hours, uptime, uptimes
from publicist.core.records import HealthCell, HealthChange, HealthState, Outage

from ...clock import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = START.replace(hour=0)
NOW = START + timedelta(minutes=20)


def up(seconds: int = 3_600, **others: int) -> HealthCell:
    return HealthCell({"healthy": seconds, **others})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("seconds", "percent"),
    [
        ({"healthy": 3_600}, 100),
        ({"healthy": 1_800, "degraded": 1_800}, 100),
        ({"healthy": 900, "unhealthy": 900, "offline": 1_800}, 25),
        ({"offline": 5}, 0),
        ({"healthy": 600, "unknown": 3_000}, 100),
        ({"unknown": 3_600}, None),
        ({}, None),
    ],
)
def test_uptime_is_the_share_of_the_known_time(seconds: dict[HealthState, int], percent: float | None) -> None:
    assert uptime(HealthCell(seconds)) == percent


def test_each_span_has_its_own_uptime() -> None:
    hours = {START - number * HOUR: up(1_800, offline=1_800) for number in range(24)}
    hours[START - 24 * HOUR] = up(0, offline=3_600)
    days = {MIDNIGHT - number * DAY: up(86_400) for number in range(7)}
    days[MIDNIGHT - 7 * DAY] = up(0, offline=86_400)
    days[MIDNIGHT - 89 * DAY] = up(0, offline=86_400)
    days[MIDNIGHT - 365 * DAY] = up(0, offline=86_400)
    assert uptimes(hours, days, NOW) == {
        "24h": 50,
        "7d": 100,
        "30d": 87.5,
        "90d": pytest.approx(700 / 9),
        "365d": pytest.approx(700 / 9),
    }
    assert set(uptimes({}, {}, NOW).values()) == {None}


def test_a_series_has_a_point_for_every_step_known_or_not() -> None:
    span = span_of_hours(NOW, 3)
    assert (span.since, span.until) == (START - 2 * HOUR, START + HOUR)
    points = series({START: HealthCell({"healthy": 900, "offline": 300}, 4, 3, {50: 3})}, span)
    assert [point.start for point in points] == [START - 2 * HOUR, START - HOUR, START]
    assert [(point.state, point.uptime, point.p95_ms) for point in points[:2]] == [("unknown", None, None)] * 2
    assert (points[2].state, points[2].uptime) == ("offline", 75)
    assert points[2].p50_ms is not None
    assert 30 <= points[2].p50_ms <= 50
    assert [point.start for point in series({}, span_of_days(NOW, 2))] == [MIDNIGHT - DAY, MIDNIGHT]


def test_percentiles_are_of_all_the_hours_together() -> None:
    cells = [HealthCell({}, 90, 90, {50: 90}), HealthCell({}, 10, 10, {5_000: 10})]
    middle, high = latency(cells, 0.5), latency(cells, 0.95)
    assert middle is not None
    assert high is not None
    assert 30 <= middle <= 50
    assert 3_000 <= high <= 5_000
    assert latency([], 0.5) is None


def changes(*states: HealthState, endpoint: str = "papers") -> list[HealthChange]:
    found: list[HealthChange] = []
    before: HealthState = "unknown"
    for number, after in enumerate(states):
        found.append(HealthChange(endpoint, before, after, at(number), None, after))
        before = after
    return found


def at(hours: int) -> datetime:
    return START + hours * HOUR


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("healthy",), []),
        (("healthy", "unhealthy", "healthy"), [(1, 2, "unhealthy")]),
        (("healthy", "degraded", "offline", "unhealthy", "degraded", "healthy"), [(1, 5, "offline")]),
        (("unhealthy", "unknown", "unhealthy"), [(0, None, "unhealthy")]),
        (("unhealthy", "unknown", "healthy"), [(0, 2, "unhealthy")]),
        (("healthy", "unknown", "healthy"), []),
        (("offline", "healthy", "degraded"), [(2, None, "degraded"), (0, 1, "offline")]),
    ],
)
def test_an_outage_lasts_until_it_is_seen_to_be_over(
    states: tuple[HealthState, ...], expected: list[tuple[int, int | None, HealthState]]
) -> None:
    assert outages(changes(*states)) == tuple(
        Outage("papers", at(began), None if ended is None else at(ended), worst, worst)
        for began, ended, worst in expected
    )


def test_outages_of_several_endpoints_are_told_apart() -> None:
    both = [*changes("offline"), *changes("degraded", "healthy", endpoint="second")]
    assert {(one.endpoint_id, one.ended_at is None) for one in outages(both)} == {("papers", True), ("second", False)}
