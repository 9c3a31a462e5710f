"""How endpoints stand: their health with its age, and their listings. The same for ``status`` and ``watch``."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..records import Health
    from ..services import Services


def standing(services: "Services", slug: str) -> dict[str, Any]:
    """Return how one endpoint stands, as JSON values. Raises NotFound."""
    from ..schemas import publication_json

    endpoint, places = services.publisher.publications(slug)
    return {
        "endpoint_slug": slug,
        "health": health_values(services.health_book.now(endpoint.id), services.clock()),
        "publications": [publication_json(row, item, endpoint) for item, row in places],
    }


def all_standing(services: "Services") -> list[dict[str, Any]]:
    """Return how every endpoint stands, by slug; a few reads for all of them."""
    from ..health.states import as_known
    from ..records import Health
    from ..schemas import publication_json

    now, book, places = services.clock(), services.health_book.all(), services.marketplaces.all()
    with services.store.session():
        endpoints = services.store.endpoints.all()
        held = services.store.publications.of_endpoints([endpoint.id for endpoint in endpoints])
    rows, longest = {(row.endpoint_id, row.marketplace_id): row for row in held}, services.health_book.trusted
    return [
        {
            "endpoint_slug": one.slug,
            "health": health_values(as_known(book.get(one.id) or Health(one.id), now, longest), now),
            "publications": [publication_json(rows.get((one.id, item.id)), item, one) for item in places],
        }
        for one in endpoints
    ]


def health_values(health: "Health", now: datetime) -> dict[str, Any]:
    """Return an endpoint's state, since when it is in it, and how old (in seconds) the last look at it is."""
    return {
        "state": health.state,
        "since": health.since and health.since.isoformat(),
        "checked_at": health.checked_at and health.checked_at.isoformat(),
        "age_seconds": max(0, round((now - health.checked_at).total_seconds())) if health.checked_at else None,
        "latency_ms": health.latency_ms,
        "message": health.message,
    }
