"""Connections to marketplaces: added, or changed field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from marshmallow import fields, validate

from ..errors import InvalidInput
from ..records import Marketplace, MarketplaceKind, SyncPolicy
from ..secrets import Secret
from .base import Strict, load
from .fields import JsonObject, Line, Matching, Sensitive, Url, as_secret, secret_fault
from .settings import SHOWN, setting_faults

DEFAULT_SYNC: SyncPolicy = "no_withdraw"
_SHORTHANDS = ("api_key", "username", "password")


@dataclass(frozen=True, slots=True)
class MarketplaceDraft:
    """A connection as entered. ``credentials`` are the fields that its kind calls secret."""

    kind: str
    name: str
    url: str
    settings: Mapping[str, Any]
    credentials: Mapping[str, Secret]
    sync_policy: SyncPolicy


class MarketplacePatchSchema(Strict):
    """Some fields of a connection; what is left out stays, ``null`` takes a setting or credential away."""

    name = Line(100, visible=True, metadata={"description": "What people read; not the same as another one's."})
    url = Url(metadata={"description": "The marketplace's address; the kind's own if it is left out."})
    api_key = Sensitive(allow_none=True, metadata={"description": "If the kind asks for one. Never shown again."})
    username = Line(320, allow_none=True, metadata={"description": "If the kind asks for one."})
    password = Sensitive(
        allow_none=True, trim=False, metadata={"description": "If the kind asks for one. Never shown again."}
    )
    settings = JsonObject(metadata={"description": "Further fields of the kind, by name."})
    sync_policy = fields.String(
        validate=validate.OneOf(get_args(SyncPolicy)),
        metadata={"description": "What a sync may do by itself; no_withdraw if it is left out."},
    )


class MarketplaceSchema(MarketplacePatchSchema):
    """A connection to be added."""

    kind = Matching(
        r"[a-z][a-z0-9_-]{0,49}",
        "Must be a word of lower-case letters, digits, - and _.",
        required=True,
        metadata={"description": "A kind that a plugin offers, such as syfthub."},
    )
    name = Line(100, visible=True, required=True, metadata={"description": "What people read."})


def load_marketplace(data: Any, kinds: Mapping[str, MarketplaceKind]) -> MarketplaceDraft:
    """Return the connection that ``data`` describes; ``kinds`` are those that plugins offer, by name.

    ``api_key``, ``username`` and ``password`` are fields of the kind like those under ``settings``; the kind
    says which there are and which are secret. Raises InvalidInput.
    """
    clean = load(MarketplaceSchema(), data)
    kind = kinds.get(clean["kind"])
    if kind is None:
        known = ", ".join(sorted(kinds)) or "none"
        raise InvalidInput({"kind": [f"There is no marketplace kind {clean['kind']!r}; there are {known}."]})
    url = clean.get("url") or kind.default_url
    faults = {} if url else {"url": ["This kind has no address of its own; enter the marketplace's."]}
    settings, credentials = _divided(kind, _entered(clean), faults)
    return MarketplaceDraft(
        kind.name, clean["name"], url, settings, credentials, clean.get("sync_policy", DEFAULT_SYNC)
    )


def load_marketplace_patch(data: Any, marketplace: Marketplace, kind: MarketplaceKind) -> Mapping[str, Any]:
    """Return the changed fields by the names of :class:`Marketplace`, ready for :func:`dataclasses.replace`.

    ``settings`` and ``credentials`` come back whole, with what was there before; ``null`` takes one away, and
    ``***`` leaves one as it is. Raises InvalidInput.
    """
    clean = load(MarketplacePatchSchema(), data)
    given = {name: clean[name] for name in ("name", "url", "sync_policy") if name in clean}
    entered = {name: value for name, value in _entered(clean).items() if value not in (SHOWN, Secret(SHOWN))}
    if not entered:
        return given
    settings, credentials = _divided(kind, {**marketplace.settings, **marketplace.credentials, **entered}, {})
    return {**given, "settings": settings, "credentials": credentials}


def _entered(clean: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered for the kind's fields, by name, whether under ``settings`` or beside it."""
    return {**clean.get("settings", {}), **{name: clean[name] for name in _SHORTHANDS if name in clean}}


def _divided(
    kind: MarketplaceKind, entered: Mapping[str, Any], faults: dict[str, list[str]]
) -> tuple[dict[str, Any], dict[str, Secret]]:
    """Divide what was entered into settings and credentials. Raises InvalidInput with ``faults`` and more."""
    values = {name: value for name, value in entered.items() if value is not None}
    faults |= {_path(name): found for name, found in setting_faults(values, kind.settings).items()}
    secret = {field.name for field in kind.settings if field.secret}
    for name in secret & values.keys():
        if fault := secret_fault(values[name]):
            faults[_path(name)] = [fault]
    if faults:
        raise InvalidInput(faults)
    hidden = {name: as_secret(value) for name, value in values.items() if name in secret or isinstance(value, Secret)}
    return {name: value for name, value in values.items() if name not in hidden}, hidden


def _path(name: str) -> str:
    return name if name in _SHORTHANDS else f"settings.{name}"
