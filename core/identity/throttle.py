"""Signing in is slowed down where it keeps failing: under one name, and from one address.

A few failures cost nothing; after them each further one doubles the wait, up to a minute. What is tried during a wait
is refused unlooked at and makes it no longer. A stranger who never stops guessing must keep nobody out who was here
before: failures in a browser that somebody has signed in with are counted for that browser alone, and whoever signed in
from an address before is not made to wait for failures under the same name elsewhere.
"""

import ipaddress
import math
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime, timedelta

from ..errors import NotAllowed
from ..store import Store
from ..store.accounts import folded
from .codes import digest

FREE = {"name": 5, "address": 20, "browser": 5}
"""So many failures in a row cost nothing."""

LONGEST = 60.0
FORGOTTEN = timedelta(hours=1)
KNOWN_FOR = timedelta(days=90)
_SWEPT_EVERY = timedelta(minutes=10)
_STEPS = 6
_KNOWN, _BROWSER = "known:", "browser:"


class TooManyTries(NotAllowed):
    """Signing in has to wait for ``seconds``."""

    def __init__(self, seconds: int, why: str = "Signing in failed too often.") -> None:
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(
            f"{why} Wait for {seconds} {unit}, then try again.",
            remedy="Wait, then try again; an API token still signs in.",
        )
        self.seconds = seconds


class Throttle:
    """Counts failures in the store, for all processes together."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._swept_at = datetime.min.replace(tzinfo=UTC)

    def take(self, name: str, address: str, browser: str = "") -> None:
        """Count a try as failed until :meth:`passed` says otherwise. Raises TooManyTries when it has to wait.

        Args:
            name: under which somebody wants to sign in.
            address: from where; empty where it tells nobody from others.
            browser: the mark that the browser was given by :meth:`recognise`; empty when it brought none.
        """
        now = self._clock()
        with self._store.write():
            self._sweep(now)
            found = self._store.sign_in_tries.some(list(_keys(name, address, browser).values()))
            keys = _counted(_keys(name, address, browser), found)
            waits = [wait(*found[key], FREE[kind], now) for kind, key in keys.items() if key in found]
            if any(seconds > 0 for seconds in waits):
                raise TooManyTries(math.ceil(max(waits)))
            for key in keys.values():
                self._store.sign_in_tries.set(key, _recent(found.get(key), now) + 1, now)

    def passed(self, name: str, address: str, browser: str = "") -> None:
        """Forget the failures under the name; of those from the address only this try, for others may guess there."""
        now, table = self._clock(), self._store.sign_in_tries
        with self._store.write():
            found = table.some(list(_keys(name, address, browser).values()))
            for kind, key in _counted(_keys(name, address, browser), found).items():
                table.set(key, max(0, _recent(found.get(key), now) - 1) if kind == "address" else 0, now)
            if address:
                table.set(_keys(name, address, "")["known"], 0, now)

    def recognise(self, name: str, browser: str) -> None:
        """Count failures under the name in this browser for themselves from now on: somebody has signed in with it."""
        with self._store.write():
            self._store.sign_in_tries.set(_keys(name, "", browser)["browser"], 0, self._clock())

    def _sweep(self, now: datetime) -> None:
        """Drop what counts no longer, now and then: whoever guesses names leaves a row for each."""
        if now - self._swept_at > _SWEPT_EVERY:
            self._store.sign_in_tries.prune(now - FORGOTTEN, (_KNOWN, _BROWSER), now - KNOWN_FOR)
            self._swept_at = now


def wait(fails: int, last_at: datetime, free: int, now: datetime) -> float:
    """Return for how many seconds the next try has to wait; 0 or less when it need not."""
    over = fails - free
    if over < 0 or now - last_at > FORGOTTEN:
        return 0.0
    return min(LONGEST, 2.0 ** min(over, _STEPS)) - (now - last_at).total_seconds()


def _recent(found: tuple[int, datetime] | None, now: datetime) -> int:
    return found[0] if found and now - found[1] <= FORGOTTEN else 0


def _keys(name: str, address: str, browser: str) -> dict[str, str]:
    """Return the keys of what may be counted of a try, by kind; ``known`` is no count, but a fact."""
    keys = {"name": f"name:{digest(folded(name))}"}
    if address:
        keys["address"] = f"address:{digest(_network(address))}"
        keys["known"] = f"{_KNOWN}{digest(f'{folded(name)} {_network(address)}')}"
    if browser:
        keys["browser"] = f"{_BROWSER}{digest(f'{folded(name)} {browser}')}"
    return keys


def _counted(keys: Mapping[str, str], found: Container[str]) -> dict[str, str]:
    """Return which of the keys count for a try, when those in ``found`` are there."""
    if keys.get("browser") in found:
        return {"browser": keys["browser"]}
    spared = {"name"} if keys.get("known") in found else set()
    return {kind: key for kind, key in keys.items() if kind in {"name", "address"} - spared}


def _network(address: str) -> str:
    """Return the address, of IPv6 the network: whoever has one address there has billions."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address  # noqa: PLR2004
