"""Usage as the owner asks for it: of one endpoint or all, over some days, as figures or row by row."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from ..endpoints.endpoints import Endpoints
from ..marketplaces.marketplaces import Marketplaces
from ..records import HourRow, QueryEvent, UsageSpan
from ..settings import Settings
from ..store import Store
from .counting import Usage
from .metrics import make_metrics
from .patterns import HISTORY, find_patterns
from .report import UsageReport
from .spans import UsageWish, span_of

Row = TypeVar("Row")


class UsageReports:
    """Tells what was counted. Its methods raise NotFound for an endpoint or a marketplace that is not there."""

    def __init__(
        self,
        store: Store,
        usage: Usage,
        endpoints: Endpoints,
        marketplaces: Marketplaces,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._usage = usage
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._kept = timedelta(days=settings.usage_retention_days)
        self._clock = clock

    def report(self, wish: UsageWish) -> UsageReport:
        """Return the figures. Raises InvalidInput for a span that is empty or too long."""
        span = self._span(wish)
        self._usage.flush()
        with self._store.session():
            counts = self._store.usage_counts.counts(span)
            hours = self._store.usage_counts.hours(replace(span, since=span.since - HISTORY))
        patterns = find_patterns(span, counts, hours)
        return UsageReport(wish.slug, span, make_metrics(span, counts), patterns, self.slugs(), self.names())

    def rows(self, wish: UsageWish) -> Iterator[HourRow]:
        """Give the hourly counts in the order of time. Raises InvalidInput as :meth:`report`."""
        span = self._span(wish)
        self._usage.flush()
        return self._read(lambda: self._store.usage_counts.export(span))

    def queries(self, wish: UsageWish) -> Iterator[QueryEvent]:
        """Give the single queries that are still kept, in the order of time. Raises InvalidInput as :meth:`report`."""
        span = self._span(wish)
        self._usage.flush()
        return self._read(lambda: self._store.usage_counts.events(span))

    def slugs(self) -> dict[str, str]:
        """Return the endpoints' slugs by id, also of those that are being withdrawn."""
        with self._store.session():
            return self._store.endpoints.every_slug()

    def names(self) -> dict[str, str]:
        """Return the marketplaces' names by id."""
        return {item.id: item.name for item in self._marketplaces.all()}

    def _read(self, read: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        with self._store.session():
            yield from read()

    def _span(self, wish: UsageWish) -> UsageSpan:
        endpoint = self._endpoints.get(wish.slug).id if wish.slug is not None else None
        marketplace = self._marketplaces.get(wish.marketplace).id if wish.marketplace is not None else None
        span = span_of(wish, self._clock(), self._kept)
        return replace(span, endpoint_id=endpoint, marketplace_id=marketplace)
