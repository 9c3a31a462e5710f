"""A bounded pool of daemon threads for looking at endpoints: a check that hangs must not keep a program from ending."""

import logging
import threading
from collections import deque
from collections.abc import Callable

log = logging.getLogger(__name__)

IDLE_SECONDS = 30.0
"""How long a thread waits for work before it ends."""

Work = Callable[[], None]


class CheckPool:
    """Runs work in at most ``size`` threads, which are made when they are needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: deque[Work] = deque()
        self._changed = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def submit(self, work: Work, *, first: bool = False) -> None:
        """Have ``work`` done, ``first``: before all that waits. After the close it is dropped."""
        with self._changed:
            if self._closed:
                return
            (self._waiting.appendleft if first else self._waiting.append)(work)
            if self._idle >= len(self._waiting):
                self._changed.notify()
            elif self._threads < self._size:
                self._start()

    def _start(self) -> None:
        """Begin one more thread; without it the work waits for those there are, or for the next try."""
        try:
            threading.Thread(target=self._run, name="checks", daemon=True).start()
        except RuntimeError:
            log.exception("No further thread could be begun for checks")
        else:
            self._threads += 1

    def room(self) -> int:
        """Return how much more work can begin at once."""
        with self._changed:
            return max(0, self._size - self._threads + self._idle - len(self._waiting))

    def close(self) -> None:
        """Begin nothing any more; what is under way ends by itself."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception:
                log.exception("A check broke off")

    def _next(self) -> Work | None:
        """Return what is to be done next, None when this thread is to end."""
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._closed and self._changed.wait(IDLE_SECONDS):
                pass
            self._idle -= 1
            if self._waiting and not self._closed:
                return self._waiting.popleft()
            self._threads -= 1
            return None
