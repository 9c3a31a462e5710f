"""Calls into plugins, held at arm's length: a deadline, and whatever comes out becomes a typed error.

A call runs in a daemon thread of its own. When it does not return in time it is abandoned, not killed (Python cannot),
and counted: a plugin with three abandoned calls still hanging is faulty and is not called any more.
"""

import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from ..errors import MarketplaceError, PluginFault
from .errors import fault, stack_of, told, untold

MAX_HANGING = 3
_THREAD = "plugin-"


def in_call() -> bool:
    """Whether this thread is one in which a plugin is called."""
    return threading.current_thread().name.startswith(_THREAD)


class NotCalled(PluginFault):
    """The plugin was not called at all: what it did wrong was told before, and this is no further fault of it."""


class Hung(PluginFault):
    """The plugin did not return in time."""


class Unfinished(PluginFault):
    """The call was begun, and something else kept it from its end: no fault of the plugin, nor of who was called."""


class Guard:
    """Runs plugin calls with a deadline and remembers which plugins hang."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hanging: Counter[str] = Counter()

    def hanging(self, plugin: str) -> int:
        """Return how many calls into the plugin are overdue and still running."""
        with self._lock:
            return self._hanging[plugin]

    def call(self, plugin: str, function: Callable[[], Any], seconds: float) -> Any:
        """Return what ``function`` returns within ``seconds``.

        Raises:
            MarketplaceError: as the plugin raised it.
            PluginFault: anything else came out, nothing came out in time (Hung), or it hangs too often (NotCalled).
        """
        if self.hanging(plugin) >= MAX_HANGING:
            raise NotCalled(
                f"The plugin {plugin} is not called any more: {MAX_HANGING} of its calls never returned.",
                remedy="Restart publicist; update or disable the plugin if it happens again.",
            )
        call = _Call(plugin, function)
        thread = threading.Thread(target=call.run, name=f"{_THREAD}{plugin}", daemon=True)
        thread.start()
        if not call.done.wait(seconds):
            self._abandon(plugin, call)
            raise Hung(f"The plugin {plugin} did not return within {seconds:g} seconds.", traceback=_where(thread))
        return call.result()

    def _abandon(self, plugin: str, call: "_Call") -> None:
        with self._lock:
            self._hanging[plugin] += 1
        call.when_done(lambda: self._returned(plugin))

    def _returned(self, plugin: str) -> None:
        with self._lock:
            self._hanging[plugin] -= 1


def _where(thread: threading.Thread) -> str:
    """Return where a thread is, as a traceback; empty when it has just ended."""
    return stack_of(sys._current_frames().get(thread.ident or 0))  # noqa: SLF001 - the documented way to a frame


class _Call:
    """One call in its thread: its result or what it raised, and what to do if it ends late."""

    def __init__(self, plugin: str, function: Callable[[], Any]) -> None:
        self.done = threading.Event()
        self._plugin = plugin
        self._function = function
        self._value: Any = None
        self._raised: MarketplaceError | None = None
        self._told = False
        self._late: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def run(self) -> None:
        try:
            self._try()
        finally:
            with self._lock:
                self.done.set()
                late = self._late
            if late:
                late()

    def _try(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
            self._raised = untold(told(error, self._plugin), self._plugin)
        self._told = True

    def when_done(self, late: Callable[[], None]) -> None:
        with self._lock:
            if not self.done.is_set():
                self._late = late
                return
        late()

    def result(self) -> Any:
        if not self._told:
            raise untold(fault(f"The plugin {self._plugin} failed, and so did its error."), "")
        if self._raised is not None:
            raise self._raised
        return self._value
