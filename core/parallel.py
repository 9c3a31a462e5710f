"""The same call for many marketplaces at once."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_THREADS = 32


def for_all(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return ``function`` of each item, in the order of the items; a slow one delays no other.

    Raises what the first failing call raised; let ``function`` turn expected failures into results.
    """
    items = list(items)
    if not items:
        return []
    with ThreadPoolExecutor(min(len(items), MOST_THREADS)) as pool:
        calls = [pool.submit(copy_context().run, function, item) for item in items]
        return [call.result() for call in calls]


class Apart(Generic[Result]):
    """Does work for names in threads of its own, for none of them twice at once: so no name waits for another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def begin(self, name: str, work: Callable[[], Result]) -> Future[Result] | None:
        """Begin ``work``; None while something is under way for this name."""
        with self._lock:
            if name in self._under_way:
                return None
            self._under_way.add(name)
        future: Future[Result] = Future()
        try:
            threading.Thread(target=copy_context().run, args=(self._run, name, work, future), daemon=True).start()
        except RuntimeError:
            self._ended(name)
            raise
        return future

    def _run(self, name: str, work: Callable[[], Result], future: Future[Result]) -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the result gets it
            self._ended(name)
            future.set_exception(error)
        else:
            self._ended(name)
            future.set_result(result)

    def _ended(self, name: str) -> None:
        with self._lock:
            self._under_way.discard(name)
