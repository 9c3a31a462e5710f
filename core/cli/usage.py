"""``publicist usage``: how endpoints are used."""

from typing import TYPE_CHECKING, Any, TextIO

import click

from .opening import open_space
from .options import json_option
from .output import count, emit, note
from .usage_view import show

if TYPE_CHECKING:
    from ..usage.reports import UsageReports
    from ..usage.spans import UsageWish

MOST_DAYS = 400


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=30,
    show_default=True,
    metavar="N",
    help="The last days, today included.",
)
@click.option("--marketplace", metavar="NAME", help="Only what came by way of one marketplace.")
@click.option(
    "--csv",
    "target",
    type=click.File("w", encoding="utf-8"),
    metavar="FILE",
    help="Write hourly counts as CSV instead; - is stdout.",
)
@click.option("--queries", is_flag=True, help="With --csv: write the single queries that are still kept.")
@json_option
def usage(
    slug: str | None, days: int, marketplace: str | None, target: TextIO | None, queries: bool, as_json: bool
) -> None:
    """Show how an endpoint is used, or all of them."""
    _check(target, queries=queries, as_json=as_json)
    from ..usage.spans import UsageWish

    wish = UsageWish(slug, marketplace, days=days)
    with open_space() as services:
        if target is not None:
            _write(services.usage_reports, wish, target, queries=queries)
            return
        report = services.usage_reports.report(wish)
    from ..schemas import usage_json

    told = usage_json(report)
    if as_json:
        emit(told)
    else:
        show(told)


def _check(target: Any, *, queries: bool, as_json: bool) -> None:
    if queries and target is None:
        raise click.UsageError("--queries goes with --csv FILE.")
    if as_json and target is not None:
        raise click.UsageError("Choose one of --json and --csv.")


def _write(reports: "UsageReports", wish: "UsageWish", target: TextIO, *, queries: bool) -> None:
    from ..schemas import hours_csv, queries_csv

    slugs, names, written = reports.slugs(), reports.names(), 0
    lines = queries_csv(reports.queries(wish), slugs, names) if queries else hours_csv(reports.rows(wish), slugs, names)
    for line in lines:
        target.write(line)
        written += 1
    note(f"Wrote {count(written - 1, 'row')}.")
