"""Which process reports health to a marketplace: one of them, for as long as it does so in time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..running.presence import Presence
from ..store import Store
from .order import LONG_AGO

NOTE = "core:health_reporter"
"""Under which note of a marketplace it stands who reports there, and until when that holds."""


class Reporters:
    """Settles between processes who reports where; what they were told of is in the memory of the one that does.

    A process that ends gives up; one that was killed is followed by another when it has missed a report.
    """

    def __init__(self, store: Store, presence: Presence, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._presence = presence
        self._clock = clock
        self._ours: set[str] = set()

    def is_ours(self, marketplace_id: str, interval: timedelta) -> bool:
        """Whether this process reports there, at least every ``interval``; if nobody does, it does from now on.

        A time that is too far ahead was written by a clock that has been set back since, and holds nobody off.
        """
        now = self._clock()
        with self._store.session():
            owner, until = self._held(marketplace_id)
        if self._is_other(owner) and now < until <= now + 2 * interval:
            return False
        if owner == self._presence.owner and now + interval / 2 < until <= now + 2 * interval:
            return True
        with self._store.write():
            if self._held(marketplace_id) != (owner, until):
                return False
            self._store.marketplaces.keep(
                marketplace_id, NOTE, f"{self._presence.owner} {(now + 1.5 * interval).isoformat()}"
            )
        self._ours.add(marketplace_id)
        return True

    def close(self) -> None:
        """Let others report at once where this process did."""
        for name in tuple(self._ours):
            with self._store.write():
                if self._held(name)[0] == self._presence.owner:
                    self._store.marketplaces.keep(name, NOTE, None)
        self._ours = set()

    def _is_other(self, owner: str) -> bool:
        return owner not in ("", self._presence.owner) and not self._presence.is_dead(owner)

    def _held(self, marketplace_id: str) -> tuple[str, datetime]:
        """Return who reports there ("" for nobody), and until when that holds."""
        owner, _, until = (self._store.marketplaces.recall(marketplace_id, NOTE) or "").partition(" ")
        return owner, datetime.fromisoformat(until) if until else LONG_AGO
