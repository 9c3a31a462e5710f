"""Where an endpoint stands on each marketplace, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ....core.publishing.listing import needs_republish
from ....core.records import Endpoint, ErrorInfo, Marketplace, Publication
from .. import wording
from .area import is_usable
from .head import EndpointHead, is_wanted


@dataclass(frozen=True, slots=True)
class Place:
    """One marketplace, and how the endpoint stands there.

    ``state`` chooses shape and colour, ``word`` says the same in the guide's words. ``changed`` are the fields that
    wait for a republish, ``drift`` those that somebody else changed there, each with what is wanted and found.
    """

    id: str
    name: str
    state: str
    word: str
    since: datetime | None
    url: str
    told: Sequence[str]
    changed: Sequence[str]
    drift: Sequence[tuple[str, str, str]]
    cause: str
    error: ErrorInfo | None
    next_try: datetime | None
    under_way: bool
    can_publish: bool
    can_unpublish: bool
    can_retry: bool


def places(head: EndpointHead) -> list[Place]:
    """Return how the endpoint stands on every marketplace."""
    return [place(head.record, item, row) for item, row in head.places]


def place(endpoint: Endpoint, marketplace: Marketplace, row: Publication | None) -> Place:
    """Return how the endpoint stands on one marketplace."""
    there = row is not None and is_wanted(row)
    usable = is_usable(marketplace)
    is_listed = row is not None and row.status == "published"
    return Place(
        id=marketplace.id,
        name=marketplace.name,
        state=wording.state(row),
        word=wording.guide_word(row),
        since=row.published_at if row and is_listed else None,
        url=_web(row.remote_url) if row and is_listed else "",
        told=_told(marketplace, row),
        changed=[wording.named(field) for field in needs_republish(endpoint, row.listed_as)]
        if row and is_listed
        else (),
        drift=_drift(row),
        cause=wording.CAUSES.get(row.error.cause, "Failed") if row and row.error else "",
        error=row.error if row else None,
        next_try=row.due_at if row and row.error else None,
        under_way=row is not None and is_under_way(row),
        can_publish=usable and not there,
        can_unpublish=there and usable,
        can_retry=usable and row is not None and row.gave_up,
    )


def is_under_way(row: Publication) -> bool:
    """Tell whether something is still to happen by itself."""
    return row.lease is not None or row.due_at is not None


def _told(marketplace: Marketplace, row: Publication | None) -> list[str]:
    told = []
    if marketplace.removing:
        told.append("This marketplace is being removed.")
    elif marketplace.status == "disabled":
        told.append("This marketplace is disabled: nothing is sent there.")
    elif marketplace.status == "error" and not (row and row.error):
        told.append(f"The marketplace does not work: {marketplace.status_reason or 'see its page.'}")
    if row is not None and row.status == "published":
        if row.active is False:
            told.append("The marketplace has switched the listing off.")
        if row.gave_up:
            told.append("The last update failed; the listing shows what it showed before.")
        elif row.due_at is not None:
            told.append("An update is under way.")
    return told


def _drift(row: Publication | None) -> list[tuple[str, str, str]]:
    if row is None:
        return []
    pairs = [(field, both) for field, both in row.drift.items() if isinstance(both, dict)]
    return [(wording.named(field), str(both.get("wanted", "")), str(both.get("found", ""))) for field, both in pairs]


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
