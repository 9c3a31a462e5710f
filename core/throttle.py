"""Signing in is slowed down where it keeps failing: under one name, and from one address.

A few failures cost nothing; after them each further one doubles the wait, up to a minute. What is tried during a wait
is refused unlooked at and makes it no longer, so that nobody is kept out for ever. Whoever signed in from an address
before is not made to wait for failures under the same name elsewhere, so that a stranger who guesses keeps nobody out.
"""

import hashlib
import ipaddress
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from .errors import NotAllowed
from .store import Store
from .store.accounts import folded

FREE = {"name": 5, "address": 20}
"""So many failures in a row cost nothing."""

LONGEST = 60.0
FORGOTTEN = timedelta(hours=1)
KNOWN_FOR = timedelta(days=90)
_STEPS = 6


class TooManyTries(NotAllowed):
    """Signing in has to wait for ``seconds``."""

    def __init__(self, seconds: int) -> None:
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(
            f"Signing in failed too often. Wait for {seconds} {unit}, then try again.",
            remedy="Wait, then try again; an API token still signs in.",
        )
        self.seconds = seconds


class Throttle:
    """Counts failures in the store, for all processes together."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def take(self, name: str, address: str) -> None:
        """Count a try as failed until :meth:`passed` says otherwise. Raises TooManyTries when it has to wait."""
        now, keys, known = self._clock(), _keys(name, address), _known(name, address)
        with self._store.write():
            found = self._store.sign_in_tries.some([*keys.values(), known])
            if known in found:
                keys.pop("name")
            waits = [wait(*found[key], FREE[kind], now) for kind, key in keys.items() if key in found]
            if any(seconds > 0 for seconds in waits):
                raise TooManyTries(math.ceil(max(waits)))
            for key in keys.values():
                self._store.sign_in_tries.set(key, _recent(found.get(key), now) + 1, now)

    def passed(self, name: str, address: str) -> None:
        """Forget the failures under the name; of those from the address only this try, for others may guess there."""
        now, keys, known = self._clock(), _keys(name, address), _known(name, address)
        table = self._store.sign_in_tries
        with self._store.write():
            table.prune(now - KNOWN_FOR)
            fails = _recent(table.some([keys["address"]]).get(keys["address"]), now)
            table.forget([keys["name"]])
            table.set(keys["address"], max(0, fails - 1), now)
            table.set(known, 0, now)


def wait(fails: int, last_at: datetime, free: int, now: datetime) -> float:
    """Return for how many seconds the next try has to wait; 0 or less when it need not."""
    over = fails - free
    if over < 0 or now - last_at > FORGOTTEN:
        return 0.0
    return min(LONGEST, 2.0 ** min(over, _STEPS)) - (now - last_at).total_seconds()


def _recent(found: tuple[int, datetime] | None, now: datetime) -> int:
    return found[0] if found and now - found[1] <= FORGOTTEN else 0


def _keys(name: str, address: str) -> dict[str, str]:
    return {"name": f"name:{_digest(folded(name))}", "address": f"address:{_digest(_network(address))}"}


def _known(name: str, address: str) -> str:
    return f"known:{_digest(f'{folded(name)} {_network(address)}')}"


def _network(address: str) -> str:
    """Return the address, of IPv6 the network: whoever has one address there has billions."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address  # noqa: PLR2004


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
