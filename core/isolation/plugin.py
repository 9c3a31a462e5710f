"""A plugin in a process of its own, as the core calls it: the process may die, be killed, and be started again."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from ..errors import PluginFault
from ..hosting.errors import unloaded, untold
from ..hosting.guard import Hung, NotCalled, Unfinished
from ..hosting.hook_answers import hook_types, sound_answer
from ..hosting.hook_versions import TakenUp
from ..redact import redact
from .frames import BadFrame
from .parts import Hello, sendable
from .process import Gone, Interrupted, NotBegun, Overdue, PluginProcess
from .wire import read, written

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
START_SECONDS = 30.0
MOST_RETIRED = 4
"""How many processes with an overdue call may still be there for the sake of other calls that they have begun."""


class IsolatedPlugin:
    """Calls the hooks of a plugin that is not here. Safe to use from many threads.

    A call that is overdue gives its process up: other calls in it may still end, and new ones go to a new one, which is
    started at once. A process that ends by itself is started again at once, and then after longer and longer pauses as
    long as none of its calls returns.

    Args:
        seconds: how long it may take until the plugin is loaded.
        start: starts a process.
    """

    def __init__(
        self, hello: Hello, seconds: float = START_SECONDS, start: Callable[[Hello], PluginProcess] = PluginProcess
    ) -> None:
        self._hello = hello
        self._seconds = seconds
        self._ready_by = time.monotonic() + seconds
        self._start = start
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._deaths = 0
        self._resumes_at = 0.0
        self._restarting = False
        self._resting = False
        self._retired: list[PluginProcess] = []
        self._starting, self._failure = self._first(hello)
        self._process: PluginProcess | None = None
        self.hooks: tuple[str, ...] = ()

    def _first(self, hello: Hello) -> tuple[PluginProcess | None, str]:
        """Return the first process; or none, and why this machine starts none now."""
        try:
            return self._start(hello), ""
        except OSError as error:
            return None, error.strerror or type(error).__name__

    @property
    def pid(self) -> int | None:
        """The number of the process that is called now; None while there is none that lives."""
        process = self._process
        return process.pid if process and not process.ended else None

    def settle(self) -> None:
        """Wait until it is loaded, does not load, or its time is over, which began when this was made."""
        if self._starting is not None:
            with suppress(Overdue, Gone):
                self._starting.ready(self._ready_by - time.monotonic())

    def describe(self) -> TakenUp:
        """Wait until it is settled and return what it has. Raises PluginFault when it does not load in its time."""
        process = self._starting
        if process is None:
            said = f"The process of the plugin {self._hello.name} could not be started: {self._failure}."
            raise PluginFault(
                said, remedy="See to it that this machine can start processes; then start publicist again."
            )
        try:
            taken = self._offer(process, self._ready_by)
        except PluginFault:
            process.kill()
            raise
        self.hooks = taken.hooks
        with self._changed:
            self._process, self._starting = process, None
        return taken

    def _offer(self, process: PluginProcess, ready_by: float) -> TakenUp:
        name = self._hello.name
        try:
            first = process.ready(ready_by - time.monotonic())
        except Overdue:
            raise Hung(
                f"The plugin {name} was not loaded within {self._seconds:g} seconds.", traceback=redact(process.where())
            ) from None
        except Gone as gone:
            raise PluginFault(f"The process of the plugin {name} did not start: {gone}.") from None
        if "failed" in first:
            raise unloaded(first["failed"], name)
        try:
            offer = first["ready"]
            return TakenUp(
                tuple(read(tuple[str, ...], offer["hooks"])), read(int, offer["version"]),
                read(tuple[str, ...], offer["warnings"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise PluginFault(f"The process of the plugin {name} said what makes no sense.") from None

    def call(self, hook: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        """Return what the hook answers within ``seconds``.

        Raises:
            MarketplaceError: as the plugin raised it.
            PluginFault: anything else came out, nothing came out in time, or the process ended; Unfinished where
                that was not by this call, NotCalled where there was no process in time.
        """
        name, ends, answer = self._hello.name, time.monotonic() + seconds, None
        while answer is None:
            answer = self._sent(self._ready(ends), hook, arguments, ends, seconds)
        self._deaths = 0
        if "error" in answer:
            raise untold(answer["error"], name)
        try:
            return sound_answer(hook, read(hook_types(hook)["return"], answer["ok"]))
        except (KeyError, ValueError, RecursionError) as error:
            raise PluginFault(f"{hook} of the plugin {name} answered with {error}.") from None

    def _sent(
        self,
        process: PluginProcess,
        hook: str,
        arguments: Mapping[str, Any],
        ends: float,
        seconds: float,
    ) -> Mapping[str, Any] | None:
        """Return what the process answers; None when it takes no calls any more, and another one is to be asked."""
        name, order = self._hello.name, self._order(hook, arguments)  # with the time that it has by now
        try:
            return process.call(order, partial(_asked, arguments), ends - time.monotonic(), seconds)
        except NotBegun:
            self._replace(process)
            return None
        except Overdue:
            trace = redact(process.where())
            self._renew(process)
            raise Hung(
                f"The plugin {name} did not return within {seconds:g} seconds, and its process was ended.",
                traceback=trace,
            ) from None
        except Interrupted as why:
            said = f"{hook} of the plugin {name} was not finished: {why}."
            raise Unfinished(said, remedy="Nothing to do: it is tried again.") from None
        except Gone as gone:
            self._replace(process)
            raise PluginFault(f"The process of the plugin {name} was lost during {hook}: {gone}.") from None
        except (BadFrame, ValueError) as error:
            raise PluginFault(f"{hook} of the plugin {name} cannot be called: {error}.") from None

    def rest(self) -> None:
        """End the process, once nobody waits for an answer of it; the next call starts another one."""
        with self._changed:
            process, self._process = self._process, None
            self._resting, self._deaths = True, 0
            self._changed.notify_all()
        if process is not None:
            process.retire("the plugin was disabled or enabled meanwhile")

    def close(self) -> None:
        """End the process for good."""
        self._closing.set()
        with self._changed:
            ending = [item for item in (self._process, self._starting, *self._retired) if item]
            self._process = None
            self._changed.notify_all()
        for process in ending:
            process.close()

    def _order(self, hook: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            known = hook_types(hook)
            given = {key: value for key, value in arguments.items() if key in known}
            return {"hook": hook, "arguments": written(sendable(given))}
        except ValueError as error:
            raise PluginFault(f"{hook} of the plugin {self._hello.name} cannot be called: {error}.") from None

    def _ready(self, ends: float) -> PluginProcess:
        """Return the process, once there is one."""
        name = self._hello.name
        with self._changed:
            if self._resting:
                self._resting, self._resumes_at = False, 0.0
                self._begin()
            if self._process is not None and self._process.hangs():
                self._renew(self._process)
            while self._process is None:
                pause, left = self._resumes_at - time.monotonic(), ends - time.monotonic()
                if self._closing.is_set():
                    raise NotCalled(f"The plugin {name} is not called any more: this process ends.")
                if pause > 0:
                    raise NotCalled(
                        f"The process of the plugin {name} ended {self._deaths} times in a row; "
                        f"it is started again in {pause:.0f} seconds.",
                    )
                if left <= 0 or not self._changed.wait(left):
                    raise NotCalled(f"The process of the plugin {name} was not started again in time.")
            return self._process

    def _replace(self, process: PluginProcess) -> None:
        """Start another process in the background instead of one that has ended, when the pause is over."""
        with self._changed:
            if self._process is process:
                self._process = None
                self._pause()
                self._begin()

    def _renew(self, process: PluginProcess) -> None:
        """Give no more calls to a process in which one hangs, and start another in the background at once."""
        with self._changed:
            if self._process is not process:
                return
            self._process = None
            kept = [item for item in self._retired if not item.ended] + [process]
            surplus, self._retired = kept[:-MOST_RETIRED], kept[-MOST_RETIRED:]
            self._begin()
        process.retire("another call hung in its process, which was ended")
        for item in surplus:
            item.kill()

    def _begin(self) -> None:
        """Start a process in the background when the pause is over, unless that is under way."""
        self._changed.notify_all()
        if not self._restarting:
            self._restarting = True
            threading.Thread(target=self._restart, name=f"start-{self._hello.name}", daemon=True).start()

    def _pause(self) -> None:
        """Count one more end in a row, and set when the next start may be."""
        self._deaths += 1
        pause = 0.0 if self._deaths == 1 else min(LONGEST_PAUSE, 2.0 ** (self._deaths - 2))
        self._resumes_at = time.monotonic() + pause

    def _may_start(self) -> bool:
        """Wait out the pause; answer whether a process is wanted then."""
        with self._changed:
            while not self._closing.is_set() and not self._resting:
                left = self._resumes_at - time.monotonic()
                if left <= 0:
                    return True
                self._changed.wait(left)
            self._restarting = False
            return False

    def _restart(self) -> None:
        while self._may_start():
            process = self._started()
            if process is None:
                with self._changed:
                    self._pause()
                continue
            with self._changed:
                unwanted = self._closing.is_set() or self._resting
                self._process = None if unwanted else process
                self._restarting = False
                self._changed.notify_all()
            if unwanted:
                process.close()
            return

    def _started(self) -> PluginProcess | None:
        """Return a new process that has loaded the plugin, None when that failed."""
        process = None
        try:
            process = self._start(self._hello)
            self._offer(process, time.monotonic() + self._seconds)
        except (PluginFault, OSError) as error:
            log.warning("The plugin %s was not started again: %s", self._hello.name, error)
            if process is not None:
                process.kill()
            return None
        return process


def _asked(arguments: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """Do what a plugin's process asks in the course of a call; what it may ask for is what the hook was given."""
    try:
        return {"answer": _answer(arguments, message["ask"], message["value"])}
    except Exception as error:  # noqa: BLE001 - whatever it is, the plugin is told that it was not done
        return {"refused": redact(str(error))[:500] or type(error).__name__}


def _answer(arguments: Mapping[str, Any], what: object, value: Any) -> Any:
    match what, value:
        case "get", str():
            return arguments["call"].memory.get(value)
        case "set", [str() as key, str() | None as text]:
            return arguments["call"].memory.set(key, text)
        case "deliver", str():
            return arguments["deliver"](value)
        case "work", list() if all(isinstance(item, str) for item in value):
            return arguments["work"](value)
    raise ValueError("This cannot be asked for.")
