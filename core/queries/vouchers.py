"""Who a token belongs to, as its marketplace says: asked when a policy needs the e-mail, once in the token's life."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from ..errors import PluginFault, PublicistError, TransientError
from ..flights import Flights
from ..hosting.adapter import Adapter
from ..records import Asker, Marketplace, Space
from .issuers import unavailable

MOST = 4096
"""How many answers are kept; the one that was not used for longest goes first."""


class Vouchers:
    """Asks marketplaces, and keeps what they say until the token ends. Safe to use from many threads."""

    def __init__(self, adapter: Adapter, space: Callable[[], Space], clock: Callable[[], datetime]) -> None:
        self._adapter = adapter
        self._space = space
        self._clock = clock
        self._flights: Flights[Asker | None] = Flights()
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Asker | None, datetime]] = OrderedDict()

    def ask(self, marketplace: Marketplace, token: str, until: datetime) -> Asker | None:
        """Return who the token belongs to, or None when the marketplace does not vouch for it.

        ``until`` is when the token ends. Raises MarketplaceUnavailable when the marketplace cannot be asked.
        """
        key = hashlib.sha256(f"{marketplace.id} {token}".encode()).hexdigest()
        kept = self._recall(key)
        if kept is not None:
            return kept[0]
        return self._flights.share(key, lambda: self._fetch(key, marketplace, token, until))

    def _fetch(self, key: str, marketplace: Marketplace, token: str, until: datetime) -> Asker | None:
        kept = self._recall(key)  # whoever led before us may have landed just now
        if kept is not None:
            return kept[0]
        try:
            asker = _sound(self._adapter.verify_token(marketplace, self._space(), token))
        except PublicistError as error:
            raise unavailable(error.retry_after if isinstance(error, TransientError) else None) from error
        self._keep(key, asker, until)
        return asker

    def _recall(self, key: str) -> tuple[Asker | None, datetime] | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or self._clock() >= kept[1]:
                return None
            self._kept.move_to_end(key)
            return kept

    def _keep(self, key: str, asker: Asker | None, until: datetime) -> None:
        with self._lock:
            self._kept[key] = asker, until
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


def _sound(asker: Asker | None) -> Asker | None:
    """Return who was named, or nobody. Raises PluginFault for what names no person in texts."""
    texts = (asker.subject, asker.email, asker.username, asker.role) if asker else ()
    if not all(isinstance(text, str) for text in texts):
        raise PluginFault("verify_token returned a person whose names are no texts.")
    return asker
