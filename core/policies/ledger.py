"""What was let through, kept where every process of this space sees it: in memory for one, in Redis for many.

Counting is done by the ``limits`` library: a moving window up to :data:`MOST_MOVING` queries, which remembers each of
them, and a fixed one, which begins with its first query, beyond that.

The library is read in with the first query, and always by its own name first: its parts import each other in circles,
and two threads that entered by different parts would each be handed half of the other's.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import ConfigurationError, TransientError
from ..settings import Settings
from .rate_limits import Window
from .rates import Rate

if TYPE_CHECKING:
    from limits.strategies import RateLimiter

log = logging.getLogger(__name__)

MEMORY, REDIS = "memory", ("redis", "rediss", "redis+unix")
MOST_MOVING = 10_000
REPEAT_SECONDS = 60
MOST_REPEATS = 5
"""How often one query may come again within the minute without being counted: hubs try thrice, and probe first."""
REDIS_SECONDS = 2.0
SHORTEST_WAIT = 1.0


@dataclass(frozen=True, slots=True)
class Full:
    """A window without room, and in how many seconds it has some."""

    window: Window
    seconds: float


class Ledger:
    """Counts queries into windows, and knows again the ones that come twice. Safe to use from many threads.

    Every method raises TransientError when the storage does not answer: what cannot be counted is not let through.
    Raises ConfigurationError at once for a storage that is not one.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._url = settings.rate_limit_storage.reveal() or f"{MEMORY}://"
        self._clock = clock
        self._opening = threading.Lock()
        self._opened: _Counters | None = None
        _check_storage(self._url)

    def full(self, windows: Sequence[Window]) -> Full | None:
        """Return the window that has no room for longest, or None; nothing is counted."""
        with self._counters() as counters:
            return counters.fullest(windows)

    def take(self, windows: Sequence[Window]) -> Full | None:
        """Count one query into all windows at once; return the window that has no room instead, and count nothing.

        On Redis each window is exact by itself, and none ever holds more than its limit; but a query that is overtaken
        between two windows may leave a count in the first.
        """
        with self._counters() as counters:
            return counters.take(windows)

    def admitted_before(self, query: str) -> bool:
        """Whether the query (a key) was admitted within the last minute, and did not come again too often since."""
        with self._counters() as counters:
            key = f"admitted/{query}"
            return bool(counters.storage.get(key)) and counters.storage.incr(key, REPEAT_SECONDS) <= MOST_REPEATS + 1

    def note_admitted(self, query: str) -> None:
        """Remember for a minute that the query was admitted."""
        with self._counters() as counters:
            counters.storage.incr(f"admitted/{query}", REPEAT_SECONDS)

    def first_answer(self, query: str) -> bool:
        """Note that the query was answered; whether it is the first time within a minute. One asker gets True."""
        with self._counters() as counters:
            return bool(counters.storage.incr(f"answered/{query}", REPEAT_SECONDS) == 1)

    @contextmanager
    def _counters(self) -> Iterator["_Counters"]:
        from limits import errors

        try:
            yield self._open()
        except errors.StorageError as error:
            log.warning("The storage of rate limits does not answer: %s", type(error.storage_error).__name__)
            raise TransientError(
                "Limits of this endpoint cannot be checked just now.", cause="busy", retry_after=SHORTEST_WAIT
            ) from error

    def _open(self) -> "_Counters":
        with self._opening:
            if self._opened is None:
                self._opened = _in_redis(self._url) if _is_redis(self._url) else _in_memory(self._clock)
            return self._opened


class _Counters:
    """The two ways of counting, on one storage.

    Args:
        storage: one of the ``limits`` library.
        now: the clock that it reads.
        alone: held while a query is counted into several windows; where that takes calls to another machine, waiting
            for each other would cost more than it is worth.
    """

    def __init__(self, storage: Any, now: Callable[[], float], alone: AbstractContextManager[Any]) -> None:
        from limits import strategies

        self.storage = storage
        self._now = now
        self._alone = alone
        self._moving = strategies.MovingWindowRateLimiter(storage)
        self._fixed = strategies.FixedWindowRateLimiter(storage)

    def fullest(self, windows: Sequence[Window]) -> Full | None:
        return self._fullest({window: self._left(window) for window in windows})

    def take(self, windows: Sequence[Window]) -> Full | None:
        """Count into the tightest window first: where somebody overtakes us, it is the one that refuses."""
        with self._alone:
            if len(windows) > 1:
                left = {window: self._left(window) for window in windows}
                if full := self._fullest(left):
                    return full
                windows = sorted(windows, key=left.__getitem__)
            return next((self._full(window) for window in windows if not self._hit(window)), None)

    def _fullest(self, left: Mapping[Window, int]) -> Full | None:
        """Judge by what was read once: read again, a window may have room by now, and nobody would have counted."""
        waits = [self._full(window) for window, room in left.items() if room <= 0]
        return max(waits, key=lambda full: full.seconds, default=None)

    def _hit(self, window: Window) -> bool:
        return self._by(window).hit(_item(window.rate), window.key)

    def _left(self, window: Window) -> int:
        return self._by(window).get_window_stats(_item(window.rate), window.key).remaining

    def _full(self, window: Window) -> Full:
        reset = self._by(window).get_window_stats(_item(window.rate), window.key).reset_time
        return Full(window, max(SHORTEST_WAIT, reset - self._now()))

    def _by(self, window: Window) -> "RateLimiter":
        return self._moving if window.rate.count <= MOST_MOVING else self._fixed


@lru_cache(1000)
def _item(rate: Rate) -> Any:
    from limits import RateLimitItemPerSecond

    return RateLimitItemPerSecond(rate.count, rate.seconds, namespace="")


def _in_memory(clock: Callable[[], datetime]) -> _Counters:
    from .limit_memory import MemoryStorage

    def now() -> float:
        return clock().timestamp()

    return _Counters(MemoryStorage(now), now, threading.Lock())


def _in_redis(url: str) -> _Counters:
    """Reconnect once when the connection is gone; a call that timed out is not sent again, for it may have counted."""
    from limits import storage
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as NoConnection
    from redis.retry import Retry

    options: dict[str, Any] = {
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(NoConnection,)),
    }
    return _Counters(
        storage.RedisStorage(url, key_prefix="publicist", wrap_exceptions=True, **options), time.time, nullcontext()
    )


def _is_redis(url: str) -> bool:
    return urlsplit(url).scheme in REDIS


def _is_sound(url: str) -> bool:
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port != 0 and urlsplit(url).scheme in (MEMORY, *REDIS)


def _check_storage(url: str) -> None:
    if not _is_sound(url):
        raise ConfigurationError(
            "PUBLICIST_RATE_LIMIT_STORAGE does not accept the value it has.",
            remedy="Set it to memory:// or to a Redis URL such as redis://host:6379/0.",
        )
    if _is_redis(url) and find_spec("redis") is None:
        raise ConfigurationError(
            "PUBLICIST_RATE_LIMIT_STORAGE names Redis, and the package redis is not installed.",
            remedy="Install it: pip install 'publicist[redis]'.",
        )
