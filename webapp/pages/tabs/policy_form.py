"""The forms of policies: the built-in types in plain words, all others, and whatever words do not tell, as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ....core.errors import InvalidInput
from ....core.policies.shown import EVERYONE
from ....core.records import Policy
from ..page import Form

TITLES: Mapping[str, str] = {
    "access": "Access policy",
    "rate_limit": "Rate limit policy",
    "accounting": "Accounting policy",
}
PURPOSES: Mapping[str, str] = {
    "access": "Control who can query (recommended)",
    "rate_limit": "Prevent abuse (recommended)",
    "accounting": "Track costs or require payment (optional)",
}
"""The publishing guide's words for them."""

JSON = "json"
"""The way of editing any policy: its configuration as it is stored."""

_CONFIG = "config."
BLANK: Mapping[str, Mapping[str, str]] = {
    "access": {"who": "signed_in"},
    "rate_limit": {"config.limit": "60/m", "config.scope": "per_user", "whom": "everyone"},
    "accounting": {"config.currency": "USD", "config.unit": "query"},
}


def blank(kind: str, way: str) -> Form:
    """Return an empty form of a type."""
    start = {"config": "{}"} if way == JSON else BLANK.get(kind, {})
    return Form({"type": kind, "as": way, "name": "", **start})


def way_of(policy: Policy) -> str:
    """Return how a policy can be edited: in words, or as JSON where the words do not tell all of it."""
    if policy.type not in TITLES:
        return JSON
    said = filled(policy, "").typed
    again = entered(Form(said), policy.type, "")["config"]
    return "" if _without_defaults(again) == _without_defaults(policy.config) else JSON


def filled(policy: Policy, way: str) -> Form:
    """Return the form with what is stored."""
    typed = {"type": policy.type, "as": way, "name": "" if policy.name == policy.type else policy.name}
    if way == JSON:
        return Form({**typed, "config": json.dumps(dict(policy.config), indent=2, ensure_ascii=False)})
    return Form({**typed, **_FILLERS[policy.type](policy.config)})


def entered(form: Form, kind: str, way: str) -> dict[str, Any]:
    """Return what was typed as the schema of policies takes it. Raises InvalidInput where JSON cannot be read."""
    config = _read_json(form["config"]) if way == JSON or kind not in TITLES else _READERS[kind](form)
    return {"name": form["name"].strip(), "type": kind, "config": config}


def refused(form: Form, error: InvalidInput, way: str) -> Form:
    """Return the form with each message at its field; what is said of one entry of a list stands at the list."""
    found: dict[str, list[str]] = {}
    for name, texts in error.errors.items():
        field = "config" if way == JSON and name.startswith("config") else _field(name)
        number = name.rpartition(".")[2]
        where = (
            f"Entry {int(number) + 1}: "
            if number.isdigit()
            else f"{name.removeprefix(_CONFIG)}: "
            if way == JSON and name != "config"
            else ""
        )
        found.setdefault(field, []).extend(f"{where}{text}" for text in texts)
    known = {"name", "config", *(f"{_CONFIG}{name}" for name in _FIELDS)}
    return form.refused(InvalidInput(found), frozenset(known))


_FIELDS = ("allowed_users", "denied_users", "marketplaces", "limit", "scope", "applied_to", "price", "currency", "unit")


def lines_of(text: str) -> list[str]:
    """Return the entries of a field with one on each line; commas and semicolons part them, too."""
    parts = text.replace(",", "\n").replace(";", "\n").splitlines()
    return [part.strip() for part in parts if part.strip()]


def _field(name: str) -> str:
    head, _, last = name.rpartition(".")
    return head if last.isdigit() else name


def _read_json(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise InvalidInput({"config": [f"Cannot be read as JSON: {error}"]}) from None


def _fill_access(config: Mapping[str, Any]) -> dict[str, str]:
    allowed, denied = config.get("allowed_users") or [], config.get("denied_users") or []
    who = "everyone" if config.get("allow_guests") else "listed" if allowed else "signed_in"
    return {
        "who": "closed" if EVERYONE in denied else who,
        "config.allowed_users": "\n".join(allowed),
        "config.denied_users": "\n".join(one for one in denied if one != EVERYONE),
        "config.marketplaces": "\n".join(config.get("marketplaces") or []),
    }


def _read_access(form: Form) -> dict[str, Any]:
    who, denied = form["who"], lines_of(form["config.denied_users"])
    allowed = lines_of(form["config.allowed_users"]) if who in {"listed", "closed"} else []
    if who == "listed" and not allowed:
        raise InvalidInput({"config.allowed_users": ["Say who may query, or choose another answer above."]})
    return {
        "allowed_users": allowed,
        "denied_users": [EVERYONE, *denied] if who == "closed" else denied,
        "allow_guests": who == "everyone",
        "marketplaces": lines_of(form["config.marketplaces"]),
    }


def _fill_limit(config: Mapping[str, Any]) -> dict[str, str]:
    whom: Sequence[str] = config.get("applied_to") or [EVERYONE]
    return {
        "config.limit": str(config.get("limit", "")),
        "config.scope": str(config.get("scope", "per_user")),
        "whom": "everyone" if list(whom) == [EVERYONE] else "listed",
        "config.applied_to": "" if list(whom) == [EVERYONE] else "\n".join(whom),
    }


def _read_limit(form: Form) -> dict[str, Any]:
    whom = lines_of(form["config.applied_to"]) if form["whom"] == "listed" else [EVERYONE]
    return {"limit": form["config.limit"], "scope": form["config.scope"] or "per_user", "applied_to": whom}


def _fill_price(config: Mapping[str, Any]) -> dict[str, str]:
    return {
        "config.price": str(config.get("price", "")),
        "config.currency": str(config.get("currency", "USD")),
        "config.unit": str(config.get("unit", "query")),
        "config.require_payment": "on" if config.get("require_payment") else "",
    }


def _read_price(form: Form) -> dict[str, Any]:
    return {
        "price": form["config.price"].strip(),
        "currency": form["config.currency"] or "USD",
        "unit": form["config.unit"] or "query",
        "require_payment": form["config.require_payment"] == "on",
    }


def _without_defaults(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what can be compared: empty values left out, a price as text."""
    return {name: str(value) for name, value in config.items() if value not in ([], False, None, "")}


_FILLERS = {"access": _fill_access, "rate_limit": _fill_limit, "accounting": _fill_price}
_READERS = {"access": _read_access, "rate_limit": _read_limit, "accounting": _read_price}
