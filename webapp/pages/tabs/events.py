"""``/endpoints/<slug>/activity``: what was done to an endpoint and its publications, by whom, and how it ended."""

from collections.abc import Mapping
from typing import cast

from werkzeug.wrappers import Response as AnyResponse

from ....core.paging import page_count
from ....core.records import EventOutcome
from ..endpoint.head import head
from ..page import Here, render
from .area import PER_PAGE, chosen, page_number, pages

OUTCOMES: Mapping[str, str] = {"done": "Done", "asked": "Asked for", "failed": "Failed", "unknown": "Unknown"}
MARKS: Mapping[str, str] = {"done": "published", "asked": "pending", "failed": "failed", "unknown": "absent"}
ACTORS: Mapping[str, str] = {"token": "API token", "cli": "command line", "user": "user", "runner": "runner"}


@pages.show("/endpoints/<slug>/activity")
def events(here: Here, slug: str) -> AnyResponse:
    """Show one page of the endpoint's events, newest first."""
    top, outcome = head(here, slug), chosen("outcome", OUTCOMES, "")
    asked = cast(EventOutcome, outcome) if outcome else None
    found = here.services.trail.page(page_number(), PER_PAGE, endpoint=slug, outcome=asked)
    return render(
        "tabs/events.html",
        here,
        endpoint=top,
        tab="activity",
        found=found,
        outcome=outcome,
        outcomes=OUTCOMES,
        marks=MARKS,
        actors=ACTORS,
        pages=page_count(found.total, PER_PAGE),
    )
