"""Whether a value that came from outside is plain JSON of a bearable size."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_TEXT = 100_000
LARGEST_NUMBER = 2**63
MOST_VALUES = 25_000
DEEPEST = 8


def json_fault(value: Any) -> str | None:
    """Return what is wrong with ``value`` as a sentence, or None.

    Wrong are: types that JSON does not have (a YAML date), NaN and infinite numbers, numbers beyond 64 bits,
    names that are not texts, texts with NUL or half of a surrogate pair, and more than the limits above. A
    value that holds itself is too deep.
    """
    for count, (depth, each) in enumerate(_walk(value, 0), start=1):
        if depth > DEEPEST or count > MOST_VALUES:
            return f"Too large: at most {DEEPEST} levels and {MOST_VALUES:,} values."
        if fault := _fault(each):
            return fault
    return None


def _walk(value: Any, depth: int) -> Iterator[tuple[int, Any]]:
    yield depth, value
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield depth, name if isinstance(name, str) else _NotText()
            yield from _walk(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(inner, depth + 1)


class _NotText:
    """Stands for a name that is no text."""


def _fault(value: Any) -> str | None:
    match value:
        case str():
            return text_fault(value)
        case None | bool() | Mapping() | list() | tuple():
            return None
        case float() if not math.isfinite(value):
            return "Numbers must be finite."
        case int() if abs(value) >= LARGEST_NUMBER:
            return "The number is too large."
        case int() | float():
            return None
    return "Holds something that JSON does not have; put dates and names that are not texts in quotes."


def text_fault(text: str, longest: int = LONGEST_TEXT) -> str | None:
    """Return why a text cannot be taken, as a sentence, or None: too long, or characters that cannot be stored."""
    if len(text) > longest:
        return f"Holds {len(text):,} characters; at most {longest:,} are allowed."
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        return "Holds NUL or half of a surrogate pair, which cannot be stored; remove it."
    return None
