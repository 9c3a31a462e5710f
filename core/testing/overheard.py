"""What calls of plugins log and print, told apart from what a counterpart in the same process says."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TextIO

from ..hosting.guard import in_call
from ..isolation.relay import LOGGER

_FORMAT = logging.Formatter("%(name)s: %(message)s")


@dataclass
class Overheard:
    """What was said so far: of a plugin's own process all of it, in this process what calls of plugins said."""

    logged: list[str] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, str]:
        """By where it was said, what was said there."""
        return {"the log": "\n".join(self.logged), "stdout": "".join(self.out), "stderr": "".join(self.err)}


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Listen as long as the block lasts, to the log from DEBUG on."""
    heard, root = Overheard(), logging.getLogger()
    handler, usual = _Listener(heard.logged), root.level
    root.handlers.insert(0, handler)  # before those that redact what the others get
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(_Ear(sys.stdout, heard.out)), redirect_stderr(_Ear(sys.stderr, heard.err)):
            yield heard
    finally:
        root.setLevel(usual)
        root.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if in_call() or record.name.startswith(LOGGER):
            self._heard.append(_FORMAT.format(record))


class _Ear(io.TextIOBase):
    """Passes everything on to a stream, and keeps what calls of plugins wrote."""

    def __init__(self, stream: TextIO, heard: list[str]) -> None:
        super().__init__()
        self._stream = stream
        self._heard = heard

    def write(self, text: str) -> int:
        length = self._stream.write(text)  # which raises for what is no text
        if in_call():
            self._heard.append(text)
        return length

    def flush(self) -> None:
        self._stream.flush()
