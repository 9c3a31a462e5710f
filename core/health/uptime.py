"""What the owner is told of the past: uptime, latencies, a series for a chart, outages. Pure; all times are UTC.

Uptime is the share of the known time in which the endpoint was ``healthy`` or ``degraded``. Time in which it was
``unknown`` (maintenance, our own network down) and time for which nothing was noted (this space was stopped) is known
neither way, and left out of the divisor.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..records import HealthCell, HealthChange, HealthPoint, HealthSpan, HealthState, Outage
from ..usage.latencies import percentile
from ..usage.metrics import STEPS
from .states import ORDER
from .sums import DAY, HOUR, added, day_of, hour_of

SPANS: Mapping[str, timedelta] = {
    "24h": 24 * HOUR,
    "7d": 7 * DAY,
    "30d": 30 * DAY,
    "90d": 90 * DAY,
    "365d": 365 * DAY,
}
"""The spans for which uptime is told, by their names."""

UP: tuple[HealthState, ...] = ("healthy", "degraded")
_DOWN: tuple[HealthState, ...] = ("unhealthy", "offline")


def uptime(cell: HealthCell) -> float | None:
    """Return the uptime in percent, 0 to 100; None where nothing is known."""
    up = sum(cell.seconds.get(state, 0) for state in UP)
    known = up + sum(cell.seconds.get(state, 0) for state in _DOWN)
    return 100 * up / known if known else None


def uptimes(
    hours: Mapping[datetime, HealthCell], days: Mapping[datetime, HealthCell], now: datetime
) -> dict[str, float | None]:
    """Return the uptime of each span of :data:`SPANS` that ends now.

    Up to a day it is made of ``hours``, the present one and those before it; beyond, of ``days``, today included.
    """
    return {name: uptime(_total(hours if span <= DAY else days, now, span)) for name, span in SPANS.items()}


def first_of(now: datetime, span: timedelta) -> datetime:
    """Return the hour (for up to a day) or the day with which a span begins that ends with the present one."""
    return hour_of(now) - span + HOUR if span <= DAY else day_of(now) - span + DAY


def span_of_hours(now: datetime, hours: int) -> HealthSpan:
    """Return the last hours, the present one included."""
    until = hour_of(now) + HOUR
    return HealthSpan(until - hours * HOUR, until, "hour")


def span_of_days(now: datetime, days: int) -> HealthSpan:
    """Return the last days, today included."""
    until = day_of(now) + DAY
    return HealthSpan(until - days * DAY, until, "day")


def series(cells: Mapping[datetime, HealthCell], span: HealthSpan) -> tuple[HealthPoint, ...]:
    """Return a point for every hour or day of the span, those without anything known too."""
    return tuple(_point(start, cells.get(start, HealthCell())) for start in _starts(span))


def latency(cells: Iterable[HealthCell], share: float) -> float | None:
    """Return the milliseconds that ``share`` (0 to 1) of the looks that passed took at most; None without any."""
    return percentile(added(*cells).latencies, share)


def outages(changes: Sequence[HealthChange]) -> tuple[Outage, ...]:
    """Return the outages that the changes of state tell of, the newest first.

    An outage begins when an endpoint is degraded or worse, and ends when it is healthy again. Time in which nobody
    looked does not end it: whether it was over by then is not known. The message is that of its worst state.

    Args:
        changes: in the order of time, of any number of endpoints.
    """
    open_ones: dict[str, Outage] = {}
    closed: list[Outage] = []
    for change in changes:
        outage = open_ones.get(change.endpoint_id)
        if change.after == "healthy" and outage:
            closed.append(replace(open_ones.pop(change.endpoint_id), ended_at=change.at))
        elif change.after in ORDER[1:]:
            open_ones[change.endpoint_id] = _worse(outage, change)
    return tuple(sorted([*closed, *open_ones.values()], key=lambda one: one.began_at, reverse=True))


def _worse(outage: Outage | None, change: HealthChange) -> Outage:
    if outage is None:
        return Outage(change.endpoint_id, change.at, None, change.after, change.message)
    if ORDER.index(change.after) > ORDER.index(outage.worst):
        return replace(outage, worst=change.after, message=change.message)
    return outage


def _total(cells: Mapping[datetime, HealthCell], now: datetime, span: timedelta) -> HealthCell:
    return added(*(cell for start, cell in cells.items() if start >= first_of(now, span)))


def _starts(span: HealthSpan) -> Iterator[datetime]:
    start = span.since
    while start < span.until:
        yield start
        start += STEPS[span.step]


def _point(start: datetime, cell: HealthCell) -> HealthPoint:
    known = [state for state in ORDER if cell.seconds.get(state)]
    return HealthPoint(
        start,
        known[-1] if known else "unknown",
        uptime(cell),
        cell.seconds,
        percentile(cell.latencies, 0.5),
        percentile(cell.latencies, 0.95),
    )
