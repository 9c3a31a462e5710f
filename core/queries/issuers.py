"""Whose tokens are to be believed: the keys of each marketplace, kept here, and asked for anew at a bounded rate.

They are kept in memory and, sealed, in the store: a space that starts while a marketplace is down still knows its
people. A marketplace is asked when what is kept is an hour old, or when a token does not fit it; never more than once
in 30 seconds, however many tokens come, and by one thread while the others go on.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..errors import MarketplaceUnavailable, PublicistError
from ..flights import Flights
from ..hosting.adapter import Adapter
from ..records import Marketplace, Space, TokenIssuer
from ..store import Store

log = logging.getLogger(__name__)

NOTE = "core/token_issuer"
"""Where the store keeps them, among the plugin's notes about the marketplace."""
FRESH = timedelta(hours=1)
PAUSE = timedelta(seconds=30)
SECONDS = 5.0
"""How long a marketplace may take to show its keys."""
PATIENCE = 2.0
"""Seconds that a token which does not fit waits for keys that another thread is asking for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a marketplace said at ``at``; ``mark`` says of which address and account it holds."""

    issuer: TokenIssuer
    at: datetime
    mark: str


class Issuers:
    """Knows the issuer of each marketplace. Safe to use from many threads."""

    def __init__(
        self, store: Store, adapter: Adapter, space: Callable[[], Space], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._space = space
        self._clock = clock
        self._flights: Flights[None] = Flights()
        self._kept: dict[str, Kept] = {}
        self._asked: dict[tuple[str, str], datetime] = {}

    def known(self, marketplace: Marketplace) -> TokenIssuer | None:
        """Return what is kept, however old; None when nothing is. The marketplace is not asked."""
        kept = self._recall(marketplace)
        return kept.issuer if kept else None

    def current(self, marketplace: Marketplace) -> TokenIssuer | None:
        """Return what is kept, asked for anew when it is old; None when there is nothing to be had."""
        kept = self._recall(marketplace)
        if kept is None:
            self.renew(marketplace)
        elif not _within(FRESH, kept.at, self._clock()):
            self.renew(marketplace, patience=0, enough=FRESH)
        return self.known(marketplace)

    def renew(self, marketplace: Marketplace, *, patience: float | None = None, enough: timedelta = PAUSE) -> None:
        """Ask the marketplace, unless that was tried a moment ago; while it does not answer, what is kept holds.

        Args:
            patience: how many seconds to wait when another thread is asking already; None is as long as is usual.
            enough: take what another process was told instead, if it is younger.
        """
        try:
            self._flights.share(
                marketplace.id, lambda: self._ask(marketplace, enough), PATIENCE if patience is None else patience
            )
        except TimeoutError:
            log.debug("The keys of %s are being asked for by another thread", marketplace.name)

    def _ask(self, marketplace: Marketplace, enough: timedelta) -> None:
        now, whose = self._clock(), (marketplace.id, _mark(marketplace))
        kept, asked = self._from_store(marketplace), self._asked.get(whose)
        if (kept and _within(enough, kept.at, now)) or (asked and _within(PAUSE, asked, now)):
            return
        self._asked[whose] = now
        try:
            issuer = self._adapter.token_issuer(marketplace, self._space(), seconds=SECONDS)
        except PublicistError as error:
            log.warning("%s does not tell whose tokens to take: %s", marketplace.name, error.message)
            return
        self._keep(marketplace, Kept(issuer, now, whose[1]))

    def _keep(self, marketplace: Marketplace, kept: Kept) -> None:
        try:
            with self._store.write():
                if self._store.marketplaces.by_id(marketplace.id) is None:
                    return  # it was removed while it was asked
                self._store.marketplaces.keep(marketplace.id, NOTE, _written(kept))
        except Exception:  # a store that takes nothing, for a full disk or a lock, need not stop queries
            log.exception("The keys of %s are kept in memory only", marketplace.name)
        self._kept[marketplace.id] = kept

    def _recall(self, marketplace: Marketplace) -> Kept | None:
        kept = self._kept.get(marketplace.id)
        return kept if kept and kept.mark == _mark(marketplace) else self._from_store(marketplace)

    def _from_store(self, marketplace: Marketplace) -> Kept | None:
        """Take up what is in the store, where another process may have put it."""
        with self._store.session():
            note = self._store.marketplaces.recall(marketplace.id, NOTE)
        kept = _read(note) if note else None
        if kept is None or kept.mark != _mark(marketplace):
            return None
        self._kept[marketplace.id] = kept
        return kept


def _within(span: timedelta, then: datetime, now: datetime) -> bool:
    """Whether ``then`` is less than ``span`` ago; a time to come was written by a clock that has been set back."""
    return timedelta(0) <= now - then < span


def _mark(marketplace: Marketplace) -> str:
    """Tell whose tokens they are: keys of another address or account prove nothing."""
    return json.dumps([marketplace.url, marketplace.account, marketplace.settings.get("username")])


def _written(kept: Kept) -> str:
    issuer = {"issuer": kept.issuer.issuer, "audiences": list(kept.issuer.audiences), "keys": dict(kept.issuer.keys)}
    return json.dumps({**issuer, "at": kept.at.isoformat(), "mark": kept.mark})


def _read(text: str) -> Kept | None:
    try:
        note: Mapping[str, Any] = json.loads(text)
        issuer = TokenIssuer(note["issuer"], tuple(note["audiences"]), note["keys"])
        return Kept(issuer, datetime.fromisoformat(note["at"]), note["mark"])
    except (ValueError, KeyError, TypeError):
        return None  # written by another version: it is asked for anew


def unavailable(retry_after: float | None = None) -> MarketplaceUnavailable:
    """Return what a query is told when nobody can say at present who asks it."""
    return MarketplaceUnavailable(
        "The marketplace that vouches for you cannot be asked at present.",
        retry_after=PAUSE.total_seconds() if retry_after is None else retry_after,
        remedy="Ask again in a minute.",
    )
