"""``publicist events``: who did what."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from .opening import open_space
from .options import json_option
from .output import emit, note, table
from .words import moment

if TYPE_CHECKING:
    from ..records import Event

MOST = 10_000
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


@click.command()
@click.option("--endpoint", metavar="SLUG", help="Those of one endpoint and its publications.")
@click.option("--marketplace", metavar="NAME", help="Those of one marketplace and the publications there.")
@click.option("--action", metavar="ACTION", help="Those of one action, such as publication.failed.")
@click.option("--since", type=click.DateTime(FORMATS), metavar="TIME", help="Leave out older ones; in UTC.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, metavar="N", help="How many at most."
)
@json_option
def events(
    endpoint: str | None,
    marketplace: str | None,
    action: str | None,
    since: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show what was done and by whom, newest first."""
    with open_space() as services:
        found = services.trail.page(
            per_page=limit,
            endpoint=endpoint,
            marketplace=marketplace,
            action=action,
            since=since.replace(tzinfo=UTC) if since else None,
        )
    if as_json:
        from ..schemas import event_json

        emit({"items": [event_json(item) for item in found.items], "total": found.total})
        return
    if not found.items:
        note("There are no such events.")
        return
    table(["When", "Who", "Subject", "Action", "Outcome", "What"], [_row(item) for item in found.items])
    if found.total > limit:
        note(f"{found.total - limit} older ones are not shown; see --limit.")


def _row(item: "Event") -> list[str]:
    who = item.actor.name if item.actor.kind == item.actor.name else f"{item.actor.kind} {item.actor.name}"
    verb = item.action.partition(".")[2]
    return [moment(item.at), who, f"{item.subject.kind} {item.subject.name}", verb, item.outcome, item.what]
