"""Messages on a pipe: four bytes of length, then JSON. What is too large, or no message, ends the conversation."""

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

from .wire import to_text

LARGEST = 32 * 1024 * 1024
MOST_VALUES = 2_000_000
"""How many values a message may hold: a few bytes of JSON can become a hundred in memory."""
_LENGTH = struct.Struct(">I")


class BadFrame(ValueError):
    """What came is too large, or no message."""


def frame(message: Mapping[str, Any]) -> bytes:
    """Return a message with its length. Raises BadFrame when it is too large, ValueError when it is no JSON."""
    text = to_text(message)
    _bound(text)
    return _LENGTH.pack(len(text)) + text


def receive(pipe: IO[bytes]) -> dict[str, Any] | None:
    """Return the next message, or None when the other side is gone. Raises BadFrame."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST:
        raise BadFrame(f"a message of {length:,} bytes; {LARGEST:,} are allowed")
    text = pipe.read(length)
    if len(text) < length:
        return None
    _bound(text)
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("a message that is no JSON") from None
    if not isinstance(message, dict):
        raise BadFrame("a message that is no JSON object")
    return message


def _bound(text: bytes) -> None:
    if len(text) > LARGEST:
        raise BadFrame(f"a message of {len(text):,} bytes; {LARGEST:,} are allowed")
    values = text.count(b",") + text.count(b"[") + text.count(b"{")
    if values > MOST_VALUES:
        raise BadFrame(f"a message of more than {MOST_VALUES:,} values")
