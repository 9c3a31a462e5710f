"""Reading the audit trail, and keeping it from growing for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta

from .endpoints.endpoints import Endpoints
from .marketplaces.marketplaces import Marketplaces
from .records import EventOutcome, Page
from .store import EventFilter, Store

STEP = 500
"""How many events are dropped in one transaction, so that nobody waits long for the database."""


class Trail:
    """The events of a space."""

    def __init__(
        self, store: Store, endpoints: Endpoints, marketplaces: Marketplaces, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._clock = clock

    def page(
        self,
        page: int = 1,
        per_page: int = 50,
        *,
        subject: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        endpoint: str | None = None,
        marketplace: str | None = None,
        until: datetime | None = None,
        actor: str | None = None,
        outcome: EventOutcome | None = None,
    ) -> Page:
        """Return one page of events, newest first.

        Args:
            subject: a kind of subject, or the id or name of one.
            action: an action, such as ``publication.failed``.
            since: leave out what is older.
            endpoint: an endpoint's slug: its own events and those of its publications.
            marketplace: a marketplace's name or id: likewise.
            until: leave out what is not older.
            actor: who acted, by kind or name.
            outcome: how it ended.

        Raises:
            NotFound: there is no such endpoint or marketplace.
        """
        asked = EventFilter(
            subject,
            action,
            since,
            self._endpoints.get(endpoint).id if endpoint is not None else None,
            self._marketplaces.get(marketplace).id if marketplace is not None else None,
            until,
            actor,
            outcome,
        )
        with self._store.session():
            return self._store.events.page(asked, page, per_page)

    def prune(self, days: int) -> int:
        """Drop events older than ``days``, in small steps; return how many."""
        dropped, before = 0, self._clock() - timedelta(days=days)
        while True:
            with self._store.write():
                step = self._store.events.prune(before, STEP)
            dropped += step
            if step < STEP:
                return dropped
