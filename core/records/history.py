"""How endpoints were found over time: single readings for some days, sums by the hour and by the day for a year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .usage import Step
from .values import HealthState


@dataclass(frozen=True, slots=True)
class RawReading:
    """One look: what it ``found`` by itself, and the ``state`` the endpoint was in after it.

    ``found`` is ``unknown`` where nobody looked: in maintenance, or while this space's own network was down.
    """

    at: datetime
    found: HealthState
    state: HealthState
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class HealthCell:
    """Sums of an hour or a day: seconds in each state, looks and how many of them passed, latencies by bucket.

    Seconds for which nobody noted anything are in no state, so that an hour may have less than 3,600.
    """

    seconds: Mapping[HealthState, int] = field(default_factory=dict)
    looks: int = 0
    passed: int = 0
    latencies: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HealthSpan:
    """Which time is meant: from ``since`` on, before ``until``; whole hours or whole days in UTC."""

    since: datetime
    until: datetime
    step: Step


@dataclass(frozen=True, slots=True)
class HealthPoint:
    """One hour or day of a series.

    ``uptime`` is the share (0 to 100) of the known time in which the endpoint was up, ``state`` the worst it was in;
    None and ``unknown`` where nothing is known.
    """

    start: datetime
    state: HealthState
    uptime: float | None
    seconds: Mapping[HealthState, int]
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which an endpoint was degraded or worse; ``worst`` is the worst state. It goes on without an end."""

    endpoint_id: str
    began_at: datetime
    ended_at: datetime | None
    worst: HealthState
    message: str = ""
