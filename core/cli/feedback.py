"""``publicist feedback``: what people said of an endpoint."""

from typing import TYPE_CHECKING

import click

from .opening import open_space
from .options import json_option
from .output import count, emit, note, say, table
from .words import moment

if TYPE_CHECKING:
    from ..records import Feedback, FeedbackSummary

MOST = 10_000
WORDS = {"error_report": "error report", "feature_request": "feature request"}
CHOICES = ("rating", "error_report", "feature_request", "comment")


@click.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(CHOICES), help="Only this kind.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, metavar="N", help="How many at most."
)
@json_option
def feedback(slug: str, kind: str | None, limit: int, as_json: bool) -> None:
    """Show what people said of an endpoint, newest first.

    It comes from marketplaces that offer it, and from this space's own form, /feedback/SLUG.
    """
    with open_space() as services:
        found, summary = services.feedback.page(slug, per_page=limit, kind=kind), services.feedback.summary(slug)
        names = {item.id: item.name for item in services.marketplaces.all()}
    if as_json:
        from ..schemas import feedback_json, feedback_summary_json

        items = [feedback_json(item, names) for item in found.items]
        emit({"items": items, "total": found.total, "summary": feedback_summary_json(summary)})
        return
    if not found.items:
        note("There is no feedback of that kind yet." if kind else "There is no feedback yet.")
        return
    say(_told(summary))
    table(["When", "From", "Kind", "Stars", "What"], [_row(item, names) for item in found.items])
    if found.total > limit:
        note(f"{found.total - limit} older ones are not shown; see --limit.")


def _told(summary: "FeedbackSummary") -> str:
    said = [count(number, WORDS.get(kind, kind)) for kind, number in sorted(summary.kinds.items())]
    stars = f"; {summary.average:.1f} stars on average" if summary.average is not None else ""
    return ", ".join(said) + stars + "."


def _row(item: "Feedback", names: dict[str, str]) -> list[str]:
    place = names.get(item.marketplace_id, "a former marketplace") if item.marketplace_id else "the form"
    who = f"{item.author} on {place}" if item.author else place
    found = f"\n→ tried {moment(item.checked_at)}: {item.finding}" if item.checked_at else ""
    stars = str(item.rating) if item.rating else ""
    return [moment(item.at), who, WORDS.get(item.kind, item.kind), stars, f"{item.text}{found}"]
