"""Listings in the canonical form that a description gives them: made, and read back."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any

from ...core.errors import RejectedError
from ...core.records import Listing, Payload, RemoteListing
from .bounds import QueryError
from .description import Description
from .filters import settled
from .queries import Query
from .templates import fill


def render(description: Description, settings: Mapping[str, Any], listing: Listing) -> Payload:
    """Return a listing in canonical form. Raises RejectedError where the description cannot make it."""
    plain = {field.name: getattr(listing, field.name) for field in fields_of(listing)}
    policies = [
        {"name": one.name, "type": one.type, "description": one.description, "config": dict(one.config)}
        for one in listing.policies
    ]
    health_url = f"{listing.public_url}/health/{listing.slug}" if listing.public_url else ""
    shown = {**plain, "policies": policies, "tags": list(listing.tags)}
    shown |= {"query_url": listing.query_url, "health_url": health_url}
    try:
        made = fill(description.fields, {"listing": shown, "settings": settings})
    except QueryError as error:
        raise RejectedError(f"The listing cannot be made as it is described: {error}") from error
    return Payload(listing.slug, settled(made))


def remote(description: Description, item: Any, context: Mapping[str, Any]) -> RemoteListing:
    """Return a listing as it is read from an answer. Raises QueryError where it is none."""
    reading = description.reading
    seen = {"item": item, "settings": context["settings"], "space": context["space"]}
    remote_id, slug = identity(description, item, context), reading["slug"](seen)
    if not isinstance(slug, str) or not slug:
        raise QueryError("a listing has no slug")
    found = {name: query(seen) for name, query in reading["fields"].items()}
    names = {key: context[key] for key in ("settings", "space", "base_url", "account")}
    return RemoteListing(
        remote_id=remote_id,
        slug=slug,
        fields={name: settled(value) for name, value in found.items() if value is not None},
        url=str(fill(reading["url"], {**names, "item": item, "slug": slug})) if "url" in reading else "",
        active=_flag(_optional(reading.get("active"), seen)),
        installation_id=_text(_optional(reading.get("installation_id"), seen)),
    )


def identity(description: Description, item: Any, context: Mapping[str, Any]) -> str:
    """Return an item's id as a text. Raises QueryError where it has none."""
    found = description.reading["id"]({"item": item, "settings": context["settings"], "space": context["space"]})
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise QueryError("a listing has no id")
    return str(found)


def refuse_unstorable(wanted: Payload) -> None:
    """Refuse text that no database takes. Raises RejectedError with the fields."""
    bad = [name for name, value in wanted.fields.items() if not _storable(value)]
    if bad:
        message = "contains a NUL or half a character (a lone surrogate), which cannot be stored"
        raise RejectedError(f"{', '.join(bad)}: {message}.", errors={name: [message] for name in bad})


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return all(_storable(part) for pair in value.items() for part in pair)
    return all(map(_storable, value)) if isinstance(value, list | tuple) else True


def _optional(query: Query | None, seen: Mapping[str, Any]) -> Any:
    return query(seen) if query is not None else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
