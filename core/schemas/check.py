"""Added checks as they are entered, and as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InvalidInput
from ..records import Check, CheckKind, CheckResult, Json
from .base import Strict, load
from .fields import Flag, JsonObject, Line, Matching
from .settings import masked, restored, setting_faults

RESERVED = ("dataset", "model", "query")
"""The names of the checks that endpoints have by themselves."""

MOST_CHECKS = 20
"""How many checks one endpoint may be given."""


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """A check as entered; ``test`` says whether it is run once before it is added."""

    kind: str
    name: str
    settings: Mapping[str, Json]
    test: bool


class CheckSchema(Strict):
    """A check to be added to an endpoint."""

    kind = Matching(
        r"[a-z][a-z0-9_-]{0,49}",
        "Must be a word of lower-case letters, digits, - and _.",
        required=True,
        metadata={"description": "A kind that a plugin offers; http, tcp and tls are always there."},
    )
    name = Line(60, load_default="", metadata={"description": "Tells it from others; the kind if it is left out."})
    settings = JsonObject(load_default=dict, metadata={"description": "As the kind asks; for http {url, status?, …}."})
    test = Flag(load_default=True, metadata={"description": "Whether it is run once, so that faults are told at once."})


class CheckPatchSchema(CheckSchema):
    """Some fields of a check; settings are given whole, and *** keeps what is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "partial": True})


def load_check(data: Any, kinds: Mapping[str, CheckKind]) -> CheckDraft:
    """Return the check that ``data`` describes. Raises InvalidInput."""
    clean = load(CheckSchema(), data)
    return with_stored(_draft(clean, kinds, test=clean["test"]), None)


def load_check_entry(data: Any, kinds: Mapping[str, CheckKind]) -> CheckDraft:
    """Return the check that an entry of a file describes; *** may stand in it, see :func:`with_stored`.

    Raises InvalidInput.
    """
    return _draft(load(CheckSchema(exclude=("test",)), data), kinds, test=False)


def with_stored(draft: CheckDraft, before: Check | None) -> CheckDraft:
    """Return the draft with what is stored in the place of each ***. Raises InvalidInput where nothing is."""
    former = before.settings if before and before.kind == draft.kind else {}
    return replace(draft, settings=_with_secrets(draft.settings, former))


def load_check_patch(data: Any, before: Check, kinds: Mapping[str, CheckKind]) -> CheckDraft:
    """Return ``before`` with the fields of ``data`` changed. Raises InvalidInput."""
    clean = load(CheckPatchSchema(), data)
    kind, name = clean.get("kind", before.kind), clean.get("name") or before.name
    settings = clean.get("settings", before.settings if kind == before.kind else {})
    return with_stored(_checked(CheckDraft(kind, name, settings, clean.get("test", True)), kinds), before)


def check_json(check: Check, kinds: Mapping[str, CheckKind]) -> dict[str, Any]:
    """Return a check without its secrets."""
    kind = kinds.get(check.kind)
    return {
        "id": check.id,
        "kind": check.kind,
        "name": check.name,
        "settings": masked(check.settings, kind.settings if kind else None),
        "created_at": check.created_at.isoformat(),
    }


def check_result_json(result: CheckResult) -> dict[str, Any]:
    """Return what a check saw."""
    return {
        "name": result.name,
        "ok": result.ok,
        "reachable": result.reachable,
        "message": result.message,
        "latency_ms": result.latency_ms,
        "warning": result.warning,
    }


def _draft(clean: Mapping[str, Any], kinds: Mapping[str, CheckKind], *, test: bool) -> CheckDraft:
    return _checked(CheckDraft(clean["kind"], clean["name"] or clean["kind"], clean["settings"], test), kinds)


def _checked(draft: CheckDraft, kinds: Mapping[str, CheckKind]) -> CheckDraft:
    if draft.name in RESERVED:
        raise InvalidInput({"name": [f"Every endpoint has its own check {draft.name!r}; choose another name."]})
    kind = kinds.get(draft.kind)
    if kind is None:
        known = ", ".join(sorted(kinds)) or "none"
        raise InvalidInput({"kind": [f"There is no kind {draft.kind!r}; there are {known}."]})
    if faults := setting_faults(draft.settings, kind.settings):
        raise InvalidInput({f"settings.{name}": texts for name, texts in faults.items()})
    return draft


def _with_secrets(settings: Mapping[str, Any], former: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return restored(settings, former)
    except KeyError as error:
        field = f"settings.{error.args[0]}"
        raise InvalidInput({field: ["*** stands for a stored value, and none is stored; enter the value."]}) from None
