"""The parts of a document, and how they are cut into passages. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 1200
"""Characters of a passage: a few paragraphs, so that several fit beside each other where they are read."""

_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE_END = re.compile(r"(?:[.!?…]['\"”’)\]]*\s|[。！？]|\n)")  # noqa: RUF001 - those are sentence ends, too


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading, or one page of it.

    ``heading`` names the headings above, outermost first, with `` > `` between; ``page`` counts from 1, 0 where a
    document has no pages.
    """

    text: str
    heading: str = ""
    page: int = 0


def passages(sections: Sequence[Section], longest: int = LONGEST) -> Iterator[Section]:
    """Yield the sections cut into pieces of at most ``longest`` characters, between paragraphs where that does."""
    for section in sections:
        for text in pieces(section.text, longest):
            yield Section(text, section.heading, section.page)


def pieces(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Yield ``text`` in pieces of at most ``longest`` characters; nothing but white space between them is lost."""
    gathered = ""
    for paragraph in _PARAGRAPHS.split(text.strip()):
        for part in _cut(paragraph.strip(), longest):
            if gathered and len(gathered) + 2 + len(part) > longest:
                yield gathered
                gathered = ""
            gathered = f"{gathered}\n\n{part}" if gathered else part
    if gathered:
        yield gathered


def _cut(paragraph: str, longest: int) -> Iterator[str]:
    """Yield a paragraph, cut where a sentence ends, else between words, else anywhere."""
    while len(paragraph) > longest:
        at = _last_end(paragraph, longest) or paragraph.rfind(" ", 0, longest) + 1 or longest
        yield paragraph[:at].strip()
        paragraph = paragraph[at:].strip()
    if paragraph:
        yield paragraph


def _last_end(text: str, longest: int) -> int:
    """Return where the last sentence ends within ``longest`` characters, 0 if that leaves less than half of them."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text, longest // 2, longest)]
    return ends[-1] if ends else 0
