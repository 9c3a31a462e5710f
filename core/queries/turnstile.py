"""How often strangers may leave something here: counted in this process, by the address they call from."""

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

FROM_ONE = "5/10 minutes;20/day"
FROM_ALL = "300/hour"
_NETWORK_BITS = 64


class Turnstile:
    """Lets so many through from one address, and so many from all. Safe to use from many threads.

    ``now`` gives the time in seconds since the epoch.
    """

    def __init__(
        self, from_one: str = FROM_ONE, from_all: str = FROM_ALL, now: Callable[[], float] = time.time
    ) -> None:
        self._from_one = from_one
        self._from_all = from_all
        self._opened: MovingWindowRateLimiter | None = None
        self._now = now
        self._lock = threading.Lock()

    def enter(self, address: str) -> float:
        """Let one through and return 0; or return how many seconds to wait, and count nothing.

        All addresses of an IPv6 network of 64 bits count as one, for one host has as many as it likes.
        """
        from limits import parse_many

        key = _key(address)
        doors = [(item, key) for item in parse_many(self._from_one)]
        doors += [(item, "all") for item in parse_many(self._from_all)]
        with self._lock:
            limiter = self._limiter()
            closed = [door for door in doors if not limiter.test(*door)]
            if closed:
                return max(self._wait(limiter, *door) for door in closed)
            for door in doors:
                limiter.hit(*door)
        return 0.0

    def _limiter(self) -> "MovingWindowRateLimiter":
        """Return the limiter; the library is read in with the first who come, for most commands never need it."""
        if self._opened is None:
            from limits import strategies

            from ..policies.limit_memory import MemoryStorage

            self._opened = strategies.MovingWindowRateLimiter(MemoryStorage(self._now))
        return self._opened

    def _wait(self, limiter: "MovingWindowRateLimiter", item: "RateLimitItem", key: str) -> float:
        return max(1.0, limiter.get_window_stats(item, key).reset_time - self._now())


def _key(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return f"at {address}"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> _NETWORK_BITS << _NETWORK_BITS)
    return f"at {found}"
