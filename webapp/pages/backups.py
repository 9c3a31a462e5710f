"""``/settings/backups``: the copies of the database that there are, one more, and how to go back to one."""

from flask import send_file
from werkzeug.wrappers import Response as AnyResponse

from .page import Here, Pages, go, render, say

WORDS = {"nightly": "made at night", "asked": "asked for", "upgrade": "made before an update of publicist"}

pages = Pages("backup_list")


@pages.show("/settings/backups", "admin")
def all_backups(here: Here) -> AnyResponse:
    """Show the backups, the newest first."""
    services = here.services
    return render(
        "backups/list.html",
        here,
        files=services.backups.all(),
        words=WORDS,
        settings=services.settings,
        folder=services.backups.folder.absolute(),
        possible=services.store.dialect == "sqlite",
        own_key=not services.settings.secret_key.reveal(),
    )


@pages.act("/settings/backups", "admin")
def make(here: Here) -> AnyResponse:
    """Make one now."""
    made = here.services.backups.make()
    say(f"Made {made.name}.")
    return go("backup_list.all_backups")


@pages.show("/settings/backups/<name>", "admin")
def download(here: Here, name: str) -> AnyResponse:
    """Send one to an owner, as a file."""
    path = here.services.backups.path(name).absolute()
    return send_file(path, "application/vnd.sqlite3", as_attachment=True, download_name=name)
