"""``publicist plugins``: what is loaded, and what is broken."""

from dataclasses import asdict, replace

import click

from .options import json_option
from .output import emit_list, say, table


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """Show the plugins, broken ones with their traceback."""
    from ..manager import build_manager
    from ..redact import redact
    from ..settings import load_settings

    infos = [replace(info, traceback=redact(info.traceback)) for info in build_manager(load_settings()).infos]
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
