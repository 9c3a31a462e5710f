"""``publicist marketplace remove``."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from . import codes
from .asking import confirm
from .opening import open_space
from .options import json_option, wait_option, yes_option
from .output import count, emit, note, say
from .progress import REFRESH_SECONDS, in_background

if TYPE_CHECKING:
    from ..records import Marketplace, Remnant
    from ..services import Services


@click.command()
@click.argument("name")
@click.option("--unpublish", is_flag=True, help="Withdraw everything that is listed there first.")
@click.option("--orphan", is_flag=True, help="Leave what is listed there behind, and name it.")
@wait_option
@yes_option
@json_option
@click.pass_context
def remove(ctx: click.Context, name: str, unpublish: bool, orphan: bool, wait: float, yes: bool, as_json: bool) -> None:
    """Forget a marketplace.

    While endpoints are listed there, say what is to become of the listings.
    """
    if unpublish and orphan:
        raise click.UsageError("--unpublish and --orphan do not go together.")
    with open_space() as services:
        found = services.marketplaces.get(name)
        confirm(_question(services, found, unpublish=unpublish, orphan=orphan), yes=yes)
        if unpublish:
            left = _with_progress(services, found, lambda: services.removal.unpublish(found.id, wait))
        elif orphan:
            left = services.removal.orphan(found.id, wait)
        else:
            left = []
            services.marketplaces.remove(found.id)
    gone = not (unpublish and left)
    _tell(found, left, gone, as_json)
    if not gone:
        ctx.exit(codes.PARTLY if any(one.row.gave_up for one in left) else codes.PENDING)


def _question(services: "Services", found: "Marketplace", *, unpublish: bool, orphan: bool) -> str:
    listed = count(len(services.removal.left(found.id)), "listing")
    if unpublish:
        return f"Withdraw {listed} from {found.name} ({found.url}), and remove it and its credentials?"
    if orphan:
        return f"Remove {found.name} ({found.url}) and its credentials, and leave {listed} behind there?"
    return f"Remove {found.name} ({found.url}) and its credentials?"


def _tell(found: "Marketplace", left: "Sequence[Remnant]", gone: bool, as_json: bool) -> None:
    if as_json:
        from ..schemas import remnant_json

        told: dict[str, Any] = {"marketplace_id": found.id, "marketplace_name": found.name}
        emit({**told, "status": "removed" if gone else "removing", "listings": [remnant_json(one) for one in left]})
        return
    if not gone:
        note(f"{count(len(left), 'listing')} of {found.name} left to withdraw; a runner goes on with it:")
    elif left:
        note(f"Left behind on {found.name}:")
    for one in left:
        note(f"  {_line(one)}")
    if gone:
        say(f"Removed {found.name}.")


def _line(one: "Remnant") -> str:
    where = ", ".join(part for part in (one.slug, one.remote_id, one.url) if part)
    doubt = " (may be there)" if one.outcome_unknown else ""
    why = f": {one.row.error.message}" if one.row.error and not doubt else ""
    return f"{where}{doubt}{why}"


def _with_progress(services: "Services", found: "Marketplace", call: "Callable[[], list[Remnant]]") -> "list[Remnant]":
    """Return what ``call`` returns, showing meanwhile on a terminal how much is withdrawn."""
    total = len(services.removal.left(found.id))
    if not sys.stderr.isatty() or not total:
        return call()
    from concurrent.futures import wait

    from rich.progress import Progress

    from .screen import Screen

    running = in_background(call)
    with Progress(console=Screen(stderr=True), transient=True) as progress:
        task = progress.add_task(f"withdrawing from {found.name}", total=total)
        while not running.done():
            progress.update(task, completed=total - len(services.removal.left(found.id)))
            wait([running], REFRESH_SECONDS)
    return running.result()
