"""The rules of slugs. Pure."""

import re
from collections.abc import Collection

from .fields import refuse

SHORTEST, LONGEST = 3, 63
RESERVED = frozenset(
    [
        "api",
        "auth",
        "docs",
        "redoc",
        "openapi.json",
        "health",
        "admin",
        "www",
        "mail",
        "ftp",
        "blog",
        "help",
        "support",
        "about",
        "contact",
        "terms",
        "privacy",
        "login",
        "register",
        "dashboard",
        "settings",
        "profile",
        "search",
        "explore",
    ]
)
# SyftHub's pattern ends in "$", which lets one line break pass; a publisher has to cope with that.
_SHAPE = re.compile(r"^[a-z0-9]$|^[a-z0-9][a-z0-9-]*[a-z0-9]$", re.ASCII)
_FILLER = "endpoint-"


def slug_rule(slug: str) -> str:
    """Return a slug that keeps the rules, else raise ValidationError. Its length is checked elsewhere."""
    if slug != slug.lower():
        raise refuse("value_error", "A slug has lower-case letters only")
    if not _SHAPE.match(slug):
        raise refuse("value_error", "A slug has letters, digits and inner hyphens only")
    if "--" in slug:
        raise refuse("value_error", "A slug has no two hyphens in a row")
    if slug in RESERVED:
        raise refuse("value_error", f"The slug '{slug}' is reserved")
    return slug


def from_name(name: str, taken: Collection[str]) -> str | None:
    """Return a free slug made from a name, numbered if need be; None if the name has no ASCII letter or digit."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return free(stem, taken) if stem else None


def free(stem: str, taken: Collection[str]) -> str:
    """Return ``stem``, made long enough and cut, with the first number that makes it neither taken nor reserved."""
    if len(stem) < SHORTEST:
        stem = _FILLER + stem
    slug, number = stem[:LONGEST].rstrip("-") if stem != _FILLER else stem, 0
    while slug in taken or slug in RESERVED:
        number += 1
        ending = f"-{number}"
        slug = stem[: LONGEST - len(ending)].rstrip("-") + ending
    return slug
