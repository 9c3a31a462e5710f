"""Names, texts, slugs and tags: what they may hold, and how a slug is proposed from a name. Pure.

Rules for slugs, tags and reserved words are those of SyftHub, the strictest marketplace that we know, so that
what is entered here can be listed there. Two more words are reserved for pages of the space.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from slugify import slugify

SLUG_MIN = 3
SLUG_MAX = 63
WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED_SLUGS = frozenset(
    word
    for words in (
        "api auth docs redoc openapi.json health admin www mail ftp blog help support about contact",
        "terms privacy login register dashboard settings profile search explore",
        "new import",  # pages of the space itself, beside those of the endpoints
    )
    for word in words.split()
)

_SLUGIFY: dict[str, Any] = {
    "max_length": SLUG_MAX,
    "word_boundary": True,
    "save_order": True,
    "replacements": [["'", ""], ["\u2019", ""]],
}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and symbols by their category, and yet they draw nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_MOST_TOLD = 5
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
_UNNAMED = {
    "\0": "NUL",
    "\t": "TAB",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
}


def cut(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters; one that was longer ends in an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def normalise(text: str) -> str:
    """Return ``text`` in Unicode's composed form (NFC), trimmed, with line ends as line feeds."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def forbidden(text: str, *, lines: bool = False) -> list[str]:
    """Return a sentence for each character that may not stand in ``text``, naming it (at most 5 of them).

    Args:
        text: what was entered, after :func:`normalise`.
        lines: whether line feeds and tabs are allowed, as in a description.
    """
    allowed = "\n\t\u2028\u2029" if lines else ""
    found = dict.fromkeys(char for char in text if char not in allowed and _is_control(char))
    return [
        f"Holds the character {_named(char)}, which is not allowed here; remove it."
        for char in list(found)[:_MOST_TOLD]
    ]


def has_visible(text: str) -> bool:
    """Return whether ``text`` has a character that draws something by itself."""
    return any(unicodedata.category(char) not in _UNSEEN and char not in _BLANK for char in text)


def check_slug(slug: str) -> list[str]:
    """Return what is wrong with ``slug``, as sentences; none means it is fine."""
    faults = []
    if not SLUG_MIN <= len(slug) <= SLUG_MAX:
        faults.append(f"Holds {len(slug)} characters; a slug has {SLUG_MIN} to {SLUG_MAX}.")
    if not WORDS.fullmatch(slug):
        faults.append("A slug has lower-case letters a-z, digits, and single hyphens between them.")
    if slug in RESERVED_SLUGS:
        faults.append(f"The word {slug!r} is reserved; choose another slug.")
    return faults


def propose_slug(name: str, short_id: str) -> str:
    """Return a slug that :func:`check_slug` accepts, made from ``name`` (transliterated to ASCII).

    A name that leaves nothing gives ``endpoint-<short id>``; one that leaves too little, or a reserved word,
    gets ``endpoint-`` before it. The proposal may be taken: that is for the caller to find out, and to say.

    Args:
        name: the endpoint's name.
        short_id: a few lower-case letters or digits that tell this endpoint from others.
    """
    slug = slugify(name, **_SLUGIFY) or short_id
    return f"endpoint-{slug}" if slug == short_id or check_slug(slug) else slug


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags trimmed, composed and lower-cased, without repeats, in the order of their first."""
    return tuple(dict.fromkeys(normalise(tag).lower() for tag in tags))


def check_tag(tag: str, longest: int) -> list[str]:
    """Return what is wrong with a cleaned ``tag`` of at most ``longest`` characters; none means fine."""
    faults = []
    if len(tag) > longest:
        faults.append(f"Holds {len(tag)} characters; a tag has at most {longest}.")
    if not WORDS.fullmatch(tag):
        faults.append("A tag has letters a-z, digits, and single hyphens between them.")
    return faults


def _is_control(char: str) -> bool:
    return char in _BIDI or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


def _named(char: str) -> str:
    name = unicodedata.name(char, "") or _UNNAMED.get(char, "a control character")
    return f"U+{ord(char):04X} ({name})"
