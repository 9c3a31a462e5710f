"""Work that many threads want at the same moment and that is done once for all of them."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Flights(Generic[Value]):
    """Runs one piece of work for each key at a time; who comes meanwhile shares what comes of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Value]] = {}

    def share(self, key: Hashable, work: Callable[[], Value], patience: float | None = None) -> Value:
        """Return what ``work`` returns, or raise what it raises: done here, or by whoever is at it already.

        Raises TimeoutError when somebody else is at it and not done within ``patience`` seconds (None: however long).
        """
        with self._lock:
            future = self._under_way.get(key)
            if leads := future is None:
                future = self._under_way[key] = Future()
        if leads:
            self._do(key, work, future)
        return future.result(patience)

    def _do(self, key: Hashable, work: Callable[[], Value], future: Future[Value]) -> None:
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, or they wait for ever
            self._land(key)
            future.set_exception(error)
        else:
            self._land(key)
            future.set_result(value)

    def _land(self, key: Hashable) -> None:
        with self._lock:
            del self._under_way[key]
