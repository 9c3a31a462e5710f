r"""Patterns that take time in proportion to the text, whatever they are: somebody else's page cannot hang a check.

The usual signs are understood: ``.``, ``[a-z]``, ``\d \w \s`` and their capitals, ``* + ?``, ``{2,5}``, ``|``, groups,
``^`` at the start, ``$`` at the end, ``(?i)`` in front. There are no references back and no looking ahead, for those
are what would take for ever. A pattern becomes a graph, and the text is walked through in all its ways at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ...core.http import Deadline
from .pattern_parts import Node, Parser, WrongPattern

__all__ = ["Pattern", "TooLong", "WrongPattern"]

MOST_STATES = 500
MOST_KEPT = 2_000
"""How many sets of states are kept in mind."""

_LOOK_UP = 2_048
_NOBODY = -1


class TooLong(Exception):
    """The time was over before the text was read."""


@dataclass(slots=True)
class _State:
    """A place in the graph: where a character that it takes leads to, and where one gets without any."""

    takes: Callable[[str], bool] | None = None
    then: int = _NOBODY
    free: list[int] = field(default_factory=list)


class Pattern:
    """A pattern, ready to be searched for. ``text`` is as it was entered. Raises WrongPattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        parser = Parser(text)
        node, self._at_start, self._at_end = parser.read()
        self._fold = parser.fold
        self._states: list[_State] = []
        start, end = self._build(node)
        self._end = end
        self._start = self._closure([start])

    def search(self, text: str, deadline: Deadline) -> bool:
        """Return whether the pattern is found in ``text``; ``$`` stands before line breaks at its end.

        Raises TooLong when the deadline passes first.
        """
        text = text.casefold() if self._fold else text
        text = text.rstrip("\r\n") if self._at_end else text
        steps: dict[frozenset[int], dict[str, frozenset[int]]] = {}
        here = self._start
        for place, char in enumerate(text):
            if self._end in here and not self._at_end:
                return True
            if place % _LOOK_UP == 0 and deadline.expired:
                raise TooLong
            known = steps.setdefault(here, {})
            following = known.get(char)
            if following is None:
                following = known[char] = self._step(here, char)
            here = following
            if len(steps) > MOST_KEPT:
                steps.clear()
        return self._end in here

    def _step(self, here: frozenset[int], char: str) -> frozenset[int]:
        onward = [state.then for each in here if (state := self._states[each]).takes and state.takes(char)]
        reached = self._closure(onward)
        return reached if self._at_start else reached | self._start

    def _closure(self, places: Iterable[int]) -> frozenset[int]:
        seen, waiting = set(places), list(places)
        while waiting:
            for free in self._states[waiting.pop()].free:
                if free not in seen:
                    seen.add(free)
                    waiting.append(free)
        return frozenset(seen)

    def _build(self, node: Node) -> tuple[int, int]:
        """Add a part to the graph; return where it begins and where it ends."""
        kind, parts = node.kind, node.parts
        if kind == "char":
            start, end = self._new(), self._new()
            self._states[start].takes, self._states[start].then = node.takes, end
            return start, end
        if kind == "repeat":
            return self._repeat(parts[0], node.least, node.most)
        built = [self._build(part) for part in parts]
        start, end = self._new(), self._new()
        ways = [built] if kind == "series" else [[one] for one in built]
        for way in ways:
            self._link(start, way, end)
        return start, end

    def _link(self, start: int, way: list[tuple[int, int]], end: int) -> None:
        for first, last in way:
            self._states[start].free.append(first)
            start = last
        self._states[start].free.append(end)

    def _repeat(self, part: Node, least: int, most: int | None) -> tuple[int, int]:
        start, end = self._new(), self._new()
        here = start
        for _ in range(least):
            first, last = self._build(part)
            self._states[here].free.append(first)
            here = last
        if most is None:
            first, last = self._build(part)
            self._states[here].free += [first, end]
            self._states[last].free += [first, end]
            return start, end
        for _ in range(most - least):
            self._states[here].free.append(end)
            first, last = self._build(part)
            self._states[here].free.append(first)
            here = last
        self._states[here].free.append(end)
        return start, end

    def _new(self) -> int:
        if len(self._states) >= MOST_STATES:
            raise WrongPattern("it is too large")
        self._states.append(_State())
        return len(self._states) - 1
