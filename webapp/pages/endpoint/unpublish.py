"""``/endpoints/<slug>/unpublish`` and ``/republish``: confirmed before anything is withdrawn."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.syncing.republisher import NOT_TRIED
from ..page import Here, render
from .area import chosen, pages, targets
from .head import EndpointHead, head
from .places import Place, places
from .publish import WAIT
from .results import to_results

CONSEQUENCES = (
    "Remove the endpoint from search results",
    "Stop accepting new queries through the marketplace",
    "Invalidate existing satellite tokens for this endpoint",
    "Preserve your local endpoint configuration",
)
"""The publishing guide's four."""

_NONE = "Choose at least one marketplace."


@pages.show("/endpoints/<slug>/unpublish", scope="publish")
def show_unpublish(here: Here, slug: str) -> AnyResponse:
    """Show what unpublishing breaks, and ask where."""
    return _unpublish_page(here, head(here, slug))


@pages.act("/endpoints/<slug>/unpublish")
def unpublish(here: Here, slug: str) -> AnyResponse:
    """Withdraw the listings from the chosen marketplaces."""
    ids = chosen(here)
    if not ids:
        return _unpublish_page(here, head(here, slug), _NONE, 422)
    with here.room.seat() as seated:
        here.services.publisher.unpublish(slug, targets(ids, WAIT if seated else 0))
    return to_results(slug, "unpublish", ids, [])


@pages.show("/endpoints/<slug>/republish", scope="publish")
def show_republish(here: Here, slug: str) -> AnyResponse:
    """Show what waits for a republish, and ask where."""
    return _republish_page(here, head(here, slug))


@pages.act("/endpoints/<slug>/republish")
def republish(here: Here, slug: str) -> AnyResponse:
    """List the endpoint anew on the chosen marketplaces."""
    ids = chosen(here)
    if not ids:
        return _republish_page(here, head(here, slug), _NONE, 422)
    return republished(here, slug, ids)


def republished(here: Here, slug: str, ids: list[str]) -> AnyResponse:
    """List the endpoint anew on these marketplaces, and send the visitor to the results."""
    with here.room.seat() as seated:
        results = here.services.republisher.republish(slug, targets(ids, WAIT if seated else 0))
    return to_results(slug, "republish", ids, [one for one in results if one.message == NOT_TRIED])


def ticked(here: Here, offered: list[Place]) -> set[str]:
    """Return whose boxes are ticked: those that were chosen, or all that are offered."""
    ids = chosen(here)
    return set(ids) if ids or request.method == "POST" else {one.id for one in offered}


def _unpublish_page(here: Here, top: EndpointHead, error: str = "", status: int = 200) -> AnyResponse:
    offered = [one for one in places(top) if one.can_unpublish]
    values = {"places": offered, "ticked": ticked(here, offered), "error": error, "consequences": CONSEQUENCES}
    return render("endpoint/unpublish.html", here, status, endpoint=top, tab="overview", **values)


def _republish_page(here: Here, top: EndpointHead, error: str = "", status: int = 200) -> AnyResponse:
    offered = [one for one in places(top) if one.changed]
    rows = [row for _, row in top.places if row is not None and row.status == "published"]
    new_slug = any(row.remote_slug != top.slug for row in rows)
    values = {"places": offered, "ticked": ticked(here, offered), "error": error, "new_slug": new_slug}
    return render("endpoint/republish.html", here, status, endpoint=top, tab="overview", **values)
