"""The form of an endpoint, new or changed: what stands in its fields, and what they amount to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from ....core.errors import InvalidInput, PublicistError
from ....core.records import Backend, BackendKind, Endpoint, SettingField
from ....core.schemas import SHOWN
from ..page import Form, Here

SIDES = {"dataset": "Dataset", "model": "Model"}
PLAIN = ("name", "slug", "summary", "description", "response_type", "version", "visibility", "category", "language")
RESPONSE_TYPES = (
    ("", "What fits the dataset and model"),
    ("raw", "raw: passages from the dataset"),
    ("summary", "summary: a text by the model"),
    ("both", "both: passages and a text"),
)
VISIBILITIES = (
    ("public", "public: everybody"),
    ("internal", "internal: those who are signed in there"),
    ("private", "private: nobody else"),
)
_BESIDE = frozenset({"tags", "published", "question", *(f"{side}.kind" for side in SIDES), "dataset", "model"})


@dataclass(frozen=True, slots=True)
class Side:
    """The dataset or the model in the form: the kind that is chosen, and the fields that it asks for."""

    key: str
    title: str
    kinds: Sequence[tuple[str, str]]
    kind: BackendKind | None
    fields: Sequence[SettingField]
    stored: Sequence[str]


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent: ``form`` to show again, ``data`` for the schemas, ``kept`` the typed secrets, sealed."""

    form: Form
    data: Mapping[str, Any]
    kept: str

    @property
    def tried(self) -> Mapping[str, Any]:
        """What is needed to try what answers: the rest of the form may be wrong, or not typed yet."""
        return {name: self.data[name] for name in ("dataset", "model", "response_type") if name in self.data}

    @property
    def step(self) -> str:
        """Which button was pressed: save, choose, test, ask, confirm or republish."""
        return self.form["step"] or "save"


def blank(stored: Endpoint | None = None, **typed: str) -> Form:
    """Return the form before anything is typed: empty, or as an endpoint is stored, its secrets left out."""
    if stored is None:
        return Form({"version": "0.1.0", "visibility": "public", **typed})
    filled = {name: str(getattr(stored, name)) for name in PLAIN}
    filled |= {"tags": ", ".join(stored.tags), "published": "on" if stored.published else ""}
    for side in SIDES:
        if backend := getattr(stored, side):
            filled |= {f"{side}.kind": backend.kind, f"{side}.name": backend.name}
            filled |= {f"{side}.settings.{name}": _text(value) for name, value in backend.settings.items()}
    return Form({**filled, **typed})


def without_secrets(here: Here, form: Form) -> Form:
    """Return the form without what the kinds declare secret, or all settings of a kind that is not there any more."""
    kinds = here.services.plugins.backend_kinds
    hidden = set()
    for side in SIDES:
        prefix, kind = f"{side}.settings.", kinds.get(form[f"{side}.kind"])
        secret = {f"{prefix}{field.name}" for field in kind.settings if field.secret} if kind else None
        hidden |= {name for name in form.typed if name.startswith(prefix) and (secret is None or name in secret)}
    return Form({name: text for name, text in form.typed.items() if name not in hidden}, form.errors, form.refusal)


def sides(here: Here, form: Form, stored: Endpoint | None = None) -> list[Side]:
    """Return dataset and model with the fields of the kinds that are chosen."""
    return [side(here, key, form[f"{key}.kind"], getattr(stored, key, None)) for key in SIDES]


def side(here: Here, key: str, name: str, backend: Backend | None = None) -> Side:
    """Return one of the two with the fields of a kind."""
    kinds = here.services.plugins.backend_kinds
    kind = kinds.get(name)
    secret = [field.name for field in kind.settings if field.secret] if kind else []
    same = backend is not None and backend.kind == name
    stored = [field for field in secret if same and backend is not None and backend.settings.get(field)]
    options = [("", f"No {key}"), *((each.name, each.title) for each in kinds.values())]
    return Side(key, SIDES[key], options, kind, kind.settings if kind else (), stored)


def filled(here: Here, stored: Endpoint | None = None) -> Filled:
    """Return the form as it was sent; secrets that were typed before come from where they were sealed."""
    typed = {name: values[-1] for name, values in request.form.lists()}
    before, now = here.services.drafting.unseal(typed.get("kept", "")), dict[str, str]()
    data: dict[str, Any] = {name: typed[name].strip() for name in PLAIN if typed.get(name, "").strip()}
    data["summary"], data["description"] = typed.get("summary", ""), typed.get("description", "")
    data["category"], data["language"] = typed.get("category", "").strip(), typed.get("language", "").strip()
    data["tags"] = [tag.strip() for tag in typed.get("tags", "").split(",") if tag.strip()]
    data["published"] = typed.get("published") == "on"
    for each in sides(here, Form(typed), stored):
        data[each.key] = _backend(each, typed, before, now, getattr(stored, each.key, None))
    shown = without_secrets(here, Form({name: text for name, text in typed.items() if name != "kept"}))
    return Filled(shown, data, here.services.drafting.seal(now))


def refused(form: Form, error: PublicistError) -> Form:
    """Return the form with what is wrong with it, each message at the field that shows it."""
    if not isinstance(error, InvalidInput):
        return form.refused(error)
    gathered: dict[str, list[str]] = {}
    for path, texts in error.errors.items():
        gathered.setdefault(_field_of(path), []).extend(texts)
    return form.refused(InvalidInput(gathered, remedy=error.remedy), _BESIDE | set(PLAIN) | set(gathered))


def _field_of(path: str) -> str:
    """Return the field of the form that a message is about: ``tags.0`` is told at ``tags``."""
    first, *rest = path.split(".")
    if first not in SIDES:
        return first if first in _BESIDE or first in PLAIN else path
    match rest:
        case ["settings", name, *_]:
            return f"{first}.settings.{name}"
    return f"{first}.kind"


def _backend(
    each: Side, typed: Mapping[str, str], before: Mapping[str, str], now: dict[str, str], stored: Backend | None
) -> dict[str, Any] | None:
    """Return the side as the schemas take it, None without a kind; typed secrets are noted in ``now``."""
    name = typed.get(f"{each.key}.kind", "")
    if not name:
        return None
    former = stored.settings if stored and stored.kind == name else {}
    settings: dict[str, Any] = {}
    for field in each.fields:
        path = f"{each.key}.settings.{field.name}"
        text = typed.get(path, "") if field.secret else typed.get(path, "").strip()
        if field.secret:
            text = text or before.get(f"{name}:{path}", "")
            now |= {f"{name}:{path}": text} if text else {}
            kept = field.name in each.stored and not typed.get(f"{each.key}.forget.{field.name}")
            text = text or (SHOWN if kept else "")
        if text:
            settings[field.name] = _value(text, former.get(field.name))
    return {"kind": name, "name": typed.get(f"{each.key}.name", "").strip(), "settings": settings}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(text: str, stored: Any) -> Any:
    """Return a setting: as it is stored where nothing was changed, JSON where it looks like some, else the text."""
    if stored is not None and text == _text(stored):
        return stored
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
