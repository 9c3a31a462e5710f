"""What a plugin gives, as the plain JSON that it must be: what comes later can then be sure of it.

A value's own methods are not believed, nor its ``__class__``: what is called here are those of the plain types.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..records import Json

DEEPEST = 32
LARGEST_NUMBER = 2**1024
"""About where a float ends; readers of JSON take larger numbers for infinite."""
MOST_VALUES = 2_000_000
"""How many values an answer may hold; :data:`SIGNS` characters of a text count as one."""
SIGNS = 16
_SHORT = 256
_LONGEST_NAME = 60
_REPLACED = "\ufffd"
_name_of = type.__dict__["__name__"].__get__


class Unfit(ValueError):
    """A value that is not what it must be; the message is a part of a sentence."""


class Room:
    """How much an answer may still hold."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def take(self, values: int) -> None:
        """Take room for some more values. Raises Unfit when there is not so much left."""
        self.left -= values
        if self.left < 0:
            raise Unfit(f"more than {MOST_VALUES:,} values or {MOST_VALUES * SIGNS // 10**6} MB of text")


def type_name(value: object) -> str:
    """Return the name of a value's type, whatever that says of itself."""
    name: str = _name_of(type(value))
    return name[:_LONGEST_NAME]


def is_a(value: object, kinds: Any) -> bool:
    """Whether a value is of a type; ``isinstance`` would believe its ``__class__``."""
    return issubclass(type(value), kinds)


def sendable(text: str) -> str:
    """Return a text that UTF-8 and every database take: halves of surrogate pairs are joined, and replaced if alone.

    So is the character NUL.
    """
    if "\0" in text:
        text = text.replace("\0", _REPLACED)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain_text(value: Any, room: Room) -> str:
    """Return a ``str``, of whatever class, as a sendable one."""
    text = str.__str__(value)
    if len(text) > _SHORT:
        room.take(len(text) // SIGNS)
    return sendable(text)


def pairs(value: Any, room: Room) -> Sequence[tuple[Any, Any]]:
    """Return the keys of a mapping with their values."""
    found = [*dict.items(value)] if is_a(value, dict) else [*islice(value.items(), room.left + 1)]
    room.take(len(found))
    return found


def items(value: Any, room: Room) -> Sequence[Any]:
    """Return what is in a list, a tuple or a set of whatever class."""
    kind: Any = next(kind for kind in (list, tuple, frozenset, set) if is_a(value, kind))
    found = [*kind.__iter__(value)]
    room.take(len(found))
    return found


def plain_json(value: Any, room: Room, depth: int = 0) -> Json:
    """Return a copy of ``value`` of nothing but what JSON has. Raises Unfit for the rest."""
    if value is None or type(value) is bool:
        return value
    if is_a(value, str):
        return plain_text(value, room)
    if is_a(value, (int, float)):
        return _number(value)
    if depth > DEEPEST:
        raise Unfit("it is nested too deeply")
    if is_a(value, (dict, Mapping)):
        return {_key(key, room): plain_json(inner, room, depth + 1) for key, inner in pairs(value, room)}
    if is_a(value, (list, tuple)):
        return [plain_json(inner, room, depth + 1) for inner in items(value, room)]
    raise Unfit(f"it holds a {type_name(value)} that JSON does not have")


def _number(value: Any) -> int | float:
    number: int | float = int.__int__(value) if is_a(value, int) else float.__float__(value)
    if not (abs(number) < LARGEST_NUMBER and (isinstance(number, int) or math.isfinite(number))):
        raise Unfit(f"it holds {'a number too large' if isinstance(number, int) else number} for JSON")
    return number


def _key(key: object, room: Room) -> str:
    if not is_a(key, str):
        raise Unfit(f"it holds a name that is a {type_name(key)}")
    return plain_text(key, room)
