"""Reading a pattern: from its text to its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

LONGEST = 500
MOST_TIMES = 100
DEEPEST = 20

Takes = Callable[[str], bool]


class WrongPattern(Exception):
    """A pattern is not understood; the text is the end of a sentence for people."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a pattern: a ``char``, a ``series`` of parts, a ``choice`` between them, or a ``repeat`` of one."""

    kind: Literal["char", "series", "choice", "repeat"]
    parts: tuple["Node", ...] = ()
    takes: Takes | None = None
    least: int = 1
    most: int | None = 1


_CLASSES: dict[str, Takes] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
_TIMES: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class Parser:
    """Reads one pattern. ``fold`` says that small and capital letters are the same in it."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise WrongPattern(f"it is longer than {LONGEST} characters")
        self.fold = text.startswith("(?i)")
        self._text = text.removeprefix("(?i)")
        self._at = 0
        self._depth = 0

    def read(self) -> tuple[Node, bool, bool]:
        """Return the pattern's parts, whether it begins at the start of a text, and whether it ends at its end."""
        at_start = self._text.startswith("^")
        at_end = self._text.endswith("$") and not self._is_escaped(len(self._text) - 1)
        self._text = self._text[1 if at_start else 0 : -1 if at_end else None]
        if (at_start or at_end) and self._has_choice():
            raise WrongPattern("a choice beside ^ or $ must stand in a group, such as ^(?:a|b)$")
        node = self._choice()
        if self._at < len(self._text):
            raise WrongPattern("a ) has no (")
        return node, at_start, at_end

    def _is_escaped(self, place: int) -> bool:
        before = self._text[:place]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 1

    def _has_choice(self) -> bool:
        node, self._at = self._choice(), 0
        return node.kind == "choice"

    def _choice(self) -> Node:
        ways = [self._series()]
        while self._next_is("|"):
            ways.append(self._series())
        return ways[0] if len(ways) == 1 else Node("choice", tuple(ways))

    def _series(self) -> Node:
        parts = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._times(self._one()))
        return Node("series", tuple(parts))

    def _times(self, node: Node) -> Node:
        sign = self._text[self._at : self._at + 1]
        if sign in _TIMES and sign:
            self._at += 1
            least, most = _TIMES[sign]
        elif sign == "{":
            least, most = self._braces()
        else:
            return node
        if self._text[self._at : self._at + 1] in ("*", "+", "?", "{"):
            raise WrongPattern("two signs of repetition stand together")
        return Node("repeat", (node,), least=least, most=most)

    def _braces(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._at)
        low, comma, high = self._text[self._at + 1 : max(end, 0)].partition(",")
        numbers = [part for part in (low, high) if part]
        if end < 0 or not low or not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in numbers):  # noqa: PLR2004 - MOST_TIMES has three digits
            raise WrongPattern("{ begins no repetition such as {3} or {2,5}; write \\{ for the sign itself")
        self._at = end + 1
        least, most = int(low), int(high) if high else None if comma else int(low)
        if max(least, most or 0) > MOST_TIMES or (most is not None and most < least):
            raise WrongPattern(f"a repetition must be of at most {MOST_TIMES} times, the smaller number first")
        return least, most

    def _one(self) -> Node:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return Node("char", takes=self._set())
        if char == ".":
            return Node("char", takes=lambda each: each != "\n")
        if char == "\\":
            return Node("char", takes=self._escaped())
        if char in "*+?{":
            raise WrongPattern(f"{char} repeats nothing")
        if char in "^$":
            raise WrongPattern(f"{char} may stand at the pattern's end only; write \\{char} for the sign itself")
        return Node("char", takes=self._same(char))

    def _group(self) -> Node:
        if self._next_is("?") and not self._next_is(":"):
            raise WrongPattern("of the groups that begin with (? only (?:…) is understood")
        self._depth += 1
        if self._depth > DEEPEST:
            raise WrongPattern("its groups are nested too deeply")
        node = self._choice()
        if not self._next_is(")"):
            raise WrongPattern("a ( has no )")
        self._depth -= 1
        return node

    def _escaped(self) -> Takes:
        char = self._take()
        if char.lower() in _CLASSES:
            takes = _CLASSES[char.lower()]
            return takes if char.islower() else lambda each: not takes(each)
        if char in _PLAIN:
            return self._same(_PLAIN[char])
        if char.isalnum():
            raise WrongPattern(f"\\{char} is not understood")
        return self._same(char)

    def _set(self) -> Takes:
        negated = self._next_is("^")
        members: list[Takes] = []
        while not (self._text[self._at : self._at + 1] == "]" and members):
            char = self._take()
            if char == "\\":
                members.append(self._escaped())
            elif self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in (
                "]",
                "",
            ):
                self._at += 1
                members.append(self._between(char, self._take()))
            else:
                members.append(self._same(char))
        self._at += 1
        return lambda each: any(takes(each) for takes in members) is not negated

    def _between(self, first: str, last: str) -> Takes:
        if last < first or last == "\\":
            raise WrongPattern(f"{first}-{last} is no range")
        if not self.fold:
            return lambda each: first <= each <= last
        return lambda each: first <= each <= last or first <= each.upper() <= last

    def _same(self, char: str) -> Takes:
        wanted = char.casefold() if self.fold else char
        return lambda each: each == wanted

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise WrongPattern("it breaks off")
        self._at += 1
        return self._text[self._at - 1]

    def _next_is(self, char: str) -> bool:
        found = self._text[self._at : self._at + 1] == char
        self._at += found
        return found
