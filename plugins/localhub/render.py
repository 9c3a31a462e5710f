"""How a listing is shown: whole to its owner, in part to others; absolute addresses, filtered policies. Pure."""

from typing import Any

from .models import Endpoint
from .origins import is_tunnel

_COMMON = (
    "name",
    "slug",
    "description",
    "type",
    "version",
    "readme",
    "tags",
    "stars_count",
    "created_at",
    "updated_at",
)
_OWN = (
    "id",
    "user_id",
    "visibility",
    "is_active",
    "contributors",
    "health_status",
    "health_checked_at",
    "health_ttl_seconds",
)
_SOCKETS = ("websocket", "ws", "wss")
_EVERYBODY = "*"


def address_of(listing: Endpoint, *, satellites: bool) -> str | None:
    """Return where a listing is served: its satellite's origin or, without satellites, its owner's domain."""
    if satellites:
        return listing.satellite.base_url if listing.satellite_id else None
    return listing.user.domain  # type: ignore[no-any-return]  # peewee's columns have no type


def whole(listing: Endpoint, address: str | None, viewer: str | None) -> dict[str, Any]:
    """Return the full record. ``viewer`` is an e-mail address, or None for nobody known."""
    shown = {name: getattr(listing, name) for name in (*_OWN, *_COMMON)}
    return {**shown, "archived": False, **_access(listing, address, visible(listing.policies, viewer))}


def public(listing: Endpoint, address: str | None, viewer: str | None) -> dict[str, Any]:
    """Return the record of the public lists, whose health fields are never filled."""
    return _public(listing, address, visible(listing.policies, viewer), None, None)


def at_root(listing: Endpoint, address: str | None) -> dict[str, Any]:
    """Return the public record of the root pages: health is filled in and no policy is hidden."""
    return _public(listing, address, listing.policies, listing.health_status, listing.health_checked_at)


def at_root_for_owner(listing: Endpoint, address: str | None) -> dict[str, Any]:
    """Return the full record with every policy, as the owner gets it from the root page."""
    return {**whole(listing, address, None), "policies": listing.policies}


def visible(policies: list[dict[str, Any]], viewer: str | None) -> list[dict[str, Any]]:
    """Return the policies that a viewer is shown.

    Policies that name the viewer stand alone; otherwise those that name nobody in particular.
    """
    named = [policy for policy in policies if viewer and viewer.lower() in _named(policy)]
    return named or [policy for policy in policies if _is_fallback(policy)]


def connect_url(kind: str, address: str, path: Any) -> str:
    """Return a connection's absolute URL; whatever stands in ``path`` is taken for a path."""
    if is_tunnel(address):
        return address
    base = address.rstrip("/")
    if kind.lower() in _SOCKETS:
        base = base.replace("http", "ws", 1)
    rest = path.lstrip("/") if isinstance(path, str) else ""
    return f"{base}/{rest}" if rest else base


def _public(listing: Endpoint, address: str | None, policies: list[Any], health: Any, at: Any) -> dict[str, Any]:
    shown = {name: getattr(listing, name) for name in _COMMON}
    about = {
        "owner_username": listing.user.username,
        "contributors_count": len(listing.contributors),
        "archived": False,
        "health_status": health,
        "health_checked_at": at,
    }
    return {**shown, **about, **_access(listing, address, policies)}


def _access(listing: Endpoint, address: str | None, policies: list[Any]) -> dict[str, Any]:
    return {"policies": policies, "connect": [_connection(one, address) for one in listing.connect]}


def _connection(connection: dict[str, Any], address: str | None) -> dict[str, Any]:
    if address is None:
        return connection
    config = connection["config"]
    return {**connection, "config": {**config, "url": connect_url(connection["type"], address, config.get("url"))}}


def _named(policy: dict[str, Any]) -> list[str]:
    wanted = policy["config"].get("applied_to")
    return [one.lower() for one in wanted if isinstance(one, str)] if isinstance(wanted, list) else []


def _is_fallback(policy: dict[str, Any]) -> bool:
    wanted = policy["config"].get("applied_to")
    return not wanted or wanted == _EVERYBODY or (isinstance(wanted, list) and _EVERYBODY in wanted)
