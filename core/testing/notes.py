"""The notes of plugins, kept in memory for as long as the tests run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Notes:
    """Has of a store what the adapter asks of it: a session, and what plugins noted of marketplaces."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        self.marketplaces = self

    @contextmanager
    def session(self) -> Iterator[None]:
        """Give a block to be in; there is nothing to open."""
        yield

    def recall(self, marketplace_id: str, name: str) -> str | None:
        """Return what was kept, or None."""
        with self._lock:
            return self._kept.get((marketplace_id, name))

    def keep(self, marketplace_id: str, name: str, value: str | None) -> None:
        """Keep a note; None forgets it."""
        with self._lock:
            self._kept.pop((marketplace_id, name), None)
            if value is not None:
                self._kept[marketplace_id, name] = value
