"""Between our listings and SyftHub's records. Pure.

The canonical form is the hub's own record, cut down to the fields that we write, with these settled:

* ``summary`` becomes ``description``, ``description`` becomes ``readme``; an empty version is the hub's
  ``0.1.0``.
* Tags are trimmed, lower-cased and kept once, in order, as the hub does. The tag ``prepaid``, which the hub
  adds beside a ``xendit`` policy, is already in what we send, so that it never looks like a change.
* Policies are sent without ``applied_to``. By that list the hub hides policies, from their owner too, and
  shows the others only when none names the viewer. Ours have no such list, so ours are always shown and
  always compared; a policy with one was put there by somebody else and is a difference. The
  hub trims a policy's texts and the names in its ``config``, and so do we.
* A connection holds a path; the hub shows an address. It is read back as a path, and left out (not compared)
  when the hub shows the account's tunnel in its place.
* What the hub has no field for travels in the connection's ``config.publicist``: who made the listing, the
  response type, language and category.
* A whole number is an integer however it was written, because the hub's database makes no difference.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.records import Listing, Payload, PolicySummary, RemoteListing
from .address import TUNNEL, path

Record = Mapping[str, Any]

IMMUTABLE = frozenset({"type"})
"""Fields that the hub takes on create and ignores ever after, without a word."""

_PLAIN = ("name", "description", "readme", "type", "visibility", "version")
_POLICY = {"type": "", "version": "1.0", "enabled": True, "description": "", "config": {}}
_CONNECTION = {"type": "", "enabled": True, "description": "", "config": {}}
_DEFAULT_VERSION = "0.1.0"
_MOST_TAGS = 10
_PREPAID = "prepaid"
_HUB_ADDS = "wallet_owner_username"
"""The hub puts it into shared-wallet policies and drops it from what it is sent."""


def payload(listing: Listing) -> Payload:
    """Return ``listing`` in canonical form."""
    policies = [_policy_sent(policy) for policy in listing.policies]
    fields = {
        "name": listing.name,
        "description": listing.summary,
        "readme": listing.description,
        "type": listing.type,
        "visibility": listing.visibility,
        "version": listing.version.strip() or _DEFAULT_VERSION,
        "tags": _with_prepaid(_tags(listing.tags), policies),
        "policies": policies,
        "connect": [_connection_sent(listing)],
    }
    return Payload(listing.slug.strip(), fields)


def changes(wanted: Payload) -> dict[str, Any]:
    """Return what a PATCH carries: whole values, never null, which the hub takes for "leave it"."""
    return {name: value for name, value in wanted.fields.items() if name not in IMMUTABLE}


def remote(record: Any, root: str, username: str) -> RemoteListing:
    """Return a record of the owner's as a listing read back.

    Raises MarketplaceUnavailable when the record is not one.
    """
    if not is_record(record):
        raise MarketplaceUnavailable("The hub answered with something that is not a listing.")
    fields: dict[str, Any] = {name: record.get(name) or "" for name in _PLAIN}
    fields["tags"] = list(record.get("tags") or [])
    fields["policies"] = [_policy_read(policy) for policy in record.get("policies") or []]
    connections = [_shape(connection, _CONNECTION) for connection in record.get("connect") or []]
    if not any(_address(connection).startswith(TUNNEL) for connection in connections):
        fields["connect"] = [_connection_read(connection) for connection in connections]
    return RemoteListing(
        remote_id=str(record["id"]),
        slug=record["slug"],
        fields=fields,
        url=f"{root}/{username}/{record['slug']}",
        active=record.get("is_active"),
        installation_id=installation(record),
    )


def is_record(record: Any) -> bool:
    """Tell whether this has the shape of an endpoint's record at all."""
    return (
        isinstance(record, dict)
        and isinstance(record.get("id"), int)
        and isinstance(record.get("slug"), str)
        and all(isinstance(record.get(name) or [], list) for name in ("tags", "policies", "connect"))
        and all(isinstance(part, dict) for name in ("policies", "connect") for part in record.get(name) or [])
    )


def installation(record: Record) -> str | None:
    """Return the id of the space that made the listing, None where it does not say."""
    for connection in record.get("connect") or []:
        marks = (connection.get("config") or {}).get("publicist")
        made_by = marks.get("installation") if isinstance(marks, dict) else None
        if isinstance(made_by, str):
            return made_by
    return None


def _tags(tags: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(tag for tag in (tag.strip().lower() for tag in tags) if tag))


def _with_prepaid(tags: list[str], policies: list[dict[str, Any]]) -> list[str]:
    if _PREPAID in tags or len(tags) >= _MOST_TAGS or not any(_is_prepaid(policy) for policy in policies):
        return tags
    return [*tags, _PREPAID]


def _is_prepaid(part: Any) -> bool:
    """Look for a ``xendit`` policy, also one that another policy wraps: newer hubs look inside too."""
    if isinstance(part, list):
        return any(_is_prepaid(item) for item in part)
    if not isinstance(part, dict):
        return False
    return str(part.get("type")).lower() == "xendit" or any(_is_prepaid(item) for item in part.values())


def _policy_sent(policy: PolicySummary) -> dict[str, Any]:
    named = {key.strip(): value for key, value in policy.config.items()}
    config = {key: value for key, value in named.items() if key not in {"applied_to", _HUB_ADDS}}
    sent = {
        "type": policy.type.strip(),
        "description": policy.description.strip(),
        "config": _settled(config),
    }
    return {**_POLICY, **sent}


def _policy_read(policy: Record) -> dict[str, Any]:
    read = _shape(policy, _POLICY)
    return {**read, "config": {key: value for key, value in read["config"].items() if key != _HUB_ADDS}}


def _connection_sent(listing: Listing) -> dict[str, Any]:
    marks = {
        "installation": listing.installation_id,
        "response_type": listing.response_type,
        "language": listing.language,
        "category": listing.category,
    }
    config = {"url": path(listing.public_url).rstrip("/"), "publicist": marks}
    return {**_CONNECTION, "type": "http", "config": config}


def _connection_read(connection: Record) -> dict[str, Any]:
    config = connection["config"]
    if "url" not in config:
        return dict(connection)
    return {**connection, "config": {**config, "url": path(_address(connection))}}


def _address(connection: Record) -> str:
    return str(connection["config"].get("url") or "")


def _shape(part: Record, default: Record) -> dict[str, Any]:
    """Return the keys of ``default``, from ``part`` where it has them."""
    shaped = {key: value if part.get(key) is None else part[key] for key, value in default.items()}
    return {**shaped, "config": _settled(shaped["config"] if isinstance(shaped["config"], dict) else {})}


def _settled(value: Any) -> Any:
    """Return a JSON value as it comes back from the hub: lists, text keys, whole numbers as integers."""
    if isinstance(value, Mapping):
        return {str(key): _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
