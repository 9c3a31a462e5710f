"""Rate-limit counts in the memory of one process, for the ``limits`` library.

Its own memory storage cleans up in a thread that may lose a hit which lands at the same time, never forgets a key, and
reads the machine's clock. This one holds one lock, forgets what is over, and is given its clock.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from limits import storage

SWEEP_EVERY = 1000
"""After so many writes, what is over is forgotten."""


@dataclass(slots=True)
class _Count:
    """Hits under one key: the times of them in a moving window, or their number in a fixed one.

    It is over at ``until``, ``span`` seconds after the last hit, or after the first in a fixed one.
    """

    until: float
    span: float
    number: int = 0
    times: deque[float] = field(default_factory=deque)


class MemoryStorage(storage.Storage, storage.MovingWindowSupport):
    """Keeps moving and fixed windows. ``now`` gives the time in seconds since the epoch."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(wrap_exceptions=False)
        self._now = now
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}
        self._writes = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a call may raise: nothing that is expected."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a fixed window, which begins with its first hit; return the count."""
        with self._lock:
            now = self._tidy()
            count = self._current(key, now)
            if count is None:
                count = self._counts[key] = _Count(now + expiry, expiry)
            count.number += amount
            return count.number

    def get(self, key: str) -> int:
        """Return the count of a fixed window."""
        with self._lock:
            count = self._current(key, self._now())
            return count.number if count else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window is over."""
        with self._lock:
            now = self._now()
            count = self._current(key, now)
            return count.until if count else now

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a moving window, unless it is full."""
        with self._lock:
            now = self._tidy()
            times = self._times(key, now, expiry)
            if len(times) + amount > limit:
                return False
            times.extend([now] * amount)
            self._counts[key] = _Count(now + expiry, expiry, times=times)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the library's signature
        """Return the time of the oldest hit in a moving window, and how many there are."""
        with self._lock:
            now = self._now()
            times = self._times(key, now, expiry)
            return (times[0] if times else now), len(times)

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._counts.pop(key, None)

    def check(self) -> bool:
        """Whether the storage answers: always."""
        return True

    def reset(self) -> int:
        """Forget everything; return how many keys there were."""
        with self._lock:
            number = len(self._counts)
            self._counts.clear()
            return number

    def _current(self, key: str, now: float) -> _Count | None:
        count = self._counts.get(key)
        if count is None or count.until <= now:
            return None
        # A clock that was set back must not make the window longer than it is.
        count.until = min(count.until, now + count.span)
        return count

    def _times(self, key: str, now: float, expiry: float) -> deque[float]:
        """Return the hits of a moving window; one that is still to come, for the clock was set back, is of now."""
        count = self._counts.get(key)
        times = count.times if count else deque()
        while times and times[0] <= now - expiry:
            times.popleft()
        if times and times[-1] > now:
            early = [min(time, now) for time in times]
            times.clear()
            times.extend(early)
        return times

    def _tidy(self) -> float:
        now = self._now()
        self._writes += 1
        if self._writes % SWEEP_EVERY == 0:
            self._counts = {key: count for key, count in self._counts.items() if count.until > now}
        return now
