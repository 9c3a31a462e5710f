"""The fields that a plugin's kind asks for, as a form shows them and as what was typed into it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.records import SettingField
from .page import Form

SETTINGS, FORGET = "settings.", "forget."


@dataclass(frozen=True, slots=True)
class KindField:
    """One field of a form; ``path`` is its name there, and that of its messages. ``stored`` is said of secrets."""

    path: str
    name: str
    title: str
    help: str
    secret: bool
    required: bool
    stored: bool

    @property
    def type(self) -> str:
        """The type of its input, so that phones offer the right keys."""
        return "number" if self.name == "port" else "text"


def kind_fields(
    fields: Sequence[SettingField], stored: Collection[str] = (), beside: Collection[str] = ()
) -> list[KindField]:
    """Return the fields of a kind; those named in ``beside`` stand beside its settings, not under them."""
    return [
        KindField(
            field.name if field.name in beside else f"{SETTINGS}{field.name}",
            field.name,
            field.title,
            field.help,
            field.secret,
            field.required,
            field.secret and field.name in stored,
        )
        for field in fields
    ]


def typed(form: Form, fields: Sequence[KindField], *, patch: bool = False) -> dict[str, Any]:
    """Return what was typed, by the names of the fields, as the schemas take it.

    In a ``patch`` an empty field takes its value away; an empty secret one keeps what is stored, unless its removal
    was ticked.
    """
    found: dict[str, Any] = {}
    for field in fields:
        text = form[field.path] if field.secret else form[field.path].strip()
        if text:
            found[field.name] = text
        elif patch and (not field.secret or form[f"{FORGET}{field.name}"]):
            found[field.name] = None
    return found


def shown(fields: Sequence[KindField], settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in the fields before anything is typed; secret ones stay empty."""
    return {field.path: str(settings.get(field.name) or "") for field in fields if not field.secret}
