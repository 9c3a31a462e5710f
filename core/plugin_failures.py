"""How plugins failed, kept in the store, so that other processes, and later ones, can show it."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from .plugin_faults import FaultBook
from .plugin_info import PluginFailure
from .store import Store

log = logging.getLogger(__name__)

PREFIX = "plugin_failure/"
FLUSH_SECONDS = 1.0
"""How long failures are gathered before they are written: a call that fails writes nothing itself."""


class StoredFailures:
    """Keeps the failures of a fault book. Safe to use from many threads."""

    def __init__(self, store: Store, book: FaultBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False
        book.clock = clock
        book.learn(self._stored())
        book.changed = self._soon

    def all(self) -> dict[str, PluginFailure]:
        """Return the last failure of each plugin, in whatever process it was."""
        self.flush()
        return self._stored()

    def forget(self, plugin: str) -> None:
        """Forget the failures of a plugin."""
        self._book.forget(plugin)
        with self._store.write():
            self._store.settings.set(PREFIX + plugin, None)

    def flush(self) -> None:
        """Write what is new."""
        fresh = self._book.take_fresh()
        if not fresh:
            return
        with self._store.session(), self._store.write():
            stored = self._stored()
            for name, (failure, number) in fresh.items():
                count = number + (stored[name].count if name in stored else 0)
                self._keep(name, replace(failure, count=max(count, 1)))

    def close(self) -> None:
        """Write what is new, and nothing from now on."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
        self.flush()

    def _keep(self, name: str, failure: PluginFailure) -> None:
        fields = {**asdict(failure), "at": failure.at.isoformat()}
        self._store.settings.set(PREFIX + name, json.dumps(fields))

    def _stored(self) -> dict[str, PluginFailure]:
        with self._store.session():
            kept = self._store.settings.all()
        return {name.removeprefix(PREFIX): _read(text) for name, text in kept.items() if name.startswith(PREFIX)}

    def _soon(self) -> None:
        with self._lock:
            if self._closed or self._timer is not None:
                return
            self._timer = threading.Timer(FLUSH_SECONDS, self._flush_quietly)
            self._timer.daemon = True
            self._timer.start()

    def _flush_quietly(self) -> None:
        with self._lock:
            self._timer = None
            if self._closed:
                return
        try:
            self.flush()
        except Exception:
            log.exception("It could not be kept how plugins failed")


def _read(text: str) -> PluginFailure:
    fields = json.loads(text)
    return PluginFailure(**{**fields, "at": datetime.fromisoformat(fields["at"])})
