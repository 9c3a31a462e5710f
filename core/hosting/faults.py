"""How plugins failed in calls, as this process has seen it: the last failure of each, and how many there were."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from ..errors import PluginFault
from ..redact import redact
from .info import PluginFailure

LONGEST_TRACE = 6_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FaultBook:
    """Notes what goes wrong. Safe to use from many threads.

    Attributes:
        clock: gives the time of a failure.
        changed: called, outside of any lock, when there is something new to keep.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = _utc_now
        self.changed: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._last: dict[str, PluginFailure] = {}
        self._fresh: dict[str, int] = {}

    def failed(self, plugin: str, hook: str, fault: PluginFault) -> None:
        """Note a failed call."""
        trace = redact(fault.traceback)[-LONGEST_TRACE:]
        with self._lock:
            count = self._last[plugin].count if plugin in self._last else 0
            self._last[plugin] = PluginFailure(self.clock(), hook, redact(fault.message), trace, count + 1)
            self._fresh[plugin] = self._fresh.get(plugin, 0) + 1
        self.changed()

    def worked(self, plugin: str, hook: str) -> None:
        """Note that a call was answered: a failure of the same hook is over."""
        if not self._still_fails(plugin, hook):  # almost always, and then nobody waits
            return
        with self._lock:
            if not self._still_fails(plugin, hook):
                return
            self._last[plugin] = replace(self._last[plugin], over=True)
            self._fresh.setdefault(plugin, 0)
        self.changed()

    def _still_fails(self, plugin: str, hook: str) -> bool:
        last = self._last.get(plugin)
        return last is not None and not last.over and last.hook == hook

    def of(self, plugin: str) -> PluginFailure | None:
        """Return the last failure of a plugin, or None."""
        return self._last.get(plugin)

    def learn(self, failures: Mapping[str, PluginFailure]) -> None:
        """Take up what was kept of former processes."""
        with self._lock:
            self._last = {**failures, **self._last}

    def forget(self, plugin: str) -> None:
        """Forget the failures of a plugin."""
        with self._lock:
            self._last.pop(plugin, None)
            self._fresh.pop(plugin, None)

    def take_fresh(self) -> dict[str, tuple[PluginFailure, int]]:
        """Return what was not returned yet: the last failure of each plugin, and how many there were."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
            return {name: (self._last[name], number) for name, number in fresh.items()}

    def put_back(self, fresh: Mapping[str, tuple[PluginFailure, int]]) -> None:
        """Take back what could not be kept, but for what was forgotten meanwhile."""
        with self._lock:
            for name, (_, number) in fresh.items():
                if name in self._last:
                    self._fresh[name] = self._fresh.get(name, 0) + number
