"""A listing's canonical form in `rest-v1`: what we own of it, as it is sent, compared and read back."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from ...core.errors import RejectedError
from ...core.records import Json, Listing, Payload, PolicySummary, RemoteListing
from .schemas import canonical_json

OWNED = (
    "name",
    "summary",
    "description",
    "type",
    "response_type",
    "tags",
    "version",
    "visibility",
    "policies",
    "query_url",
    "category",
    "language",
    "installation_id",
)


def render(listing: Listing) -> Payload:
    """Return the listing as a catalogue would hold it. Nothing is trimmed: nobody alters a text.

    Raises RejectedError when a policy's configuration cannot be written as JSON.
    """
    plain = {field: getattr(listing, field) for field in OWNED if field not in {"tags", "policies"}}
    policies = [_policy(index, policy) for index, policy in enumerate(listing.policies)]
    return Payload(listing.slug, {**plain, "tags": list(listing.tags), "policies": policies})


def _policy(index: int, policy: PolicySummary) -> dict[str, Json]:
    try:
        config = canonical_json(policy.config)
    except ValidationError as error:
        raise RejectedError(
            f"The configuration of the policy {policy.name!r} cannot be sent: {error}.",
            errors={f"policies.{index}.config": [str(text) for text in error.messages]},
        ) from error
    return {"name": policy.name, "type": policy.type, "description": policy.description, "config": config}


def body_of(payload: Payload) -> dict[str, Json]:
    """Return the JSON that a POST or PUT carries."""
    return {"slug": payload.slug, **payload.fields}


def remote_listing(data: Mapping[str, Any]) -> RemoteListing:
    """Return the listing that a loaded answer shows; what the catalogue hides is left out of its fields."""
    return RemoteListing(
        remote_id=data["id"],
        slug=data["slug"],
        fields={field: data[field] for field in OWNED if data.get(field) is not None},
        url=data.get("url") or "",
        active=data.get("active"),
        installation_id=data.get("installation_id") or None,
    )
