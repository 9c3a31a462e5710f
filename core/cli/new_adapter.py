"""``publicist new-adapter``: a package to begin an adapter with."""

from pathlib import Path

import click

from .options import json_option
from .output import emit, say


@click.command("new-adapter")
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the package is written; a new folder of its name here if it is left out.",
)
@json_option
def new_adapter(name: str, folder: Path | None, as_json: bool) -> None:
    """Write a ready package for a new kind of marketplace: adapter, counterpart and tests. Nothing is overwritten."""
    from ..new_adapter.scaffold import write_adapter

    folder = folder or Path(name)
    written = write_adapter(name, folder)
    if as_json:
        emit({"name": name, "dir": str(folder), "files": [str(path) for path in written]})
        return
    for path in written:
        say(str(path))
    say(f"\nGo on with: cd {folder} && pip install -e '.[test]' && pytest")
