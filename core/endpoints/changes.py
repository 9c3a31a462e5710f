"""What an edit changes of an endpoint: what its listings follow by themselves, and what needs a republish. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..publishing.listing import as_listed
from ..records import Backend, BackendKind, Endpoint
from ..schemas.settings import SHOWN, masked

FIELDS = (
    *("name", "slug", "summary", "description", "tags", "response_type", "dataset", "model"),
    *("policies", "version", "visibility", "category", "language", "published"),
)
HELD = frozenset({"slug", "response_type", "dataset", "model"})
"""The publishing guide's *Requires manual action*."""

_BESIDE = 1
"""How many unchanged lines are shown around a change in a long text."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an edit changes.

    ``held`` says that listings show it only after a republish. ``lines`` are the difference: each with its sign, ``-``
    for what was, ``+`` for what will be, `` `` for what stands around it; secrets are not shown.
    """

    field: str
    held: bool
    lines: Sequence[tuple[str, str]]


def changes(before: Endpoint, after: Endpoint, kinds: Mapping[str, BackendKind]) -> list[Change]:
    """Return what differs, in the order of the form. ``kinds`` tell which settings are secret."""
    held_before, held_after = as_listed(before), as_listed(after)
    return [
        Change(
            field,
            field in HELD and held_before[field] != held_after[field],
            _difference(_lines(field, before, kinds), _lines(field, after, kinds)),
        )
        for field in FIELDS
        if getattr(before, field) != getattr(after, field)
    ]


def _difference(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    if before == after:
        return [("+", "Another secret is stored.")]
    told = list(difflib.unified_diff(before, after, n=_BESIDE, lineterm=""))[2:]
    return [(line[0], line[1:]) for line in told if not line.startswith("@@")]


def _lines(field: str, endpoint: Endpoint, kinds: Mapping[str, BackendKind]) -> list[str]:
    value: Any = getattr(endpoint, field)
    match field:
        case "dataset" | "model":
            return _backend(value, kinds)
        case "policies":
            return [f"{policy.name} ({policy.type}): {dict(policy.config)}" for policy in value]
        case "tags":
            return list(value)
        case "published":
            return ["Ready to be listed" if value else "Draft"]
    return str(value).split("\n")


def _backend(backend: Backend | None, kinds: Mapping[str, BackendKind]) -> list[str]:
    if backend is None:
        return []
    kind = kinds.get(backend.kind)
    settings = masked(backend.settings, kind.settings if kind else None)
    shown = [f"{name}: {'a secret' if value == SHOWN else value}" for name, value in settings.items()]
    return [f"Kind: {backend.kind}", f"Name: {backend.name}", *shown]
