"""What a plugin gives that is sent on, as the JSON that it must be: half-way sent, no fault can be told any more."""

import math
from collections.abc import Mapping
from typing import Any

from .records import Json

DEEPEST = 32
LARGEST_NUMBER = 2**1024
"""About where a float ends; readers of JSON take larger numbers for infinite."""


def sendable(text: str) -> str:
    """Return a text that can be written in UTF-8: halves of surrogate pairs are joined, and replaced if alone."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain_json(value: Any, depth: int = 0) -> Json:
    """Return a copy of ``value`` of nothing but what JSON has. Raises ValueError, part of a sentence, for the rest."""
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    match value:
        case str():
            return sendable(value)
        case None | bool():
            return value
        case int() if abs(value) < LARGEST_NUMBER:
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping():
            return {_name(name): plain_json(inner, depth + 1) for name, inner in value.items()}
        case list() | tuple():
            return [plain_json(inner, depth + 1) for inner in value]
    raise ValueError(f"it holds a {type(value).__name__} that JSON does not have")


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"it holds a name that is a {type(name).__name__}")  # noqa: TRY004 - one kind of fault
    return sendable(name)
