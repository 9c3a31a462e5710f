"""``publicist init`` and ``publicist network``: this space."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict
from . import codes
from .opening import open_space
from .options import json_option
from .output import emit, facts, note, say
from .sensitive import given_secret, secret_options
from .syncing import let_follow

if TYPE_CHECKING:
    from ..services import Services

ADMIN = "admin"


@click.command()
@click.option("--new-token", is_flag=True, help="On a space that is there already: make another admin token.")
@json_option
def init(new_token: bool, as_json: bool) -> None:
    """Make a space and its first admin token.

    The token is shown once; the data directory, the key file and the database are made.
    """
    from ..schemas import load_token

    with open_space(make=True) as services:
        data_dir = str(services.settings.data_dir.absolute())
        if services.tokens.all() and not new_token:
            raise Conflict(
                f"There is a space in {data_dir} already; its tokens cannot be shown again.",
                remedy="Use it as it is, or make another admin token with `publicist init --new-token`.",
            )
        services.spaces.current()
        draft = load_token({"name": ADMIN, "scopes": [ADMIN]}, services.clock())
        _, secret = services.tokens.create(draft)
    if as_json:
        emit({"data_dir": data_dir, "token": secret.reveal()})
        return
    say(f"The space is in {data_dir}. Its admin token, which is not shown again:")
    say(f"\n  {secret.reveal()}\n")
    note("Next: publicist marketplace add, publicist endpoint add, publicist publish SLUG; or publicist serve.")


@click.group()
def network() -> None:
    """Where this space runs, and how it is reached."""


@network.command()
@json_option
def show(as_json: bool) -> None:
    """Show the network settings."""
    with open_space() as services:
        _show(services, as_json)


@network.command("set")
@click.option("--name", help="This space's name.")
@click.option("--public-url", metavar="URL", help="Where marketplaces and people reach this space; '' for none.")
@click.option(
    "--deployment", type=click.Choice(["auto", "localhost", "vm", "docker_vm", "other"]), help="Where this space runs."
)
@secret_options("developer-token", "developer token")
@click.option("--forget-developer-token", is_flag=True, help="Forget the developer token.")
@json_option
def set_(as_json: bool, forget_developer_token: bool, **options: Any) -> None:
    """Change the network settings; listings follow by themselves."""
    from ..schemas import load_network

    with open_space() as services:
        patch = load_network(_entered(options, forget=forget_developer_token))
        if not patch:
            raise click.UsageError("Say what to change, such as --public-url; see --help.")
        services.network.change(patch)
        with services.store.session():
            rows = services.store.publications.wanted_listed()
        let_follow(services, list({row.endpoint_id for row in rows}))
        _show(services, as_json)


@network.command()
@json_option
def check(as_json: bool) -> None:
    """Call the public URL from this machine, and tell whether this space answers there."""
    from ..schemas import address_check_json

    with open_space() as services:
        found = address_check_json(services.network.check_address())
    if as_json:
        emit(found)
    else:
        say(" ".join(text for text in (found["message"], found["remedy"]) if text))
    if found["status"] != "reachable":
        raise SystemExit(codes.ERROR)


def _entered(options: Mapping[str, Any], *, forget: bool) -> dict[str, Any]:
    data = {name: options[name] for name in ("name", "public_url", "deployment") if options[name] is not None}
    token = given_secret(options, "developer-token")
    if token and forget:
        raise click.UsageError("A developer token cannot be set and forgotten at once.")
    if token or forget:
        data["developer_token"] = token.reveal() if token else None
    return data


def _show(services: "Services", as_json: bool) -> None:
    from ..schemas import network_json

    shown = network_json(services.network.view())
    if as_json:
        emit(shown)
        return
    facts(
        [
            ("Name", shown["name"]),
            ("Deployment", f"{shown['deployment']} ({shown['deployment_source']})"),
            ("Public URL", shown["public_url"]),
            ("Public address", "yes" if shown["has_public_address"] else "no"),
            ("Developer token", "set" if shown["developer_token_set"] else "not set"),
            ("Token needed", f"{'yes' if shown['token_needed'] else 'no'}: {shown['token_reason']}"),
            ("Connection", f"{shown['connection']['status']}: {shown['connection']['reason']}"),
            ("Installation", shown["installation_id"]),
        ]
    )
    _advise(services, shown)


def _advise(services: "Services", shown: Mapping[str, Any]) -> None:
    note(f"Deployment {shown['deployment']}: {shown['deployment_reason']}")
    if services.settings.public_url:
        note("The public URL comes from PUBLICIST_PUBLIC_URL, which wins over the one entered here.")
    elif shown["proposed_public_url"] and not shown["public_url"]:
        note(f"This machine has a public address; to use it: network set --public-url {shown['proposed_public_url']}")
