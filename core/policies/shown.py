"""Policies: what marketplaces may know of them. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..records import Policy, PolicySummary
from .rates import read_rates, say_rates, write_rates

EVERYONE = "*"


def summarise(policy: Policy) -> PolicySummary:
    """Return the public summary of ``policy``: never an address or domain, never how many people are listed.

    The policy's own name stays at home too, for it may name people. Of a plugin's type nothing but the
    type is told. ``policy`` has passed :func:`publicist.core.schemas.load_policy`.
    """
    title = policy.type.replace("_", " ").capitalize()
    write = _SUMMARIES.get(policy.type)
    description, config = write(policy.config) if write else (f"{title} rules apply", {})
    return PolicySummary(name=title, type=policy.type, description=description, config=config)


def _access(config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    allowed, denied = config.get("allowed_users", ()), config.get("denied_users", ())
    if EVERYONE in denied:
        return "Closed at present", {"restricted": True}
    if allowed and EVERYONE not in allowed:
        return "By invitation", {"restricted": True}
    if config.get("allow_guests"):
        return "Open to everyone, guests too", {"restricted": False, "guests": True}
    return "Open to everyone the marketplace vouches for", {"restricted": False}


def _rate_limit(config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A limit aimed at particular people is mentioned, and its numbers are theirs alone."""
    if EVERYONE not in config.get("applied_to", [EVERYONE]):
        return "Some people have their own limits", {"own_limits": True}
    rates, scope = read_rates(config["limit"]), config.get("scope", "per_user")
    return say_rates(rates, scope), {"limit": write_rates(rates), "scope": scope}


def _accounting(config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    facts = {
        "price": _amount(config["price"]),
        "currency": config.get("currency", "USD"),
        "unit": config.get("unit", "query"),
        "require_payment": bool(config.get("require_payment", False)),
    }
    if facts["price"] == "0":
        return "Free of charge", facts
    when = ", to be paid before the answer" if facts["require_payment"] else ""
    return f"{facts['price']} {facts['currency']} per {facts['unit']}{when}", facts


def _amount(price: float | str) -> str:
    """Return the price as text, the same for 0.5, "0.5" and "0.50"."""
    return f"{abs(Decimal(str(price)).normalize()):f}"


_SUMMARIES: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]] = {
    "access": _access,
    "rate_limit": _rate_limit,
    "accounting": _accounting,
}
