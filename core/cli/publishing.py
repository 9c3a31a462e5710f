"""``publicist publish`` and ``publicist unpublish``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .asking import confirm
from .findings import blocked_code, preview_json, show_findings
from .opening import open_space
from .options import json_option, to_option, wait_option, yes_option
from .output import emit, note, say
from .progress import with_progress
from .results import exit_code, show_results
from .targets import chosen, named

if TYPE_CHECKING:
    from ..records import Marketplace, Result
    from ..schemas import Targets
    from ..services import Services

CONSEQUENCES = """Unpublishing {slug} from {places} will:
  - remove it from search results
  - stop new queries through there
  - invalidate existing satellite tokens for this endpoint
  - keep the endpoint and its configuration here
Existing integrations break at once: tell the people who use it first."""


@click.command()
@click.argument("slug")
@to_option
@click.option("--all", "everywhere", is_flag=True, help="Every marketplace that is not disabled.")
@click.option("--dry-run", is_flag=True, help="Show what stands in the way and what would be sent; write nothing.")
@click.option("--force", is_flag=True, help="Publish although the dataset or model does not answer.")
@wait_option
@json_option
@click.pass_context
def publish(
    ctx: click.Context,
    slug: str,
    to: Sequence[str],
    everywhere: bool,
    dry_run: bool,
    force: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Publish an endpoint on marketplaces.

    Where there is only one marketplace, it need not be named.
    """
    from ..schemas import Targets

    with open_space() as services:
        services.endpoints.get(slug)
        places = chosen(services, to, everywhere=everywhere)
        ids = tuple(item.id for item in places)
        targets = Targets(everywhere=False, marketplace_ids=ids, wait=wait, dry_run=dry_run, force=force)
        if dry_run:
            ctx.exit(_preview(services, slug, targets, places, as_json))
        services.worker.recover()
        results = with_progress(services, slug, places, lambda: services.publisher.publish(slug, targets))
        _show(services, slug, results, as_json)
    ctx.exit(exit_code(results))


@click.command()
@click.argument("slug")
@to_option
@yes_option
@wait_option
@json_option
@click.pass_context
def unpublish(ctx: click.Context, slug: str, to: Sequence[str], yes: bool, wait: float, as_json: bool) -> None:
    """Withdraw an endpoint's listings.

    Everywhere, or where --to says.
    """
    from ..schemas import Targets

    with open_space() as services:
        listed = _listed(services, slug)
        places = named(services, to) if to else listed
        if places and not yes:
            note(CONSEQUENCES.format(slug=slug, places=", ".join(item.name for item in places)))
        if places:
            confirm("Unpublish?", yes=yes)
        ids = tuple(item.id for item in places) if to else ()
        targets = Targets(everywhere=not to, marketplace_ids=ids, wait=wait)
        services.worker.recover()
        results = with_progress(services, slug, places, lambda: services.publisher.unpublish(slug, targets))
        _show(services, slug, results, as_json)
        if not results and not as_json:
            say(f"{slug} is not published anywhere.")
    ctx.exit(exit_code(results))


@click.command()
@click.argument("slug")
@to_option
@wait_option
@json_option
@click.pass_context
def republish(ctx: click.Context, slug: str, to: Sequence[str], wait: float, as_json: bool) -> None:
    """List an endpoint anew where its slug, sides or response type have changed.

    Everywhere, or where --to says; a new slug must be free there.
    """
    from ..schemas import Targets

    with open_space() as services:
        services.endpoints.get(slug)
        places = named(services, to)
        targets = Targets(everywhere=not to, marketplace_ids=tuple(item.id for item in places), wait=wait)
        services.worker.recover()
        shown = places or services.marketplaces.all()
        results = with_progress(services, slug, shown, lambda: services.republisher.republish(slug, targets))
        _show(services, slug, results, as_json)
        if not results and not as_json:
            say(f"{slug} needs to be republished nowhere.")
    ctx.exit(exit_code(results))


def _preview(
    services: "Services", slug: str, targets: "Targets", places: Sequence["Marketplace"], as_json: bool
) -> int:
    preview = services.publisher.preview(slug, targets)
    names = {item.id: item.name for item in places}
    if as_json:
        emit(preview_json(slug, preview, names))
    else:
        show_findings(preview.findings, names)
        for place, payload in preview.payloads.items():
            say(f"\n{names[place]} would show:" if payload else f"\n{names[place]}: what it would show cannot be told.")
            if payload:
                emit(payload)
    return blocked_code(preview.findings, list(names))


def _listed(services: "Services", slug: str) -> list["Marketplace"]:
    """Return where the endpoint is listed, may be, or should be."""
    _, places = services.publisher.publications(slug)
    return [item for item, row in places if row and (row.wanted == "listed" or row.remote_id or row.outcome_unknown)]


def _show(services: "Services", slug: str, results: Sequence["Result"], as_json: bool) -> None:
    if as_json:
        from ..schemas import result_json

        emit({"endpoint_slug": slug, "results": [result_json(each) for each in results]})
        return
    if not results:
        return
    _, places = services.publisher.publications(slug)
    show_results(results, {item.id: row.remote_url for item, row in places if row})
    if any(each.status == "pending" for each in results):
        note("What is pending is tried again by `publicist serve` or `publicist runner`, or when you publish again.")
