"""HTML as plain text, parted at its headings: no scripts, no styles, nothing that a reader would not see. Pure."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from .sections import Section

_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "title"})
_LINES = frozenset({"br", "hr", "tr", "dt", "dd", "li", "option"})
_BLOCK_NAMES = """
address article aside blockquote body caption details dialog div dl fieldset figcaption figure footer form header main
nav ol p pre section summary table ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r" *\n *")


def sections(text: str) -> Sequence[Section]:
    """Return the text under each heading, the heading left out."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.turn()
    return reader.done


class _Reader(HTMLParser):
    """Gathers text; ``headings`` are those that hold now, by level, ``unseen`` the element of which all is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[Section] = []
        self._headings: dict[int, str] = {}
        self._parts: list[str] = []
        self._heading: list[str] | None = None
        self._unseen: str = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if self._unseen:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN:
            self._unseen, self._depth = tag, 1
        elif tag in _HEADINGS:
            self.turn()
            self._heading = []
        else:
            self._space(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # An element such as <svg/> holds nothing, so nothing of what follows is left out.
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif tag in _HEADINGS and self._heading is not None:
            self._turned(_HEADINGS[tag], " ".join("".join(self._heading).split()))
        else:
            self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            (self._parts if self._heading is None else self._heading).append(data.replace("\n", " "))

    def turn(self) -> None:
        """End the section that is being read."""
        unclosed, self._heading = self._heading or [], None
        text = _SPACES.sub(" ", "".join([*self._parts, *unclosed]))
        text = _LINE_ENDS.sub("\n", text).strip()
        if text:
            self.done.append(Section(text, " > ".join(filter(None, self._headings.values()))))
        self._parts = []

    def _turned(self, level: int, title: str) -> None:
        self._headings = {above: text for above, text in self._headings.items() if above < level}
        self._headings[level] = title
        self._heading = None

    def _space(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in _LINES:
            self._parts.append("\n")
        elif tag in {"td", "th"}:
            self._parts.append(" ")
