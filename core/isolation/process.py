"""One process of one plugin, seen from the core: orders go in, answers come out, and it can be killed at any time."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from .frames import BadFrame, frame, receive
from .parts import Hello
from .relay import LONGEST_LINE, Outlet
from .wire import written

GOODBYE_SECONDS = 1.0
TRACE_SECONDS = 0.5
"""The most that is waited for a process to write where it hangs."""
_TRACE_PAUSE = 0.05
_TRACE_LINES = 200

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


class Overdue(Exception):
    """No answer came in time."""


class Gone(Exception):
    """The process ended before it answered; the message is the end of a sentence."""


class NotBegun(Exception):
    """The process takes no calls any more; this one was not sent to it."""


class Interrupted(Exception):
    """The call has no answer and is not to blame for that; the message is the end of a sentence."""


class PluginProcess:
    """A process that has been started. It is spawned, never forked: nothing of ours is in it but what it is sent."""

    def __init__(self, hello: Hello) -> None:
        self._outlet = Outlet(hello.name)
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._pending: dict[int, SimpleQueue[Mapping[str, Any]]] = {}
        self._orders: SimpleQueue[bytes | None] = SimpleQueue()
        self._lines: deque[str] = deque(maxlen=_TRACE_LINES)
        self._said = threading.Event()
        self._tracing = False
        self._trace: str | None = None
        self._trace_lock = threading.Lock()
        self._retired = ""
        self._owed: dict[int, float] = {}
        self._over: str | None = None
        self._told = threading.Event()
        self._late = False
        self.first: Mapping[str, Any] = {}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
        self._orders.put(frame(written(hello)))
        for work in (self._write, self._read, self._listen):
            threading.Thread(target=work, name=f"plugin-{hello.name}-{work.__name__}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process that guards it, and ends with it."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._over is not None

    def ready(self, seconds: float) -> Mapping[str, Any]:
        """Wait for the first thing that it says of its plugin.

        Raises Overdue, and at once whenever it is asked again then; Gone.
        """
        if self._late or not self._told.wait(max(0.0, seconds)):
            self._late = True
            raise Overdue
        if not self.first:
            raise Gone(self._over or "it ended")
        return self.first

    def call(self, order: Mapping[str, Any], asked: Answer, seconds: float, usual: float) -> Mapping[str, Any]:
        """Send an order and return what is answered within ``seconds``.

        Args:
            asked: answers what the process asks meanwhile.
            usual: how long such a call may take; one that has far less than that proves nothing.

        Raises Overdue, Gone, Interrupted, NotBegun, and BadFrame or ValueError for what cannot be sent.
        """
        number, began = next(self._numbers), time.monotonic()
        data, answers = frame({"id": number, **order}), SimpleQueue[Mapping[str, Any]]()
        with self._lock:
            if self._over is not None or self._retired:
                raise NotBegun
            self._pending[number] = answers
        try:
            self._orders.put(data)
            while "ask" in (message := _next(answers, began + seconds)):
                self._orders.put(frame({"id": number, **asked(message)}))
        except Overdue:
            self._excuse(number, seconds, began + usual, usual)
            raise
        else:
            return message
        finally:
            self._end_call(number)

    def _excuse(self, number: int, seconds: float, due: float, usual: float) -> None:
        """Raise Interrupted for an overdue call that may have been held up by another one, or by the start."""
        with self._lock:
            if self._retired:
                raise Interrupted(self._retired) from None
            if seconds < usual / 2:
                self._owed[number] = due
                raise Interrupted("its process had to be started first, and left it too little time") from None

    def hangs(self) -> bool:
        """Whether a call that was given up early has still not returned, though its usual time is over."""
        with self._lock:
            return any(due < time.monotonic() for due in self._owed.values())

    def _end_call(self, number: int) -> None:
        with self._lock:
            self._pending.pop(number, None)
            idle = self._retired and not self._pending
        if idle:
            self.kill()

    def retire(self, why: str) -> None:
        """Let it end what others wait for, and kill it after that; nobody begins another call.

        ``why`` is the end of a sentence for those whose calls do not end.
        """
        with self._lock:
            self._retired = self._retired or why
            idle = not self._pending
        if idle:
            self.kill()

    def where(self) -> str:
        """Return where each of its threads is, if it can still tell; it is asked once only."""
        number = getattr(signal, "SIGUSR1", None)
        if number is None or self._process.poll() is not None:
            return ""
        with self._trace_lock:
            if self._trace is None:
                self._trace = self._dump(number)
            return self._trace

    def _dump(self, number: int) -> str:
        self._lines.clear()
        self._said.clear()
        self._tracing = True
        self._process.send_signal(number)
        ends = time.monotonic() + TRACE_SECONDS
        pause = TRACE_SECONDS
        while self._said.wait(pause) and time.monotonic() < ends:
            self._said.clear()
            pause = _TRACE_PAUSE
        self._tracing = False
        return _of_calls("".join(self._lines))

    def kill(self) -> None:
        """End it now, with whatever it has started itself."""
        self._process.terminate()

    def close(self) -> None:
        """Tell it to end, and end it if it does not, and in any case what it has started and left behind."""
        with self._lock:
            self._retired = self._retired or "it is not called any more"
        self._orders.put(None)
        for end in (self._process.terminate, self._process.kill):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GOODBYE_SECONDS)
                return
            end()

    def _write(self) -> None:
        """Send orders; a process that does not read holds up this thread and no caller."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - asked for above
        try:
            while (data := self._orders.get()) is not None:
                pipe.write(data)
                pipe.flush()
            pipe.close()
        except (OSError, ValueError):
            return  # it is gone, which the reader notices

    def _read(self) -> None:
        reason = ""
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for above
        try:
            with pipe:
                while (message := receive(pipe)) is not None:
                    self._take(message)
        except (BadFrame, OSError) as error:
            reason = f"it sent {error}"
        except Exception:  # noqa: BLE001 - whatever a strange message does to us ends that process
            reason = "it sent what makes no sense"
        self._end(reason)

    def _take(self, message: Mapping[str, Any]) -> None:
        if "log" in message:
            level, name, text = message["log"]
            self._outlet.write(min(max(int(level), logging.DEBUG), logging.ERROR), f"{name}: {text}")
        elif not self._told.is_set():
            self.first = message
            self._told.set()
        else:
            self._hand_on(message["id"], message)

    def _hand_on(self, number: int, message: Mapping[str, Any]) -> None:
        with self._lock:
            answers = self._pending.get(number)
            if answers is None and "ask" not in message:  # nobody waits for it any more
                self._owed.pop(number, None)
        if answers is not None:
            answers.put(message)
        elif "ask" in message:
            self._orders.put(frame({"id": number, "refused": "The call that this belongs to is over."}))

    def _end(self, reason: str) -> None:
        self.kill()
        code = self._process.wait()
        self._orders.put(None)
        with self._lock:
            self._over = reason or _ended(code)
            pending, word = list(self._pending.values()), "interrupted" if self._retired else "gone"
        for answers in pending:
            answers.put({word: self._retired or self._over})
        self._told.set()

    def _listen(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None  # noqa: S101 - asked for above
        with pipe:
            while line := pipe.readline(LONGEST_LINE):
                text = line.decode("utf-8", "replace")
                self._lines.append(text)
                self._said.set()
                if not self._tracing and text.strip():
                    self._outlet.write(logging.WARNING, text.rstrip())


def _of_calls(dump: str) -> str:
    """Return the parts of a dump of all threads that are about calls of hooks; all of it if none is."""
    parts = dump.split("\n\n")
    return "\n\n".join([part for part in parts if 'child.py", line' in part and " in _call\n" in part] or parts)


def _next(answers: "SimpleQueue[Mapping[str, Any]]", ends: float) -> Mapping[str, Any]:
    left = ends - time.monotonic()
    if left <= 0:
        raise Overdue
    try:
        message = answers.get(timeout=left)
    except Empty:
        raise Overdue from None
    if "interrupted" in message:
        raise Interrupted(message["interrupted"])
    if "gone" in message:
        raise Gone(message["gone"])
    return message


def _ended(code: int) -> str:
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended by itself, with exit code {code}"


def _command() -> list[str]:
    """Return what starts a plugin's process: under a guardian, where a process can have one."""
    command = [sys.executable, "-P", "-m", f"{__package__}.child"]
    if not hasattr(os, "fork"):
        return command
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("guardian.py")), *command]


def _environment() -> dict[str, str]:
    """Return our environment without our settings, some of which are secret."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PUBLICIST_")}
    # Each of glibc's arenas counts as 64 MiB of address space, used or not.
    return {**ours, "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}
