"""``publicist marketplace unowned``, ``adopt`` and ``ignore``: listings that this space did not make."""

import click

from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table


@click.command()
@click.argument("name")
@json_option
def unowned(name: str, as_json: bool) -> None:
    """List what is on our account there that this space did not make."""
    from ..schemas import unowned_json

    with open_space() as services:
        found = services.adoption.unowned(name)
    if as_json:
        emit_list([unowned_json(item) for item in found])
    elif not found:
        note("Everything there was made by this space.")
    else:
        table(
            ["Slug", "Id", "Name", "Made by", "Ignored"],
            [
                [item.slug, item.remote_id, item.name, item.installation_id or "", "yes" if item.ignored else "no"]
                for item in found
            ],
        )


@click.command()
@click.argument("name")
@click.argument("slug")
@click.argument("remote_id")
@click.option("--endpoint", "endpoint_slug", metavar="SLUG", help="The endpoint it is to follow; a draft if left out.")
@json_option
def adopt(name: str, slug: str, remote_id: str, endpoint_slug: str | None, as_json: bool) -> None:
    """Take up a listing that is there already.

    It follows the endpoint from now on, and shows what that says. Without one, a draft is made from what it shows.
    """
    from ..schemas import endpoint_json

    with open_space() as services:
        services.worker.recover()
        endpoint = services.adoption.adopt(name, slug, remote_id, endpoint_slug)
        shown = endpoint_json(endpoint, services.plugins.backend_kinds)
    if as_json:
        emit(shown)
        return
    say(f"The listing {slug} follows {endpoint.slug} now.")
    if not endpoint.published:
        note(f"{endpoint.slug} is a draft: add its dataset or model, and set `--published`, to keep the listing up.")


@click.command()
@click.argument("name")
@click.argument("slug")
@click.argument("remote_id")
def ignore(name: str, slug: str, remote_id: str) -> None:
    """Mention a listing no more."""
    with open_space() as services:
        services.adoption.ignore(name, slug, remote_id)
    say(f"{slug} is not mentioned any more.")
