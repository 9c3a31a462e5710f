"""The form of an added check: its name, and what its kind asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....core.records import Check, CheckKind
from ....core.schemas import SHOWN, masked
from ..kind_form import FORGET, KindField, kind_fields, shown
from ..page import Form

HEADERS = "headers"
"""The name of a setting that is an object of texts: it is typed as a header on each line."""


@dataclass(frozen=True, slots=True)
class CheckForm:
    """A check as its page shows it; ``check`` is None for a new one."""

    kind: CheckKind
    fields: list[KindField]
    form: Form
    check: Check | None = None


def blank(kind: CheckKind) -> CheckForm:
    """Return an empty form."""
    return CheckForm(kind, kind_fields(kind.settings), Form({"kind": kind.name}))


def filled(check: Check, kind: CheckKind) -> CheckForm:
    """Return the form with what is stored; secrets stay empty."""
    fields = _fields(check, kind)
    texts = {name: value for name, value in check.settings.items() if not isinstance(value, list | dict)}
    lists = {name: ", ".join(map(str, value)) for name, value in check.settings.items() if isinstance(value, list)}
    return CheckForm(kind, fields, Form({"name": check.name, **shown(fields, {**texts, **lists})}), check)


def typed(form: Mapping[str, str], kind: CheckKind, check: Check | None = None) -> CheckForm:
    """Return the form with what was typed."""
    fields = _fields(check, kind) if check else kind_fields(kind.settings)
    return CheckForm(kind, fields, Form(dict(form)), check)


def without_secrets(sent: CheckForm) -> Form:
    """Return the form as it may be shown again: what was typed into a secret field is not."""
    secret = {field.path for field in sent.fields if field.secret}
    return Form({name: text for name, text in sent.form.typed.items() if name not in secret})


def entered(sent: CheckForm) -> dict[str, Any]:
    """Return what was typed as the schemas take it; a secret that was left empty stays as it is stored."""
    stored = masked(sent.check.settings, sent.kind.settings) if sent.check else {}
    settings: dict[str, Any] = {}
    for field in sent.fields:
        text = sent.form[field.path].strip()
        if text:
            settings[field.name] = _read(field.name, text)
        elif field.stored and not sent.form[f"{FORGET}{field.name}"]:
            settings[field.name] = stored.get(field.name, SHOWN)
    return {"kind": sent.kind.name, "name": sent.form["name"].strip() or sent.kind.name, "settings": settings}


def _fields(check: Check, kind: CheckKind) -> list[KindField]:
    return kind_fields(kind.settings, [name for name, value in check.settings.items() if value])


def _read(name: str, text: str) -> Any:
    """Return a text, or the object that it writes down as JSON or, for headers, line by line."""
    if text.startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if name == HEADERS and all(":" in line for line in text.splitlines() if line.strip()):
        pairs = (line.partition(":") for line in text.splitlines() if line.strip())
        return {header.strip(): value.strip() for header, _, value in pairs}
    return text
