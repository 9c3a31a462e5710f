"""The file that `publicist apply` reads: endpoints, and where each is to be published."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from ..errors import InvalidInput
from ..records import BackendKind, CheckKind
from .base import Strict, load, under
from .check import MOST_CHECKS, CheckDraft, load_check_entry
from .draft import EndpointDraft
from .endpoint import load_endpoint
from .fields import Items, JsonObject, Line

MOST_ENDPOINTS = 1_000
MOST_MARKETPLACES = 100
_BESIDE = ("publish_to", "checks")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """One endpoint of the file. ``publish_to`` is marketplaces' names, ``all``, or None: not said; ``checks`` too."""

    draft: EndpointDraft
    publish_to: tuple[str, ...] | Literal["all"] | None
    checks: tuple[CheckDraft, ...] | None = None


class ApplySchema(Strict):
    """The whole file; each entry is an endpoint as in the API, with ``publish_to`` and ``checks`` beside it."""

    endpoints = Items(JsonObject(), MOST_ENDPOINTS, required=True)


class _Where(Strict):
    publish_to = Items(Line(100, visible=True), MOST_MARKETPLACES, required=True)


class _Watched(Strict):
    checks = Items(JsonObject(), MOST_CHECKS, required=True)


def load_apply(
    data: Any,
    *,
    policy_types: Collection[str] = (),
    backend_kinds: Mapping[str, BackendKind] | None = None,
    check_kinds: Mapping[str, CheckKind] | None = None,
) -> tuple[Wish, ...]:
    """Return the wishes in the order of the file.

    Each endpoint needs a slug: by it the endpoint is found again when the file is applied once more. Raises
    InvalidInput with the faults of every endpoint, under ``endpoints.<place>``.
    """
    entries = load(ApplySchema(), data)["endpoints"]
    faults = _repeats(entries)
    read = partial(load_endpoint, policy_types=policy_types, backend_kinds=backend_kinds)
    wishes = []
    for place, entry in enumerate(entries):
        try:
            wishes.append(_wish(entry, read, check_kinds or {}))
        except InvalidInput as error:
            faults |= under(f"endpoints.{place}", error.errors)
    if faults:
        raise InvalidInput(faults)
    return tuple(wishes)


def _wish(entry: Mapping[str, Any], read: Callable[[Any], EndpointDraft], check_kinds: Mapping[str, CheckKind]) -> Wish:
    faults: dict[str, list[str]] = {}
    if "slug" not in entry:
        faults["slug"] = ["Each endpoint in a file needs a slug: by it the endpoint is found again."]
    where = _gather(faults, _publish_to, entry)
    checks = _gather(faults, partial(_checks, kinds=check_kinds), entry)
    draft = _gather(faults, read, {name: value for name, value in entry.items() if name not in _BESIDE})
    if faults or draft is None:
        raise InvalidInput(faults)
    return Wish(draft, where, checks)


def _publish_to(entry: Mapping[str, Any]) -> tuple[str, ...] | Literal["all"] | None:
    where = entry.get("publish_to")
    if where is None or where == "all":
        return where
    names: list[str] = load(_Where(), {"publish_to": where})["publish_to"]
    return tuple(dict.fromkeys(names))


def _checks(entry: Mapping[str, Any], kinds: Mapping[str, CheckKind]) -> tuple[CheckDraft, ...] | None:
    """Return the endpoint's added checks; None where the file does not speak of any."""
    if entry.get("checks") is None:
        return None
    entries = load(_Watched(), {"checks": entry["checks"]})["checks"]
    faults: dict[str, list[str]] = {}
    drafts: list[CheckDraft] = []
    for place, each in enumerate(entries):
        try:
            drafts.append(load_check_entry(each, kinds))
        except InvalidInput as error:
            faults |= under(f"checks.{place}", error.errors)
    taken = [draft.name for draft in drafts]
    if twice := next((name for name in taken if taken.count(name) > 1), None):
        faults["checks"] = [f"The name {twice!r} stands twice among the checks; give each its own."]
    if faults:
        raise InvalidInput(faults)
    return tuple(drafts)


def _gather(faults: dict[str, list[str]], read: Callable[[Any], T], data: Any) -> T | None:
    """Return what ``read`` makes of ``data``; its faults join ``faults``, so that all are told at once."""
    try:
        return read(data)
    except InvalidInput as error:
        faults |= error.errors
        return None


def _repeats(entries: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    seen: set[str] = set()
    faults = {}
    for place, slug in enumerate(str(entry.get("slug", "")) for entry in entries):
        if slug and slug in seen:
            faults[f"endpoints.{place}.slug"] = [f"The slug {slug!r} stands twice in the file."]
        seen.add(slug)
    return faults
