"""Work that is done once for all threads that want it at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from publicist.core.flights import Flights

FOLLOWERS = 6
LEADERS_LOOKUPS = 2


class Key:
    """A key that lets ``full`` be set once so many have looked for the work that is under way for it."""

    def __init__(self) -> None:
        self.full = threading.Event()
        self._looked = 0

    def __hash__(self) -> int:
        self._looked += 1
        if self._looked == LEADERS_LOOKUPS + FOLLOWERS:
            self.full.set()
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other


def flown(work: Callable[[], int]) -> tuple[list[Future[int]], int]:
    """Have one thread at the work until all others wait for it; return what each got, and how often it was done."""
    key, flights, done = Key(), Flights[int](), []

    def waiting() -> int:
        done.append(1)
        assert key.full.wait(10)
        return work()

    with ThreadPoolExecutor(FOLLOWERS + 1) as pool:
        found = [pool.submit(flights.share, key, waiting) for _ in range(FOLLOWERS + 1)]
    return found, len(done)


def test_everybody_gets_what_came_of_one_piece_of_work() -> None:
    found, done = flown(lambda: 7)
    assert ([future.result() for future in found], done) == ([7] * (FOLLOWERS + 1), 1)


def test_everybody_hears_of_the_failure() -> None:
    def fail() -> int:
        raise OSError("down")

    found, done = flown(fail)
    assert ({str(future.exception()) for future in found}, done) == ({"down"}, 1)


def test_who_has_no_patience_goes_on_while_another_thread_is_at_it() -> None:
    flights, started, gate = Flights[int](), threading.Event(), threading.Event()

    def work() -> int:
        started.set()
        assert gate.wait(10)
        return 1

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(flights.share, "key", work)
        assert started.wait(10)
        with pytest.raises(TimeoutError):
            flights.share("key", lambda: 2, patience=0)
        assert flights.share("another", lambda: 3, patience=0) == 3
        gate.set()
        assert leader.result(10) == 1
    assert flights.share("key", lambda: 4) == 4
