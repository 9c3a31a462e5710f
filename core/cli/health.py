"""``publicist health``: how an endpoint does, and how it did."""

import click

from .health_view import show
from .opening import open_space
from .options import json_option
from .output import emit

MOST_HOURS, MOST_DAYS = 336, 400


@click.command()
@click.argument("slug")
@click.option(
    "--hours",
    type=click.IntRange(1, MOST_HOURS),
    metavar="N",
    help="The last hours, by the hour; 24 if nothing is asked for.",
)
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), metavar="N", help="The last days, by the day, today included."
)
@json_option
def health(slug: str, hours: int | None, days: int | None, as_json: bool) -> None:
    """Show how an endpoint does, and how it did."""
    if hours and days:
        raise click.UsageError("Choose one of --hours and --days.")
    with open_space() as services:
        report = services.health_reports.report(slug, hours, days)
    from ..schemas import health_json

    told = health_json(report)
    if as_json:
        emit(told)
    else:
        show(told)
