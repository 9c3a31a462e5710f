"""``publicist work``: what an executor runs elsewhere."""

import click

from .opening import open_space
from .options import json_option
from .output import count, emit, say


@click.command()
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
@click.option("--wait", default=60.0, show_default=True, type=click.FloatRange(0), help="The most seconds to work for.")
@json_option
def work(ids: tuple[str, ...], wait: float, as_json: bool) -> None:
    """Work publications by their ids until none of them is due: for executors, which are handed such ids.

    Ids that are unknown, not due, or being worked by another process are passed over.
    """
    with open_space() as services:
        services.worker.work(list(ids), wait)
        due = [row.id for row in services.worker.due() if row.id in ids]
    if as_json:
        emit({"due": due})
    else:
        say(f"{count(len(due), 'publication')} still due." if due else "Nothing of it is due any more.")
