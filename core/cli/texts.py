"""Text on its way to a terminal: harmless, and broken between words."""

import shutil
import textwrap
from typing import TextIO


def clean(text: str) -> str:
    """Return ``text`` without characters that steer a terminal; line breaks stay."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)


def fitted(text: str, stream: TextIO, taken: int = 0) -> str:
    """Return ``text`` clean, and in lines that fit if ``stream`` is a terminal; words too long for one stay whole.

    ``taken`` is the width of what stands before the text.
    """
    if not stream.isatty():
        return clean(text)
    width = max(1, shutil.get_terminal_size().columns - taken)
    return "\n".join(_wrapped(line, width) for line in clean(text).split("\n"))


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    wrapped = textwrap.wrap(
        line, width, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(wrapped)
