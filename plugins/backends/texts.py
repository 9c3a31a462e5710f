"""From a file to its sections, whatever it is written in."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import markdown, pdf, web_page
from .folder import UNREADABLE, open_inside
from .pdf import Unreadable
from .sections import Section

MOST_TEXT_BYTES = 4 * 1024 * 1024
MOST_PDF_BYTES = 64 * 1024 * 1024
TOO_LARGE = "too large"
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 1024


@dataclass(frozen=True, slots=True)
class Text:
    """What was read of a file. ``stamp`` changes when the file does; ``fault`` says why there are no sections."""

    stamp: str
    sections: Sequence[Section]
    fault: str = ""


def stamp(found: os.stat_result) -> str:
    """Return what tells one state of a file from another; the time of change shows what a set-back one would hide."""
    return f"{found.st_mtime_ns}/{found.st_ctime_ns}/{found.st_size}/{found.st_ino}"


def read(root: Path, inside: Path, seconds: float) -> Text:
    """Return the text of the file at the relative path ``inside`` under ``root``; what is broken is told, not raised.

    Raises NoTime when ``seconds`` do not suffice, FileNotFoundError when it is gone.
    """
    try:
        descriptor = open_inside(root, inside)
    except FileNotFoundError:
        raise
    except OSError:
        return Text("", (), UNREADABLE)
    try:
        found = os.fstat(descriptor)
        return _read(descriptor, found, inside.suffix.lower(), seconds)
    finally:
        os.close(descriptor)


def _read(descriptor: int, found: os.stat_result, suffix: str, seconds: float) -> Text:
    mark = stamp(found)
    if found.st_size > (MOST_PDF_BYTES if suffix == ".pdf" else MOST_TEXT_BYTES):
        return Text(mark, (), TOO_LARGE)
    try:
        sections = pdf.sections(descriptor, seconds) if suffix == ".pdf" else _written(descriptor, suffix)
    except Unreadable as error:
        return Text(mark, (), str(error))
    except OSError:
        return Text(mark, (), UNREADABLE)
    return Text(mark, tuple(Section(_clean(each.text), _clean(each.heading), each.page) for each in sections))


def _written(descriptor: int, suffix: str) -> Sequence[Section]:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = file.read(MOST_TEXT_BYTES)
    if suffix in {".html", ".htm"}:
        return web_page.sections(decoded(data, _charset(data)))
    text = decoded(data)
    return markdown.sections(text) if suffix in {".md", ".markdown"} else [Section(text.replace("\r\n", "\n"))]


def decoded(data: bytes, charset: str = "") -> str:
    """Return ``data`` as text: in UTF-8 if it is that, else in ``charset``, else as old Windows files are written."""
    for encoding in ("utf-8-sig", charset, "cp1252"):
        try:
            if encoding:
                return data.decode(encoding)
        except (ValueError, LookupError):
            continue
    return data.decode("latin-1")


def _charset(data: bytes) -> str:
    found = _CHARSET.search(data[:_HEAD])
    return found[1].decode("ascii", "replace") if found else ""


def _clean(text: str) -> str:
    """Return ``text`` as the index can keep it: no NUL, and no half of a pair that encodes nothing."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
