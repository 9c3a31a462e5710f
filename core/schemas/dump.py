"""From records to the JSON of the API: no secret leaves here. Times are ISO 8601 in UTC."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..publishing.listing import needs_republish
from ..records import (
    AddressCheck,
    ApiToken,
    Backend,
    BackendKind,
    Endpoint,
    Marketplace,
    NetworkView,
    Publication,
    Remnant,
    Result,
    Standing,
)
from ..space.network import has_public_address
from .settings import masked


def endpoint_json(endpoint: Endpoint, kinds: Mapping[str, BackendKind]) -> dict[str, Any]:
    """Return the endpoint as its owner sees it.

    ``kinds`` are the backend kinds there are; settings that they declare secret show as ``***``, and so do
    all settings of a kind that is not there any more.
    """
    return {
        "id": endpoint.id,
        "slug": endpoint.slug,
        "name": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "tags": list(endpoint.tags),
        "version": endpoint.version,
        "visibility": endpoint.visibility,
        "response_type": endpoint.response_type,
        "published": endpoint.published,
        "dataset": _backend_json(endpoint.dataset, kinds),
        "model": _backend_json(endpoint.model, kinds),
        "policies": [
            {"name": policy.name, "type": policy.type, "config": dict(policy.config)} for policy in endpoint.policies
        ],
        "category": endpoint.category,
        "language": endpoint.language,
        "created_at": _time(endpoint.created_at),
        "updated_at": _time(endpoint.updated_at),
    }


def publication_json(publication: Publication | None, marketplace: Marketplace, endpoint: Endpoint) -> dict[str, Any]:
    """Return where an endpoint stands on a marketplace; None stands for one on which it never was."""
    head = {"marketplace_id": marketplace.id, "marketplace_name": marketplace.name}
    if publication is None:
        return {**head, **_NEVER}
    changed = needs_republish(endpoint, publication.listed_as) if publication.status == "published" else ()
    error = publication.error
    return {
        **head,
        "status": publication.status,
        "message": publication.message,
        "error": error and {"cause": error.cause, "message": error.message, "remedy": error.remedy},
        "wanted": publication.wanted,
        "sync": sync_state(publication, changed),
        "active": publication.active,
        "needs_republish": bool(changed),
        "changed": list(changed),
        "drift": dict(publication.drift),
        "outcome_unknown": publication.outcome_unknown,
        "remote_url": publication.remote_url,
        "published_at": _time(publication.published_at),
        "verified_at": _time(publication.verified_at),
        "attempts": publication.attempts,
        "due_at": _time(publication.due_at),
    }


def sync_state(publication: Publication, changed: tuple[str, ...]) -> str:
    """Return how the listing stands to what is wanted.

    ``failed``, an attempt was the last until a person or an edit; ``pending``, one is due or under way;
    ``drifted``, what is wanted and what is there differ and nothing is under way;
    ``needs_republish``, fields in ``changed`` wait for a person; else ``in_sync``.
    """
    if publication.gave_up or publication.status == "failed":
        return "failed"
    if publication.due_at is not None or publication.lease is not None or publication.status == "pending":
        return "pending"
    if publication.drift or (publication.wanted == "listed") != (publication.status == "published"):
        return "drifted"
    return "needs_republish" if changed else "in_sync"


def result_json(result: Result) -> dict[str, Any]:
    """Return what came of a request on one marketplace, as in the publishing guide; more stands beside it."""
    error = result.error
    return {
        "marketplace_id": result.marketplace.id,
        "marketplace_name": result.marketplace.name,
        "success": result.success,
        "message": result.message,
        "error": error and error.message,
        "status": result.status,
        "cause": error and error.cause,
        "remedy": error and error.remedy,
    }


def marketplace_json(marketplace: Marketplace, endpoint_count: int, standing: Standing) -> dict[str, Any]:
    """Return the connection without its credentials (only which of them are stored), and how calls to it stand."""
    return {
        "id": marketplace.id,
        "kind": marketplace.kind,
        "name": marketplace.name,
        "url": marketplace.url,
        "status": marketplace.status,
        "status_cause": marketplace.status_cause,
        "status_reason": marketplace.status_reason,
        "status_since": _time(marketplace.status_since),
        "endpoint_count": endpoint_count,
        "account": marketplace.account,
        "sync_policy": marketplace.sync_policy,
        "settings": dict(marketplace.settings),
        "credentials": sorted(marketplace.credentials),
        "created_at": _time(marketplace.created_at),
        "removing": marketplace.removing,
        **_standing_json(standing),
    }


def remnant_json(left: Remnant) -> dict[str, Any]:
    """Return what is left of an endpoint on a marketplace that is being removed."""
    error = left.row.error
    return {
        "endpoint_slug": left.endpoint_slug,
        "slug": left.slug,
        "remote_id": left.remote_id,
        "url": left.url,
        "outcome_unknown": left.outcome_unknown,
        "error": error and {"cause": error.cause, "message": error.message, "remedy": error.remedy},
    }


def token_json(token: ApiToken) -> dict[str, Any]:
    """Return what may be shown of an API token after it was made."""
    return {
        "id": token.id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": list(token.scopes),
        "created_at": _time(token.created_at),
        "expires_at": _time(token.expires_at),
        "last_used_at": _time(token.last_used_at),
        "revoked_at": _time(token.revoked_at),
    }


def network_json(view: NetworkView) -> dict[str, Any]:
    """Return the network settings; of the developer token only whether there is one, and whether it is accepted."""
    space, connection = view.space, view.connection
    return {
        "name": space.name,
        "installation_id": space.installation_id,
        "deployment": space.deployment,
        "deployment_source": view.deployment_source,
        "deployment_reason": view.deployment_reason,
        "public_url": space.public_url,
        "proposed_public_url": view.proposed_public_url,
        "has_public_address": has_public_address(space),
        "developer_token_set": space.developer_token is not None,
        "token_needed": view.token.needed,
        "token_reason": view.token.reason,
        "connection": {
            "status": connection.status,
            "reason": connection.reason,
            "checked_at": _time(connection.checked_at),
            "tunnel_domain": connection.tunnel_domain,
        },
    }


def address_check_json(check: AddressCheck) -> dict[str, Any]:
    """Return what answers at the public URL."""
    return {
        "public_url": check.public_url,
        "status": check.status,
        "message": check.message,
        "remedy": check.remedy,
        "checked_at": _time(check.checked_at),
    }


_NEVER: Mapping[str, Any] = {
    "status": "not_published",
    "message": "",
    "error": None,
    "wanted": "absent",
    "sync": "in_sync",
    "active": None,
    "needs_republish": False,
    "changed": [],
    "drift": {},
    "outcome_unknown": False,
    "remote_url": "",
    "published_at": None,
    "verified_at": None,
    "attempts": 0,
    "due_at": None,
}


def _standing_json(standing: Standing) -> dict[str, Any]:
    pacing = standing.pacing
    return {
        "breaker": {
            "state": pacing.breaker,
            "open_since": _time(pacing.open_since),
            "next_try": _time(pacing.next_try),
            "failures": pacing.failures,
        },
        "blocked_until": _time(standing.blocked_until),
        "rate": standing.pace.rate,
        "concurrency": standing.pace.concurrency,
    }


def _backend_json(backend: Backend | None, kinds: Mapping[str, BackendKind]) -> dict[str, Any] | None:
    if backend is None:
        return None
    kind = kinds.get(backend.kind)
    settings = masked(backend.settings, kind.settings if kind else None)
    return {"kind": backend.kind, "name": backend.name, "settings": settings}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
