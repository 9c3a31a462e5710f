"""PDF, page by page, read by a process that can be stopped; see :mod:`publicist.plugins.backends.pdf_process`."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .pdf_process import LOCKED
from .sections import Section

SECONDS = 10.0
"""How long one file may take; the deadline of a query or a check leaves as much for the first that is read."""


class Unreadable(Exception):
    """No text can be had from a file; the text says why, as in ``1 a broken PDF``."""


class NoTime(Exception):
    """The time was over before it was known whether there is text."""


def sections(descriptor: int, seconds: float) -> Sequence[Section]:
    """Return a section for each page with text on it.

    Raises Unreadable; NoTime when ``seconds``, which were fewer than a file may take, are over.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("pdf_process.py"))]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=min(seconds, SECONDS),
            check=False,
        )
    except subprocess.TimeoutExpired:
        if seconds < SECONDS:
            raise NoTime from None
        raise Unreadable("a PDF that takes too long") from None
    if done.returncode:
        raise Unreadable("a PDF with a password" if done.returncode == LOCKED else "a broken PDF")
    pages = enumerate(json.loads(done.stdout), 1)
    found = [Section(text, page=number) for number, text in pages if text.strip()]
    if not found:
        raise Unreadable("a PDF without text")
    return found
