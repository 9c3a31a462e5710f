"""Markdown, parted at its headings. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .sections import Section

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NO_TITLE = re.compile(r"\s*(?:[-*+>|]|\d+[.)]|$)")
_MARKS = re.compile(r"[*_`]+|!?\[([^\]]*)\]\([^)]*\)")


def sections(text: str) -> Sequence[Section]:
    """Return the text under each heading, the heading's line left out; front matter is not text."""
    parts = _Parts()
    for line in _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1).split("\n"):
        parts.take(line)
    parts.close()
    return parts.done


@dataclass(slots=True)
class _Parts:
    """What was read so far: whole sections, the headings that hold now, the lines since, and an open code fence."""

    done: list[Section] = field(default_factory=list)
    headings: dict[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    fence: str = ""

    def take(self, line: str) -> None:
        fence = _FENCE.match(line)
        if self.fence:
            self.fence = "" if fence and fence[1].startswith(self.fence) else self.fence
        elif fence:
            self.fence = fence[1]
        elif heading := _HEADING.match(line):
            self.turn(len(heading[1]), heading[2])
            return
        elif (under := _UNDERLINE.match(line)) and self.lines and not _NO_TITLE.match(self.lines[-1]):
            self.turn(1 if under[1][0] == "=" else 2, self.lines.pop())
            return
        self.lines.append(line)

    def turn(self, level: int, title: str) -> None:
        """Begin a section under a heading; those of its level and below hold no longer."""
        self.close()
        self.headings = {above: text for above, text in self.headings.items() if above < level}
        self.headings[level] = _MARKS.sub(lambda mark: mark[1] or "", title).strip()

    def close(self) -> None:
        text = "\n".join(self.lines).strip()
        if text:
            self.done.append(Section(text, " > ".join(filter(None, self.headings.values()))))
        self.lines = []
