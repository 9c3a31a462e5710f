"""Counting queries: each is taken in without waiting and stored about a second later, see docs/usage.md.

What is taken in and not yet stored is in memory. A crash loses it; how much that was is told by the process's
:mod:`publicist.core.usage.tally`, and shown as lost beside the figures.
"""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite
from pathlib import Path

from ..queries.counts import QueryCounts
from ..records import Asker, QueryEvent
from ..secrets import Secret
from ..settings import Settings
from ..store import Store, Writer
from .queue import UsageQueue
from .tally import leavings, left_behind

log = logging.getLogger(__name__)

LONGEST_TEXT = 10_000
"""How many characters of a query are kept, where the owner keeps queries."""

COUNTS_KEPT_DAYS = 400
HIGHEST_COST = Decimal(10**12)
PERSON_KEY = "usage_person_key"
_PERSON_CHARACTERS = 32
_PRUNED_AT_ONCE = 1_000


class Usage:
    """Takes in every query of this process; tells what was counted lately, by all of them."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._data_dir = Path(settings.data_dir)
        self._keep_text = settings.keep_query_text
        self._days = settings.usage_retention_days
        self._clock = clock
        self._queue = UsageQueue(store, self._data_dir, clock)
        self.answered = QueryCounts()
        self._key = b""

    def record(self, event: QueryEvent) -> None:
        """Take in one query. Never waits for the database and never raises; beyond a bound it is dropped and counted.

        The query's text is kept only if the owner wants it (``PUBLICIST_KEEP_QUERY_TEXT``).
        """
        clean = _clean(event, keep_text=self._keep_text)
        self.answered.count(clean.status, clean.latency_ms)
        self._queue.put(clean)

    def person(self, asker: Asker) -> str:
        """Return what stands for a person in the figures: a hash under the space's own key; empty for a guest."""
        if asker.guest:
            return ""
        key = self._key or self._read_key()
        return hmac.new(key, asker.person.encode(), hashlib.sha256).hexdigest()[:_PERSON_CHARACTERS]

    def flush(self) -> int:
        """Store what waits; return how many queries that were. What cannot be stored now waits; nothing is raised."""
        return self._queue.flush()

    def close(self) -> None:
        """Store what waits and take in nothing more."""
        self._queue.close()

    def denials(self, endpoint_id: str, since: datetime) -> Mapping[str, int]:
        """Return how many queries to an endpoint were refused since then, by the outcome of the decision.

        Single queries are counted, which are kept for ``PUBLICIST_USAGE_RETENTION_DAYS``.
        """
        self.flush()
        with self._store.session():
            return self._store.usage_counts.denials(endpoint_id, since)

    def statuses(self, endpoint_id: str, since: datetime) -> Mapping[int, int]:
        """Return how many queries to an endpoint were answered since then, by HTTP status; see :meth:`denials`."""
        self.flush()
        with self._store.session():
            return self._store.usage_counts.statuses(endpoint_id, since)

    def round(self) -> None:
        """Store what waits, and count what crashed processes had not stored; the runner's job."""
        self.flush()
        self.settle()

    def settle(self) -> int:
        """Count what crashed processes of this data directory had not stored; return how many queries that were."""
        return sum(self._settle(path) for path in leavings(self._data_dir))

    def prune(self) -> int:
        """Drop what is older than it is kept, in small steps; return how many rows that were."""
        now, dropped = self._clock(), 0
        single = now - timedelta(days=self._days)
        counts = now - timedelta(days=max(self._days, COUNTS_KEPT_DAYS))
        while step := self._prune(single, counts):
            dropped += step
        return dropped

    def _prune(self, single: datetime, counts: datetime) -> int:
        with self._store.write():
            return self._store.usage.prune_events(single, _PRUNED_AT_ONCE) + self._store.usage.prune_counts(counts)

    def _settle(self, path: Path) -> int:
        with left_behind(path) as left:
            if left is None:
                return 0
            writer = Writer(left.owner, left.started_at, self._clock(), left.dropped)
            with self._store.write():
                lost = self._store.usage.bury(writer, left.recorded)
            # The file goes before the row does: without the row everything in the file would seem lost.
            path.unlink(missing_ok=True)
            with self._store.write():
                self._store.usage.close(left.owner)
        if lost:
            log.warning("A process ended before it stored its last %d queries; they are told as lost", lost)
        return lost

    def _read_key(self) -> bytes:
        with self._store.session():
            if self._store.settings.secret(PERSON_KEY) is None:
                self._store.settings.set_once(PERSON_KEY, Secret(secrets.token_urlsafe(32)))
            held = self._store.settings.secret(PERSON_KEY)
        self._key = held.reveal().encode() if held else b""
        return self._key


def _clean(event: QueryEvent, *, keep_text: bool) -> QueryEvent:
    """Return the event as every database takes it."""
    cost = event.cost if event.cost.is_finite() else Decimal(0)
    return replace(
        event,
        at=event.at.astimezone(UTC),
        latency_ms=event.latency_ms if isfinite(event.latency_ms) else 0.0,
        cost=min(max(cost, Decimal(0)), HIGHEST_COST),
        text=_storable(event.text) if keep_text else "",
    )


def _storable(text: str) -> str:
    """Return a text without what a database refuses: NUL and halves of surrogate pairs; cut if it is very long."""
    return text[:LONGEST_TEXT].encode(errors="replace").decode().replace("\0", "\ufffd")
