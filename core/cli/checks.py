"""``publicist availability``, ``publicist preflight`` and ``publicist status``: look before and after."""

from collections.abc import Sequence

import click

from .findings import blocked_code, preflight_json, show_findings
from .opening import open_space
from .options import json_option, to_option
from .output import emit, emit_list, note, say, table
from .standing import all_standing, standing
from .status_view import show_health, show_matrix, show_publications
from .targets import named

WORDS = {True: "free", False: "taken", None: "cannot tell"}


@click.command()
@click.argument("slug")
@json_option
def availability(slug: str, as_json: bool) -> None:
    """Ask every marketplace whether a slug is free."""
    with open_space() as services:
        local, answers = services.publisher.availability(slug)
    if as_json:
        places = [
            {
                "marketplace_id": item.id,
                "marketplace_name": item.name,
                "available": answer.available,
                "reason": answer.reason,
            }
            for item, answer in answers
        ]
        emit({"slug": slug, "local_available": local, "marketplaces": places})
        return
    say(f"In this space {slug} can be used." if local else f"In this space {slug} is taken until its deletion is done.")
    table(["Marketplace", "Slug", "Why"], [[item.name, WORDS[said.available], said.reason] for item, said in answers])


@click.command()
@click.argument("slug")
@to_option
@json_option
@click.pass_context
def preflight(ctx: click.Context, slug: str, to: Sequence[str], as_json: bool) -> None:
    """Tell what stands in the way of publishing.

    Advice comes with it. Nothing is written; the exit code is that of publishing: 1 when something blocks
    everywhere, 3 when it blocks on some marketplaces.
    """
    with open_space() as services:
        places = named(services, to) or [item for item in services.marketplaces.all() if item.status != "disabled"]
        findings = services.publisher.preflight(slug, [item.id for item in places])
    names = {item.id: item.name for item in places}
    if as_json:
        emit(preflight_json(slug, findings, names))
    else:
        show_findings(findings, names)
    ctx.exit(blocked_code(findings, list(names)))


@click.command()
@click.argument("slug", required=False)
@json_option
def status(slug: str | None, as_json: bool) -> None:
    """Show how endpoints do, and where they stand on marketplaces.

    All endpoints as a matrix, or one endpoint in detail.
    """
    with open_space() as services:
        found = [standing(services, slug)] if slug else all_standing(services)
    if slug and as_json:
        emit(found[0])
    elif as_json:
        emit_list(found)
    elif slug:
        show_health(found[0]["health"])
        show_publications(found[0]["publications"])
    elif not found:
        note("There are no endpoints yet. Add one with: publicist endpoint add --name NAME")
    else:
        show_matrix(found)
