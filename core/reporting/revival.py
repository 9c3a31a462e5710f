"""Listings that a marketplace has switched off: once they are reported well, they are looked at until lit again."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import MarketplaceError
from ..events import note_publication
from ..hosting.adapter import Adapter
from ..marketplaces.pacer import Pacer
from ..records import HealthState, Marketplace, Publication, RemoteListing, Space
from ..store import Store

log = logging.getLogger(__name__)

LIT: frozenset[HealthState] = frozenset({"healthy", "degraded"})
FIRST_LOOK = timedelta(seconds=40)
"""When a listing is looked at after its report; SyftHub's monitor sees that within 30 seconds."""

LAST_LOOK = timedelta(minutes=5)
"""The longest time between two looks; readings of the whole marketplace come as often."""

FEW = 3
"""Up to so many listings are looked up one by one; more are read with all others in one go."""


@dataclass(frozen=True, slots=True)
class _Look:
    at: datetime
    wait: timedelta


class Revival:
    """Remembers which listings are to be looked at again, and when. Used by one thread for one marketplace."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        pacer: Pacer,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._pacer = pacer
        self._space = space
        self._clock = clock
        self._looks: dict[str, _Look] = {}

    def reported(self, row: Publication, state: HealthState) -> None:
        """Take notice of a report that the marketplace took: a listing that was off is to be looked at."""
        if row.active is not False or state not in LIT:
            self._looks.pop(row.id, None)
        elif row.id not in self._looks:
            self._looks[row.id] = _Look(self._clock() + FIRST_LOOK, FIRST_LOOK)

    def look(self, marketplace: Marketplace, rows: Iterable[Publication]) -> int:
        """Look at those of the marketplace's listings whose time has come; return how many are lit again."""
        now = self._clock()
        due = [row for row in rows if (look := self._looks.get(row.id)) and not now < look.at <= now + LAST_LOOK]
        if not due or not self._pacer.admit_report(marketplace):
            return 0
        self._put_off(due, now)
        failed: MarketplaceError | None = None
        found: Mapping[str, RemoteListing] = {}
        try:
            found = self._found(marketplace, due)
        except MarketplaceError as error:
            log.warning("Switched-off listings on %s could not be looked at: %s", marketplace.name, error.message)
            failed = error
        with self._store.write():
            self._pacer.observe(marketplace, failed)
            lit = sum(self._note(row, found.get(row.remote_id or "")) for row in due)
        if lit:
            log.info("%s shows %d listings again that it had switched off", marketplace.name, lit)
        return lit

    def _put_off(self, due: Sequence[Publication], now: datetime) -> None:
        for row in due:
            wait = min(2 * self._looks[row.id].wait, LAST_LOOK)
            self._looks[row.id] = _Look(now + wait, wait)

    def _found(self, marketplace: Marketplace, due: Sequence[Publication]) -> Mapping[str, RemoteListing]:
        space = self._space()
        if len(due) > FEW:
            seen: Iterable[RemoteListing | None] = self._adapter.fetch_listings(marketplace, space)
        else:
            seen = [self._adapter.find_listing(marketplace, space, row.remote_slug or "") for row in due]
        return {item.remote_id: item for item in seen if item is not None}

    def _note(self, row: Publication, found: RemoteListing | None) -> bool:
        """Store what was seen of a listing, unless somebody works on it; return whether it is lit again."""
        if found is None or found.active is False:
            return False
        self._looks.pop(row.id, None)
        for current in self._store.publications.by_ids([row.id]):
            if current.lease is None and current.remote_id == found.remote_id and current.active is False:
                after = replace(current, active=found.active, verified_at=self._clock())
                self._store.publications.save(after)
                note_publication(self._store, current, after, self._clock())
                return True
        return False
