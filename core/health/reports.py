"""Health as the owner asks for it: how an endpoint does now, and how it did."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..endpoints.endpoints import Endpoints
from ..records import HealthCell, HealthPoint, HealthSpan, Outage, RawReading
from ..store import Store
from .book import ROLLUPS_KEPT, HealthBook
from .report import HealthReport
from .states import MOST_AHEAD
from .sums import DAY, HOUR
from .uptime import SPANS, first_of, latency, outages, series, span_of_days, span_of_hours, uptimes

MOST_HOURS, MOST_DAYS, DEFAULT_HOURS = 336, 400, 24
LAST_READINGS = 50
MOST_OUTAGES = 100


class HealthReports:
    """Tells what was noted in the book."""

    def __init__(self, store: Store, book: HealthBook, endpoints: Endpoints, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._endpoints = endpoints
        self._clock = clock

    def report(self, slug: str, hours: int | None = None, days: int | None = None) -> HealthReport:
        """Return everything of one endpoint; the series by the hour, or with ``days`` by the day.

        Without either it is of the last 24 hours. Raises NotFound.
        """
        endpoint, now = self._endpoints.get(slug), self._clock()
        span = span_of_days(now, days) if days else span_of_hours(now, hours or DEFAULT_HOURS)
        cells = self._cells(endpoint.id, span)
        return HealthReport(
            slug,
            self._book.now(endpoint.id),
            self.uptimes(endpoint.id),
            span,
            latency(cells.values(), 0.5),
            latency(cells.values(), 0.95),
            latency(cells.values(), 0.99),
            series(cells, span),
            self._readings(endpoint.id),
            self.outages([endpoint.id])[:MOST_OUTAGES],
        )

    def uptimes(self, endpoint_id: str) -> dict[str, float | None]:
        """Return an endpoint's uptime in percent by the name of the span; None where nothing is known."""
        now = self._clock()
        day, longest = SPANS["24h"], max(SPANS.values())
        with self._store.session():
            hours = self._store.health.hours(endpoint_id, first_of(now, day), now + HOUR)
            days = self._store.health.days([endpoint_id], first_of(now, longest), now + DAY)
        return uptimes(hours, days.get(endpoint_id, {}), now)

    def bars(self, endpoint_ids: Sequence[str], days: int) -> dict[str, tuple[HealthPoint, ...]]:
        """Return a point for each of the last days, today included, by endpoint."""
        span = span_of_days(self._clock(), days)
        with self._store.session():
            found = self._store.health.days(endpoint_ids, span.since, span.until)
        return {name: series(found.get(name, {}), span) for name in endpoint_ids}

    def hour_bars(self, endpoint_ids: Sequence[str], hours: int) -> dict[str, tuple[HealthPoint, ...]]:
        """Return a point for each of the last hours, the present one included, by endpoint."""
        span = span_of_hours(self._clock(), hours)
        with self._store.session():
            found = self._store.health.hours_of(endpoint_ids, span.since, span.until)
        return {name: series(found.get(name, {}), span) for name in endpoint_ids}

    def outages(self, endpoint_ids: Sequence[str], since: datetime | None = None) -> tuple[Outage, ...]:
        """Return the outages of these endpoints, the newest first; those that were over by ``since`` are left out."""
        with self._store.session():
            changes = self._store.health.changes(endpoint_ids, self._clock() - ROLLUPS_KEPT)
        latest = self._clock() + MOST_AHEAD
        found = outages([change for change in changes if change.at <= latest])
        return tuple(one for one in found if since is None or one.ended_at is None or one.ended_at >= since)

    def _cells(self, endpoint_id: str, span: HealthSpan) -> Mapping[datetime, HealthCell]:
        with self._store.session():
            if span.step == "hour":
                return self._store.health.hours(endpoint_id, span.since, span.until)
            return self._store.health.days([endpoint_id], span.since, span.until).get(endpoint_id, {})

    def _readings(self, endpoint_id: str) -> tuple[RawReading, ...]:
        with self._store.session():
            found = self._store.health.readings(endpoint_id, self._clock() - DAY)
        return tuple(reversed(found[-LAST_READINGS:]))
