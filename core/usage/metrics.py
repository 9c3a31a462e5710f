"""The guide's figures of usage, made from what was counted. Pure; all times are UTC."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..records import CostCount, HourCount, LatencyCount, PersonCount, SideCount, Uncounted, UsageCounts, UsageSpan
from .latencies import percentile

DAYS, HOURS = 7, 24
BUSIEST = 3
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_CLASSES = {401: "unauthenticated", 402: "payment_required", 403: "denied", 429: "rate_limited"}
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Classes:
    """How many queries ended how; together they are all.

    ``denied`` are those with status 403, ``rate_limited`` 429, ``unauthenticated`` 401, ``payment_required`` 402;
    ``failed`` are all other errors (400 and above), ``successful`` the rest.
    """

    successful: int = 0
    denied: int = 0
    rate_limited: int = 0
    unauthenticated: int = 0
    payment_required: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        refused = self.denied + self.rate_limited + self.unauthenticated + self.payment_required
        return self.successful + refused + self.failed


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that half, and 95 of 100, of the answered queries took at most; None where none was answered."""

    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """The queries of one hour or day, and by how many people."""

    start: datetime
    classes: Classes
    people: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What was charged in one currency; ``average`` is for one answered query."""

    currency: str
    queries: int
    total: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class Side:
    """The queries by way of one marketplace, or to one endpoint; ``id`` is empty where no marketplace vouched."""

    id: str
    classes: Classes
    people: int | None = None
    latency: Latency | None = None


@dataclass(frozen=True, slots=True)
class Peak:
    """An hour of the week and its queries; ``weekday`` 0 is Monday."""

    weekday: int
    hour: int
    queries: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of a span.

    ``week`` holds the queries by weekday (Monday first) and hour, ``peaks`` the busiest of those, ``countries`` the
    queries by country with the most first (empty: unknown), ``over_time`` every step of the span, empty ones too.
    ``statuses`` are the queries by HTTP status; ``busiest`` are the people who ask most, the first few.
    """

    classes: Classes
    people: int
    latency: Latency
    over_time: tuple[Point, ...]
    week: tuple[tuple[int, ...], ...]
    peaks: tuple[Peak, ...]
    countries: Mapping[str, int]
    denials: Mapping[str, int]
    costs: tuple[Cost, ...]
    marketplaces: tuple[Side, ...]
    endpoints: tuple[Side, ...]
    uncounted: Uncounted
    statuses: Mapping[int, int]
    busiest: tuple[PersonCount, ...]


def make_metrics(span: UsageSpan, counts: UsageCounts) -> Metrics:
    """Return the figures of what was counted in ``span``."""
    week = _week(counts.hours)
    return Metrics(
        classes=classify(counts.hours),
        people=counts.people,
        latency=_latency(counts.latencies),
        over_time=_over_time(span, counts),
        week=week,
        peaks=_peaks(week),
        countries=_by_size(counts.countries),
        denials=_by_size(counts.denials),
        costs=tuple(_cost(item) for item in counts.costs),
        marketplaces=_marketplaces(counts),
        endpoints=_sides(counts.endpoints),
        uncounted=counts.uncounted,
        statuses=_statuses(counts.hours),
        busiest=counts.busiest,
    )


def classify(counted: Iterable[HourCount | SideCount]) -> Classes:
    """Return the queries by how they ended."""
    found = Counter[str]()
    for item in counted:
        found[_class(item.status)] += item.queries
    return Classes(**found)


def _class(status: int) -> str:
    return "successful" if status < _FIRST_ERROR else _CLASSES.get(status, "failed")


def _over_time(span: UsageSpan, counts: UsageCounts) -> tuple[Point, ...]:
    step, at = STEPS[span.step], defaultdict[datetime, list[HourCount]](list)
    for item in counts.hours:
        at[item.hour - (item.hour - span.since) % step].append(item)
    starts = (span.since + step * number for number in range(-((span.since - span.until) // step)))
    return tuple(Point(start, classify(at[start]), counts.people_at.get(start, 0)) for start in starts)


def _statuses(hours: Sequence[HourCount]) -> dict[int, int]:
    found = Counter[int]()
    for item in hours:
        found[item.status] += item.queries
    return dict(sorted(found.items()))


def _week(hours: Sequence[HourCount]) -> tuple[tuple[int, ...], ...]:
    week = [[0] * HOURS for _ in range(DAYS)]
    for item in hours:
        week[item.hour.weekday()][item.hour.hour] += item.queries
    return tuple(tuple(day) for day in week)


def _peaks(week: Sequence[Sequence[int]]) -> tuple[Peak, ...]:
    held = [Peak(day, hour, queries) for day, row in enumerate(week) for hour, queries in enumerate(row) if queries]
    return tuple(sorted(held, key=lambda peak: -peak.queries)[:BUSIEST])


def _latency(counted: Iterable[LatencyCount]) -> Latency:
    buckets = Counter[int]()
    for item in counted:
        buckets[item.bound_ms] += item.queries
    return Latency(percentile(buckets, 0.5), percentile(buckets, 0.95))


def _cost(item: CostCount) -> Cost:
    average = item.total / item.queries if item.queries else Decimal(0)
    return Cost(item.currency, item.queries, item.total, average)


def _sides(counted: Sequence[SideCount]) -> tuple[Side, ...]:
    """Return the sides, those with the most queries first."""
    held = defaultdict[str, list[SideCount]](list)
    for item in counted:
        held[item.id].append(item)
    sides = (Side(key, classify(items)) for key, items in held.items())
    return tuple(sorted(sides, key=lambda side: (-side.classes.total, side.id)))


def _marketplaces(counts: UsageCounts) -> tuple[Side, ...]:
    taken = defaultdict[str, list[LatencyCount]](list)
    for item in counts.latencies:
        taken[item.marketplace_id].append(item)
    return tuple(
        Side(side.id, side.classes, counts.people_of.get(side.id, 0), _latency(taken[side.id]))
        for side in _sides(counts.marketplaces)
    )


def _by_size(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
