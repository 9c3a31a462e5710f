"""A plugin in a process of its own, as the core calls it: the process may die, be killed, and be started again."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import PluginFault
from ..guard import NotCalled
from ..hook_answers import hook_types, sound_answer
from ..hook_versions import TakenUp
from ..plugin_errors import unloaded, untold
from ..redact import redact
from .frames import BadFrame
from .parts import Hello, sendable
from .process import Gone, Overdue, PluginProcess
from .wire import read, written

LONGEST_PAUSE = 60.0
START_SECONDS = 30.0


class IsolatedPlugin:
    """Calls the hooks of a plugin that is not here. Safe to use from many threads.

    A call that is overdue ends the process: other calls in it may still end, and new ones go to a new one. A process
    that ends is started again at once, and then after longer and longer pauses as long as none of its calls returns.
    """

    def __init__(self, hello: Hello, start: Callable[[Hello], PluginProcess] = PluginProcess) -> None:
        self._hello = hello
        self._start = start
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._deaths = 0
        self._resumes_at = 0.0
        self._restarting = False
        self._resting = False
        self._retiring: PluginProcess | None = None
        self._starting: PluginProcess | None = start(hello)
        self._process: PluginProcess | None = None
        self.hooks: tuple[str, ...] = ()

    @property
    def pid(self) -> int | None:
        """The number of the process that is called now; None while there is none."""
        process = self._process
        return process.pid if process else None

    def describe(self, seconds: float = START_SECONDS) -> TakenUp:
        """Wait until it is loaded and return what it has. Raises PluginFault when it does not load."""
        process = self._starting
        assert process is not None  # noqa: S101 - made above, and taken here, once
        try:
            taken = self._offer(process, seconds)
        except PluginFault:
            process.kill()
            raise
        self.hooks = taken.hooks
        with self._changed:
            self._process, self._starting = process, None
        return taken

    def _offer(self, process: PluginProcess, seconds: float) -> TakenUp:
        name = self._hello.name
        try:
            first = process.ready(seconds)
        except Overdue:
            raise PluginFault(
                f"The plugin {name} was not loaded within {seconds:g} seconds.", traceback=redact(process.where())
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
            PluginFault: anything else came out, nothing came out in time, or the process ended.
        """
        name, ends = self._hello.name, time.monotonic() + seconds
        order = self._order(hook, arguments)
        process = self._ready(ends)
        try:
            answer = process.call(order, lambda message: _asked(arguments, message), max(0.0, ends - time.monotonic()))
        except Overdue:
            trace = redact(process.where())
            self._replace(process)
            raise PluginFault(
                f"The plugin {name} did not return within {seconds:g} seconds, and its process was ended.",
                traceback=trace,
            ) from None
        except Gone as gone:
            self._replace(process)
            raise PluginFault(f"The process of the plugin {name} was lost during {hook}: {gone}.") from None
        except (BadFrame, ValueError) as error:
            raise PluginFault(f"{hook} of the plugin {name} cannot be called: {error}.") from None
        self._deaths = 0
        if "error" in answer:
            raise untold(answer["error"], name)
        try:
            return sound_answer(hook, read(hook_types(hook)["return"], answer["ok"]))
        except (KeyError, ValueError, RecursionError) as error:
            raise PluginFault(f"{hook} of the plugin {name} answered with {error}.") from None

    def rest(self) -> None:
        """End the process, once nobody waits for an answer of it; the next call starts another one."""
        with self._changed:
            process, self._process = self._process, None
            self._resting, self._deaths = True, 0
            self._changed.notify_all()
        if process is not None:
            process.retire()

    def close(self) -> None:
        """End the process for good."""
        self._closing.set()
        with self._changed:
            ending = [item for item in (self._process, self._starting, self._retiring) if item]
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
        """Give no more calls to ``process``, and start another in the background."""
        with self._changed:
            if self._process is not process:
                return
            self._process = None
            former, self._retiring = self._retiring, process
            self._pause()
            self._begin()
        if former is not None:
            former.kill()
        process.retire()

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
            process = self._start(self._hello)
            try:
                self._offer(process, START_SECONDS)
            except PluginFault:
                process.kill()
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
