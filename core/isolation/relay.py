"""The log of a plugin's process: redacted and sent there, bounded and written to our own log here."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..hosting.errors import words
from ..redact import RedactingFilter

LOGGER = "publicist.plugin."
"""What the names of the loggers begin with, under which plugins in processes of their own are heard."""
MOST_LINES = 100
MINUTE = 60.0
LONGEST_LINE = 2_000


class Relay(logging.Handler):
    """Sends records to the core."""

    def __init__(self, send: Callable[[Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._send = send
        self.addFilter(RedactingFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record; one that cannot be sent is lost."""
        try:
            self._send({"log": [record.levelno, record.name[:200], self.format(record)[: 4 * LONGEST_LINE]]})
        except (OSError, ValueError):
            return


def relay_logs(level: int, send: Callable[[Mapping[str, Any]], None]) -> None:
    """Send what this process logs at ``level`` and above, and its warnings, to the core."""
    root = logging.getLogger()
    root.handlers[:] = [Relay(send)]
    root.setLevel(level)
    logging.captureWarnings(capture=True)


class Outlet:
    """Writes what a plugin's process says to our log: so much a minute, and then only how much was left out."""

    def __init__(self, plugin: str) -> None:
        self._log = logging.getLogger(f"{LOGGER}{plugin}")
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._lines = 0

    def write(self, level: int, text: str) -> None:
        """Write one line."""
        if self._passes():
            self._log.log(level, "%s", words(text, LONGEST_LINE))

    def _passes(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._began >= MINUTE:
                dropped, self._began, self._lines = self._lines - MOST_LINES, now, 0
                if dropped > 0:
                    self._log.warning("%d more lines of this plugin were left out in a minute", dropped)
            self._lines += 1
            if self._lines == MOST_LINES + 1:
                self._log.warning("This plugin says too much: what else it says in this minute is left out")
            return self._lines <= MOST_LINES
