"""What one evaluation of a template or an expression may do: its budget, and the errors that it ends with.

Work is counted in parts: a value is one, with each of those in it as often as it is there, and so are 64 characters of
a text. What costs more than a part, or makes more than it is given, asks its budget first.
"""

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 50
"""How deep the parts of a template or an expression may be nested."""

MAX_STEPS = 1_000_000
MAX_MADE = 200_000
"""How many parts one evaluation may look at, and how many it may make."""

MAX_TEXT = 1_000_000
"""How many characters one text may have that is made, or that a filter or function takes."""

_LETTERS = 64
_SHOWN = 100


class QueryError(ValueError):
    """An expression that is not accepted, or that cannot be applied; the text says why."""


class TooMuch(QueryError):
    """A budget that is used up."""


class Budget:
    """What is left for one evaluation."""

    def __init__(self) -> None:
        self._steps = MAX_STEPS
        self._made = MAX_MADE

    def step(self, count: int = 1) -> None:
        """Take so many steps. Raises TooMuch where there are no more."""
        self._steps -= count
        if self._steps < 0:
            raise TooMuch(f"that takes more than {MAX_STEPS} steps")

    def take(self, *values: Any) -> None:
        """Take the steps of reading values to their end. Raises TooMuch, also for a text that is too long."""
        for value in values:
            bounded(value)
            self.step(weight(value, self._steps))

    def make(self, value: Any) -> None:
        """Count a value that was made. Raises TooMuch."""
        self._made -= weight(value, self._made)
        if self._made < 0:
            raise TooMuch(f"that is too much: more than {MAX_MADE} parts")


def weight(value: Any, most: int = MAX_MADE) -> int:
    """Return how many parts a value has; where it has more than ``most``, some number above that."""
    waiting, found = [value], 0
    while waiting and found <= most:
        one = waiting.pop()
        found += 1
        if isinstance(one, str):
            found += len(one) // _LETTERS
        elif isinstance(one, Mapping):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return found


def bounded(value: Any, length: int = 0) -> Any:
    """Return a value. Raises TooMuch for a text, or for ``length`` characters that are to become one, too long."""
    if length > MAX_TEXT or (isinstance(value, str) and len(value) > MAX_TEXT):
        raise TooMuch(f"that text is too long: more than {MAX_TEXT} characters")
    return value


def named(place: str, text: str) -> str:
    """Return a template or an expression as messages name it: where it stands in the file, and how it begins."""
    begins = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return f"{place}: {begins!r}" if place else repr(begins)
