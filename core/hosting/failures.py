"""How plugins failed, kept in the store, so that other processes, and later ones, can show it."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..store import Store
from .faults import FaultBook
from .info import PluginFailure

log = logging.getLogger(__name__)

PREFIX = "plugin_failure/"
FORGOTTEN = "forgotten"
FLUSH_SECONDS = 1.0
"""How long failures are gathered before they are written: a call that fails writes nothing itself."""


class StoredFailures:
    """Keeps the failures of a fault book. Safe to use from many threads."""

    def __init__(self, store: Store, book: FaultBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._lock = threading.Lock()
        self._clock = clock
        self._due = False
        self._writer: threading.Timer | None = None
        self._closed = False
        book.clock = clock
        book.learn(self._stored())
        book.changed = self._soon

    def all(self) -> dict[str, PluginFailure]:
        """Return the last failure of each plugin, in whatever process it was."""
        self.flush()
        return self._stored()

    def forget(self, plugin: str) -> None:
        """Forget the failures of a plugin until now, also those that some process has not written yet."""
        self._book.forget(plugin)
        with self._store.write():
            self._store.settings.set(PREFIX + plugin, json.dumps({FORGOTTEN: self._clock().isoformat()}))

    def flush(self) -> None:
        """Write what is new."""
        fresh = self._book.take_fresh()
        if not fresh:
            return
        try:
            with self._store.session(), self._store.write():
                for name in sorted(fresh):
                    self._add(name, *fresh[name])
        except BaseException:
            self._book.put_back(fresh)
            raise

    def close(self) -> None:
        """Write what is new, and nothing from now on."""
        with self._lock:
            self._closed = True
            writer = self._writer
        if writer is not None:
            writer.cancel()
            writer.join()
        self.flush()

    def _add(self, name: str, failure: PluginFailure, number: int) -> None:
        """Add a failure to what is kept, of which other processes may know more; nobody changes it meanwhile."""
        kept = json.loads(self._store.settings.set_once(PREFIX + name, "{}"))
        stored, forgotten = _read(kept), kept.get(FORGOTTEN)
        if forgotten and failure.at < datetime.fromisoformat(forgotten):
            return
        last = failure if stored is None or failure.at >= stored.at else stored
        count = max(1, number + (stored.count if stored else 0))
        fields = {**asdict(last), "at": last.at.isoformat(), "count": count, FORGOTTEN: forgotten}
        self._store.settings.set(PREFIX + name, json.dumps(fields))

    def _stored(self) -> dict[str, PluginFailure]:
        with self._store.session():
            kept = self._store.settings.all()
        found = {name.removeprefix(PREFIX): text for name, text in kept.items() if name.startswith(PREFIX)}
        return {name: failure for name, text in found.items() if (failure := _read(json.loads(text)))}

    def _soon(self) -> None:
        with self._lock:
            if self._closed or self._due:
                return
            self._due, self._writer = True, threading.Timer(FLUSH_SECONDS, self._flush_quietly)
            self._writer.daemon = True
            self._writer.start()

    def _flush_quietly(self) -> None:
        with self._lock:
            self._due = False
            if self._closed:
                return
        try:
            self.flush()
        except Exception:
            log.exception("It could not be kept how plugins failed")


def _read(kept: Mapping[str, Any]) -> PluginFailure | None:
    """Return the failure that is kept; None where those that there were are forgotten."""
    fields = {name: value for name, value in kept.items() if name != FORGOTTEN}
    return PluginFailure(**{**fields, "at": datetime.fromisoformat(fields["at"])}) if fields else None
