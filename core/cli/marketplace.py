"""``publicist marketplace``: the marketplaces that this space publishes to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import Conflict
from . import codes
from .adoption import adopt, ignore, unowned
from .marketplace_fields import connection_options, entered, entered_patch
from .marketplace_view import held_back, show_facts
from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table
from .removing import remove
from .trying import try_

if TYPE_CHECKING:
    from ..records import Marketplace
    from ..services import Services

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_KIND = "syfthub"


@click.group()
def marketplace() -> None:
    """The marketplaces that this space publishes to."""


@marketplace.command()
@click.option("--kind", default=DEFAULT_KIND, show_default=True, help="A kind that a plugin offers.")
@connection_options
@click.option("--no-test", is_flag=True, help="Do not try the connection.")
@json_option
@click.pass_context
def add(ctx: click.Context, /, kind: str, no_test: bool, as_json: bool, **options: Any) -> None:
    """Connect to a marketplace, and try the connection.

    A marketplace whose connection fails is kept, so that it can be corrected; the exit code is then 3.
    """
    from ..schemas import load_marketplace

    with open_space() as services:
        kinds = services.plugins.marketplace_kinds
        data = entered(options, kinds.get(kind))
        draft = load_marketplace({"kind": kind, "name": kind, **data}, kinds)
        made = services.marketplaces.add(draft, test=not no_test)
        _show(services, made, "Added", as_json)
    ctx.exit(codes.PARTLY if made.status == "error" else codes.DONE)


@marketplace.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show all marketplaces, how each connection stands, and how many endpoints are listed there."""
    with open_space() as services:
        found, counts = services.marketplaces.all(), services.marketplaces.counts()
        if as_json:
            emit_list([_json(services, item) for item in found])
            return
        standings = {item.id: services.pacer.standing(item) for item in found}
    if not found:
        note("There are no marketplaces yet. Add SyftHub with: publicist marketplace add")
        return
    table(
        ["Name", "Kind", "URL", "Status", "Endpoints"],
        [[item.name, item.kind, item.url, item.status, str(counts.get(item.id, 0))] for item in found],
    )
    for item in found:
        if item.status == "error":
            note(f"{item.name}: {item.status_reason}")
        for line in held_back(standings[item.id]):
            note(f"{item.name}: {line}")


@marketplace.command()
@click.argument("name")
@json_option
@click.pass_context
def test(ctx: click.Context, name: str, as_json: bool) -> None:
    """Try a connection; the exit code is 1 when it fails."""
    with open_space() as services:
        if services.marketplaces.get(name).status == "disabled":
            raise Conflict(
                f"{name} is disabled.", remedy=f"Enable it, which tests it: publicist marketplace edit {name} --enable"
            )
        tested = services.marketplaces.test(name)
        _show(services, tested, "Tested", as_json)
    ctx.exit(codes.DONE if tested.status == "active" else codes.ERROR)


@marketplace.command()
@click.argument("name_now", metavar="NAME")
@connection_options
@click.option("--unset", multiple=True, metavar="KEY", help="Take a setting or credential away. May be repeated.")
@click.option("--enable/--disable", default=None, help="Work for it again, or stop working for it.")
@click.option("--no-test", is_flag=True, help="Do not try a changed connection.")
@json_option
@click.pass_context
def edit(
    ctx: click.Context, /, name_now: str, enable: bool | None, no_test: bool, as_json: bool, **options: Any
) -> None:
    """Change a connection, switch it off or on again."""
    with open_space() as services:
        data = entered_patch(options)
        if not data and enable is None:
            raise click.UsageError("Say what to change, such as --url or --disable; see --help.")
        edited = services.marketplaces.get(name_now)
        if data:
            edited = services.marketplaces.edit(edited.id, data, test=not no_test)
        if enable is not None:
            edited = services.marketplaces.enable(edited.id) if enable else services.marketplaces.disable(edited.id)
        _show(services, edited, "Changed", as_json)
    ctx.exit(codes.PARTLY if edited.status == "error" else codes.DONE)


@marketplace.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show one marketplace, and how the calls to it stand."""
    with open_space() as services:
        shown = services.marketplaces.get(name)
        if as_json:
            emit(_json(services, shown))
            return
        show_facts(shown, services.marketplaces.counts().get(shown.id, 0), services.pacer.standing(shown))


for command in (unowned, adopt, ignore):
    marketplace.add_command(command)


def _show(services: "Services", shown: "Marketplace", what: str, as_json: bool) -> None:
    if as_json:
        emit(_json(services, shown))
        return
    account = f", as {shown.account}" if shown.account else ""
    say(f"{what} {shown.name}: {shown.status}{account}.")
    if shown.status_reason:
        note(shown.status_reason)


def _json(services: "Services", shown: "Marketplace") -> dict[str, Any]:
    from ..schemas import marketplace_json

    count = services.marketplaces.counts().get(shown.id, 0)
    return marketplace_json(shown, count, services.pacer.standing(shown))


marketplace.add_command(remove)
marketplace.add_command(try_)
