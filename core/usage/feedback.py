"""What people say of endpoints: taken in by this space's own form, fetched from marketplaces, and looked into.

A report of an error has the endpoint tried soon after; what was found stands beside the report.
"""

import logging
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ..endpoints.endpoints import CHECK_SLUG, Endpoints
from ..errors import MarketplaceError, NotFound
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..marketplaces.pacer import Pacer
from ..queries.refusals import QueryRefused
from ..queries.turnstile import Turnstile
from ..records import Endpoint, Feedback, FeedbackSummary, Marketplace, Page, Reading, Space
from ..redact import redact
from ..schemas.feedback import FeedbackDraft
from ..store import Store
from .feedback_sorting import sorted_in

log = logging.getLogger(__name__)

FETCH_EVERY = timedelta(minutes=5)
OVERLAP = timedelta(days=1)
"""How far before the newest that is known a marketplace is asked again: it may show some of it late."""

CHECK_EVERY = timedelta(minutes=1)
"""How often reports may have one endpoint tried, however many come."""

MOST_KEPT = 5_000
"""How much of what came by the form is kept for one endpoint."""

LONGEST_FINDING = 500
TURN = "core:feedback_read_at"
"""Under which note of a marketplace it stands when it was last asked."""


class FeedbackBox:
    """Takes feedback in, shows it, and looks into it. Safe to use from many threads and processes."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        adapter: Adapter,
        pacer: Pacer,
        endpoints: Endpoints,
        space: Callable[[], Space],
        check: Callable[[Endpoint], Reading],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._pacer = pacer
        self._endpoints = endpoints
        self._space = space
        self._check = check
        self._clock = clock
        self._turnstile = Turnstile()

    def open_to_all(self, slug: str) -> Endpoint:
        """Return the endpoint, if anybody may say something of it: it is listed. Raises NotFound."""
        with self._store.session():
            endpoint = self._store.endpoints.by_slug(slug)
            rows = self._store.publications.of_endpoint(endpoint.id) if endpoint else []
        if endpoint is None or endpoint.deleted_at or not any(row.remote_id is not None for row in rows):
            raise NotFound(f"There is no endpoint {slug!r}.", remedy=CHECK_SLUG)
        return endpoint

    def add(self, slug: str, said: FeedbackDraft, address: str) -> Feedback:
        """Take in what somebody said of a listed endpoint.

        Args:
            address: where it came from; so much is taken from one, and so much from all. It is not stored.

        Raises:
            NotFound: there is no such endpoint, or it is listed nowhere.
            QueryRefused: 429, too much came from there, or from everywhere.
        """
        endpoint = self.open_to_all(slug)
        if wait := self._turnstile.enter(address):
            raise QueryRefused(
                "More feedback came than is taken at once, so this was not kept.",
                status=429,
                cause="busy",
                retry_after=wait,
                remedy=f"Send it again in {math.ceil(wait / 60)} min.",
            )
        name, now = str(uuid.uuid4()), self._clock()
        taken = Feedback(name, endpoint.id, "", "", said.kind, said.rating, said.text, said.author, now)
        with self._store.write():
            self._store.feedback.add(taken)
            self._store.feedback.trim(endpoint.id, MOST_KEPT)
        return taken

    def page(self, slug: str, page: int = 1, per_page: int = 50, *, kind: str | None = None) -> Page:
        """Return one page of what was said of an endpoint, newest first. Raises NotFound."""
        endpoint = self._endpoints.get(slug)
        with self._store.session():
            return self._store.feedback.page(endpoint.id, page, per_page, kind)

    def summary(self, slug: str) -> FeedbackSummary:
        """Return in numbers what was said of an endpoint. Raises NotFound."""
        endpoint = self._endpoints.get(slug)
        with self._store.session():
            return self._store.feedback.summary(endpoint.id)

    def round(self) -> int:
        """Fetch what is due, and try the endpoints of which errors were reported; return how many were tried."""
        self.fetch_round()
        return self.look_into_reports()

    def look_into_reports(self) -> int:
        """Try every endpoint of which an error was reported, at most once a minute; return how many were tried."""
        now = self._clock()
        with self._store.session():
            reported = self._store.feedback.reported(now - CHECK_EVERY)
            endpoints = [found for name in reported if (found := self._store.endpoints.by_id(name))]
        for endpoint in endpoints:
            reading = self._check(endpoint)
            finding = redact(f"{reading.state}: {reading.message}".rstrip(": "))[:LONGEST_FINDING]
            log.info("An error of %s was reported; it was tried and found %s", endpoint.slug, finding)
            with self._store.write():
                self._store.feedback.checked(endpoint.id, now, self._clock(), finding)
        return len(endpoints)

    def fetch_round(self) -> int:
        """Ask every marketplace that offers feedback and whose turn it is; return how much was new.

        One that fails is logged and asked again at its next turn; it delays no other.
        """
        with self._store.session():
            there = self._store.marketplaces.all()
        return sum(self._fetch(item) for item in there if self._offers(item) and self._take_turn(item))

    def prune(self) -> int:
        """Drop what was said of endpoints that are gone; return how much. Housekeeping calls this."""
        with self._store.write():
            return self._store.feedback.prune()

    def _offers(self, item: Marketplace) -> bool:
        return item.status != "disabled" and self._plugins.capabilities(item).feedback

    def _take_turn(self, item: Marketplace) -> bool:
        """Note the turn before it is used: a marketplace that hangs is not asked by the next runner as well."""
        now = self._clock()
        with self._store.session():
            if not self._is_due(item, now):
                return False
        with self._store.write():
            if not self._is_due(item, now):
                return False
            self._store.marketplaces.keep(item.id, TURN, now.isoformat())
        return self._pacer.admit_report(item)

    def _is_due(self, item: Marketplace, now: datetime) -> bool:
        last = self._store.marketplaces.recall(item.id, TURN)
        return last is None or not now - FETCH_EVERY < datetime.fromisoformat(last) <= now

    def _fetch(self, item: Marketplace) -> int:
        listed, newest = self._listed(item)
        if not listed:
            return 0
        since, failed = newest and newest - OVERLAP, None
        found: list[Feedback] = []
        try:
            given = self._adapter.fetch_feedback(item, self._space(), listed, since)
            found = sorted_in(given, item.id, listed, self._clock())
        except MarketplaceError as error:
            log.warning("The feedback on %s could not be read: %s", item.name, error.message)
            failed = error
        with self._store.write():
            self._pacer.observe(item, failed)
            return self._store.feedback.add_fetched(item.id, found)

    def _listed(self, item: Marketplace) -> tuple[Mapping[str, str], datetime | None]:
        with self._store.session():
            rows = self._store.publications.of_marketplace(item.id)
            newest = self._store.feedback.newest(item.id)
        return {row.remote_id: row.endpoint_id for row in rows if row.remote_id is not None}, newest
