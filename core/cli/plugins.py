"""``publicist plugins``: what is loaded, what is broken, and what is disabled."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from ..errors import ConfigurationError
from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table

if TYPE_CHECKING:
    from ..manager import PluginInfo
    from ..plugin_switch import Offer


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """Plugins: shown, disabled and enabled. Without a further word they are shown."""
    if ctx.invoked_subcommand is None:
        _show(as_json=as_json)


@plugins.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the plugins, broken ones with their traceback. No space is needed for that."""
    _show(as_json=as_json)


@plugins.command()
@click.argument("name")
@json_option
def disable(name: str, as_json: bool) -> None:
    """Have no hook of a plugin called any more, from now on and after a restart."""
    with open_space() as services:
        offer = services.plugin_switch.disable(name)
    _tell(offer, "Disabled", as_json=as_json)
    if not as_json and offer.marketplaces:
        note(f"These marketplaces stop meanwhile: {', '.join(item.name for item in offer.marketplaces)}.")


@plugins.command()
@click.argument("name")
@json_option
def enable(name: str, as_json: bool) -> None:
    """Have a plugin called again."""
    with open_space() as services:
        offer = services.plugin_switch.enable(name)
    _tell(offer, "Enabled", as_json=as_json)
    for item in offer.marketplaces if not as_json else ():
        note(f"To take {item.name} up at once: publicist marketplace test {item.name!r}")


def _tell(offer: "Offer", what: str, *, as_json: bool) -> None:
    if as_json:
        emit({**asdict(offer.info), "marketplaces": [item.name for item in offer.marketplaces]})
    else:
        say(f"{what} {offer.info.name}.")


def _show(*, as_json: bool) -> None:
    from ..redact import redact

    infos = [replace(info, traceback=redact(info.traceback)) for info in _infos()]
    if as_json:
        emit_list([asdict(info) for info in infos])
        return
    table(
        ["Name", "Version", "State", "From", "Kinds"],
        [[info.name, info.version, info.state, info.source, ", ".join(info.kinds)] for info in infos],
    )
    for info in infos:
        if info.traceback:
            say(f"\n{info.name} is broken:\n{info.traceback}")


def _infos() -> "Sequence[PluginInfo]":
    """Return the plugins as this space has them; where there is no space, as they load."""
    from ..manager import build_manager
    from ..settings import load_settings

    try:
        with open_space() as services:
            return [offer.info for offer in services.plugin_switch.offers()]
    except ConfigurationError:
        return build_manager(load_settings()).infos
