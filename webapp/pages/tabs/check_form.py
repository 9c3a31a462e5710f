"""The form of an added check: its name, and what its kind asks for."""

import json
from dataclasses import dataclass
from typing import Any

from ....core.records import Check, CheckKind
from ....core.schemas import SHOWN, masked
from ..kept import secret_paths, sent
from ..kind_form import FORGET, KindField, kind_fields, shown
from ..page import Form, Here

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


def typed(here: Here, kind: CheckKind, check: Check | None = None) -> CheckForm:
    """Return the form with what was typed."""
    fields = _fields(check, kind) if check else kind_fields(kind.settings)
    return CheckForm(kind, fields, sent(here, secret_paths(fields)), check)


def entered(form: CheckForm) -> dict[str, Any]:
    """Return what was typed as the schemas take it; a secret that was left empty stays as it is stored."""
    stored = masked(form.check.settings, form.kind.settings) if form.check else {}
    settings: dict[str, Any] = {}
    for field in form.fields:
        text = form.form[field.path].strip()
        if text:
            settings[field.name] = _read(field.name, text)
        elif field.stored and not form.form[f"{FORGET}{field.name}"]:
            settings[field.name] = stored.get(field.name, SHOWN)
    return {"kind": form.kind.name, "name": form.form["name"].strip() or form.kind.name, "settings": settings}


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
