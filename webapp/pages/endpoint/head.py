"""What stands above every page of an endpoint: who it is, how it does, and whether it is listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ....core.records import Endpoint, HealthState, Marketplace, Publication
from ..page import Here

HEALTH_WORDS: Mapping[HealthState, str] = {
    "healthy": "Healthy",
    "degraded": "Degraded",
    "unhealthy": "Unhealthy",
    "offline": "Offline",
    "unknown": "Health not known",
}
"""The publishing guide's words for health, and one for what nobody has looked at."""


@dataclass(frozen=True, slots=True)
class EndpointHead:
    """An endpoint as the head of its pages shows it.

    ``record`` is the endpoint itself. ``state`` chooses shape and colour, ``word`` says the same, since ``since``.
    ``places`` are all marketplaces with its publication there, None where it never was; ``listed`` counts those that
    show it, or may show it, and ``unlisted`` those on which it could be published yet.
    """

    record: Endpoint
    state: HealthState
    word: str
    since: datetime | None
    places: Sequence[tuple[Marketplace, Publication | None]]
    listed: int
    unlisted: int

    @property
    def slug(self) -> str:
        """Its slug."""
        return self.record.slug

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.name


def head(here: Here, slug: str) -> EndpointHead:
    """Return the head of an endpoint's pages. Raises NotFound."""
    endpoint, places = here.services.publisher.publications(slug)
    health = here.services.health_book.now(endpoint.id)
    listed = [item.id for item, row in places if row is not None and is_wanted(row)]
    usable = [item for item, _ in places if item.status != "disabled" and not item.removing]
    return EndpointHead(
        endpoint,
        health.state,
        HEALTH_WORDS[health.state],
        health.since,
        places,
        len(listed),
        sum(item.id not in listed for item in usable),
    )


def is_wanted(row: Publication) -> bool:
    """Tell whether the endpoint is listed there, or may be, or is to be: whether there is something to unpublish."""
    known = row.remote_id is not None or row.retiring_remote_id is not None
    return row.wanted == "listed" or known or row.outcome_unknown
