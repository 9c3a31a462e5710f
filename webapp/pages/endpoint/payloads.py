"""What exactly a marketplace will be sent, for people to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import wording

SHORT = 400
"""Longer texts stand in full in the JSON only."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A payload: its fields by their titles, in short, and all of it as JSON."""

    fields: Sequence[tuple[str, str]]
    json: str


def shown(payload: Mapping[str, Any] | None) -> Shown | None:
    """Return the payload as the page shows it; None where it cannot be told."""
    if payload is None:
        return None
    fields = [(wording.named(name), _short(value)) for name, value in payload.items() if value not in ("", None, [])]
    return Shown(fields, json.dumps(payload, indent=2, ensure_ascii=False))


def _short(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = ", ".join(value)
    elif isinstance(value, list):
        text = "; ".join(_line(one) for one in value)
    else:
        text = value if isinstance(value, str) else _line(value)
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = [(name, each) for name, each in value.items() if each not in ("", None, [], {})]
        return ", ".join(f"{name.replace('_', ' ')}: {_line(each)}" for name, each in parts)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
