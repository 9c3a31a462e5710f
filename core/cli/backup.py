"""``publicist backup`` and ``publicist restore``."""

from pathlib import Path

import click

from .asking import confirm
from .opening import open_space
from .options import json_option, yes_option
from .output import emit, note, say


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path | None, as_json: bool) -> None:
    """Copy the database to FILE, also while it is in use.

    Without FILE it goes to the folder backups in the data directory. The key file is not in it.
    """
    with open_space() as services:
        made = services.backups.make(file).absolute()
        key = "" if services.settings.secret_key.reveal() else " Keep the key file, secret.key, with it."
    if as_json:
        emit({"file": str(made), "bytes": made.stat().st_size})
        return
    say(f"Backed up to {made}.")
    note(f"Without the secret key its credentials cannot be read.{key}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@yes_option
@json_option
def restore(file: Path, yes: bool, as_json: bool) -> None:
    """Replace the database by a backup; the present one is kept beside it.

    Nothing else may work on the space meanwhile.
    """
    from ..services import utc_now
    from ..settings import load_settings
    from ..space.restoring import check_backup
    from ..space.restoring import restore as put_back

    settings = load_settings()
    check_backup(settings, file)
    confirm(f"Replace the database in {settings.data_dir.absolute()} by {file}?", yes=yes)
    former = put_back(settings, file, utc_now())
    with open_space() as services:
        services.backups.note_restored(file)
    if as_json:
        emit({"restored": str(file.absolute()), "former": str(former.absolute()) if former else None})
        return
    say(f"Restored {file}.")
    if former:
        note(f"The former database is {former.absolute()}.")
    note("Listings may have changed since the backup was made: a runner compares them, and publishes what differs.")
