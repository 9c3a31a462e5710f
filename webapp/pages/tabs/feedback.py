"""``/endpoints/<slug>/feedback``: what people say of an endpoint, and what was found of the errors they report."""

from collections.abc import Mapping

from werkzeug.wrappers import Response as AnyResponse

from ....core.paging import page_count
from ....core.records import FeedbackSummary
from ...charts import share_of
from ..endpoint.head import head
from ..page import Here, render
from .area import PER_PAGE, Row, chosen, page_number, pages

KINDS: Mapping[str, str] = {
    "rating": "Ratings",
    "error_report": "Error reports",
    "feature_request": "Feature requests",
    "comment": "Comments",
}
ONE: Mapping[str, str] = {
    "rating": "Rating",
    "error_report": "Error report",
    "feature_request": "Feature request",
    "comment": "Comment",
}


@pages.show("/endpoints/<slug>/feedback")
def feedback(here: Here, slug: str) -> AnyResponse:
    """Show the feedback in numbers, and one page of it, newest first."""
    top, kind = head(here, slug), chosen("kind", KINDS, "")
    box = here.services.feedback
    found, summary = box.page(slug, page_number(), PER_PAGE, kind=kind or None), box.summary(slug)
    return render(
        "tabs/feedback.html",
        here,
        endpoint=top,
        tab="feedback",
        found=found,
        summary=summary,
        stars=star_rows(summary),
        ratings=sum(summary.ratings.values()),
        total=sum(summary.kinds.values()),
        kind=kind,
        kinds=KINDS,
        one=ONE,
        names={item.id: item.name for item, _ in top.places},
        pages=page_count(found.total, PER_PAGE),
    )


def star_rows(summary: FeedbackSummary) -> list[Row]:
    """Return how often how many stars were given, the most stars first."""
    most = max(summary.ratings.values(), default=0)
    return [
        Row(f"{stars} {'star' if stars == 1 else 'stars'}", share_of(number, most), f"{number:,}")
        for stars in range(5, 0, -1)
        for number in [summary.ratings.get(stars, 0)]
    ]
