"""Counted queries, as the store gives them: sums over a stretch of time, from which figures are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Step = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class UsageSpan:
    """Which queries are meant: from ``since`` on, before ``until``; None stands for every endpoint or marketplace.

    ``step`` says how finely: times are whole hours or whole days in UTC.
    """

    since: datetime
    until: datetime
    step: Step = "day"
    endpoint_id: str | None = None
    marketplace_id: str | None = None


@dataclass(frozen=True, slots=True)
class HourCount:
    """How many queries were answered with ``status`` within one hour."""

    hour: datetime
    status: int
    queries: int


@dataclass(frozen=True, slots=True)
class SideCount:
    """How many queries of one marketplace, or to one endpoint, were answered with ``status``; ``id`` says whose."""

    id: str
    status: int
    queries: int


@dataclass(frozen=True, slots=True)
class CostCount:
    """What was charged in one currency, and for how many queries."""

    currency: str
    queries: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class LatencyCount:
    """How many answers took up to ``bound_ms``, and longer than the next smaller bound."""

    marketplace_id: str
    bound_ms: int
    queries: int


@dataclass(frozen=True, slots=True)
class PersonCount:
    """How often one person asked, and how often policies refused them; ``person`` is a keyed hash."""

    person: str
    marketplace_id: str
    queries: int
    denied: int


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Queries that no figure contains: ``dropped`` came while the queue was full, ``lost`` were in it at a crash."""

    dropped: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class HourRow:
    """One row of the hourly counts, as it is exported."""

    hour: datetime
    endpoint_id: str
    marketplace_id: str
    status: int
    denial: str
    country: str
    currency: str
    queries: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """Everything that was counted in a span.

    ``people`` and ``people_at`` (by the start of each step) count distinct persons. ``busiest`` and ``most_denied``
    hold the first few of all people.
    """

    hours: tuple[HourCount, ...] = ()
    marketplaces: tuple[SideCount, ...] = ()
    endpoints: tuple[SideCount, ...] = ()
    countries: Mapping[str, int] = field(default_factory=dict)
    denials: Mapping[str, int] = field(default_factory=dict)
    costs: tuple[CostCount, ...] = ()
    latencies: tuple[LatencyCount, ...] = ()
    people: int = 0
    people_at: Mapping[datetime, int] = field(default_factory=dict)
    people_of: Mapping[str, int] = field(default_factory=dict)
    busiest: tuple[PersonCount, ...] = ()
    most_denied: tuple[PersonCount, ...] = ()
    uncounted: Uncounted = Uncounted()
