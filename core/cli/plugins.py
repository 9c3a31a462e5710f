"""``publicist plugins``: what is loaded, what is broken or fails, and what to do about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..errors import ConfigurationError, NotFound
from . import codes
from .opening import open_space
from .options import json_option
from .output import emit, emit_list, facts, note, say, table

if TYPE_CHECKING:
    from ..hosting.info import PluginInfo
    from ..hosting.switch import Offer


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """Plugins: shown, examined, disabled and enabled. Without a further word they are shown."""
    if ctx.invoked_subcommand is None:
        _show(as_json=as_json)


@plugins.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the plugins, broken ones with their traceback. No space is needed for that."""
    _show(as_json=as_json)


@plugins.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show one plugin: its hooks and kinds, and how it last failed. No space is needed for that."""
    from ..hosting.info import info_json

    found = next((info for info in _infos() if info.name == name), None)
    if found is None:
        raise NotFound(f"There is no plugin {name!r}.", remedy="`publicist plugins` shows them all.")
    if as_json:
        emit(info_json(found))
        return
    _tell_one(found)


@plugins.command()
@json_option
def freeze(as_json: bool) -> None:
    """Print the installed third-party plugins as requirements, to install the same ones elsewhere with pip."""
    from ..hosting.freeze import requirements

    lines = requirements(_infos())
    if as_json:
        emit_list(lines)
        return
    for line in lines:
        click.echo(line)  # as it is: it is for pip to read


@plugins.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what is wrong with each plugin, and what to do. The exit code is 1 if something does not work."""
    from dataclasses import asdict

    with open_space() as services:
        found = services.plugin_doctor.findings()
    if as_json:
        emit_list([asdict(finding) for finding in found])
    elif found:
        rows = [[each.level, each.plugin, f"{each.message}\n→ {each.remedy}"] for each in found]
        table(["Level", "Plugin", "What and why"], rows)
    else:
        say("Nothing is wrong with any plugin.")
    if any(finding.level == "fail" for finding in found):
        ctx.exit(codes.ERROR)


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
    if not as_json and offer.info.state == "broken":
        note("It is not loaded yet: start publicist again.")
    for item in offer.marketplaces if not as_json else ():
        note(f"To take {item.name} up at once: publicist marketplace test {item.name!r}")


def _tell(offer: "Offer", what: str, *, as_json: bool) -> None:
    from ..hosting.info import info_json

    if as_json:
        emit({**info_json(offer.info), "marketplaces": [item.name for item in offer.marketplaces]})
    else:
        say(f"{what} {offer.info.name}.")


def _show(*, as_json: bool) -> None:
    from ..hosting.info import info_json

    infos = _infos()
    if as_json:
        emit_list([info_json(info) for info in infos])
        return
    table(
        ["Name", "Version", "From", "Hooks", "Kinds", "State", "Isolated", "Failures"],
        [
            [
                info.name,
                info.version,
                info.source,
                str(len(info.hooks)),
                ", ".join(info.kinds),
                info.state,
                "yes" if info.isolated else "no",
                str(info.failures) if info.failures else "",
            ]
            for info in infos
        ],
    )
    for info in infos:
        if info.traceback:
            say(f"\n{info.name} is broken:\n{info_json(info)['traceback']}\n→ {info.remedy}")


def _tell_one(info: "PluginInfo") -> None:
    from ..hosting.info import info_json

    told = info_json(info)
    rows = [("name", info.name), ("version", info.version), ("source", info.source), ("package", info.distribution)]
    rows += [("state", info.state), ("isolated", "yes" if info.isolated else "no")]
    rows += [("hooks", ", ".join(info.hooks)), ("left out", ", ".join(info.left_out)), ("kinds", ", ".join(info.kinds))]
    rows += [("hook version", str(info.hook_version)), ("warnings", "\n".join(info.warnings))]
    rows += [("failures", str(info.failures)), ("broken", told["traceback"]), ("remedy", info.remedy)]
    if info.last_failure is not None:
        last = told["last_failure"]
        rows += [("last failure", f"{last['at']} in {last['hook']}{' (over)' if last['over'] else ''}")]
        rows += [("what", last["message"]), ("traceback", last["traceback"])]
    facts(rows)


def _infos() -> "Sequence[PluginInfo]":
    """Return the plugins as this space has them; where there is no space, as they load."""
    from ..hosting.manager import build_manager
    from ..settings import load_settings

    try:
        with open_space() as services:
            return [offer.info for offer in services.plugin_switch.offers()]
    except ConfigurationError:
        plugins = build_manager(load_settings())
        plugins.close()
        return plugins.infos
