"""``publicist maintenance``: times during which queries are told to come back later."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ..errors import InvalidInput
from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table
from .words import moment

if TYPE_CHECKING:
    from ..records import MaintenanceWindow
    from ..services import Services

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"([0-9]{1,5})([mhd])")


@click.group()
def maintenance() -> None:
    """Maintenance: times during which queries are told to come back later."""


@maintenance.command()
@click.argument("slug", required=False)
@click.option("--from", "starts", metavar="TIME", help="When it starts, in ISO 8601 with a time zone; now if left out.")
@click.option("--to", "ends", metavar="TIME", help="When it ends, in ISO 8601 with a time zone.")
@click.option("--for", "span", metavar="SPAN", help="How long it lasts instead: 30m, 2h, 1d.")
@click.option("--note", "said", default="", metavar="TEXT", help="Told to whoever asks.")
@json_option
def add(slug: str | None, starts: str | None, ends: str | None, span: str | None, said: str, as_json: bool) -> None:
    """Announce a window, of one endpoint or of all.

    Queries in it get a 503 that says when it is over.
    """
    from ..schemas import load_maintenance

    if bool(ends) == bool(span):
        raise click.UsageError("Say when it ends: with --to TIME or --for SPAN.")
    with open_space() as services:
        now = services.clock()
        until = ends or _end(starts, span or "", now)
        asked = {"endpoint_slug": slug, "starts_at": starts, "ends_at": until, "note": said}
        made = services.maintenance.add(load_maintenance(asked, now))
        shown = _json(services, made)
    if as_json:
        emit(shown)
    else:
        say(f"Announced for {slug or 'all endpoints'}, from {moment(made.starts_at)} to {moment(made.ends_at)}.")


@maintenance.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the windows that are not over, the earliest first."""
    with open_space() as services:
        shown = [_json(services, window) for window in services.maintenance.coming()]
    if as_json:
        emit_list(shown)
    elif not shown:
        note("No maintenance is announced.")
    else:
        table(["ID", "Endpoint", "When (UTC)", "Note"], [_row(window) for window in shown])


@maintenance.command()
@click.argument("window_id")
def remove(window_id: str) -> None:
    """Take a window back, or end it now."""
    with open_space() as services:
        services.maintenance.remove(window_id)
    say("Taken back.")


def _end(starts: str | None, span: str, now: datetime) -> str:
    found = _SPAN.fullmatch(span)
    if not found:
        raise click.UsageError(f"--for does not take {span!r}; write it like 30m, 2h or 1d.")
    try:
        begin = datetime.fromisoformat(starts) if starts else now
        return (begin + timedelta(**{UNITS[found[2]]: int(found[1])})).isoformat()
    except (ValueError, OverflowError):
        raise InvalidInput({"starts_at": ["Not a time; write it like 2026-12-01T22:00+01:00."]}) from None


def _json(services: "Services", window: "MaintenanceWindow") -> dict[str, Any]:
    from ..schemas import maintenance_json

    with services.store.session():
        endpoint = services.store.endpoints.by_id(window.endpoint_id) if window.endpoint_id else None
    return maintenance_json(window, {endpoint.id: endpoint.slug} if endpoint else {}, services.clock())


def _row(window: dict[str, Any]) -> list[str]:
    starts, ends = (f"{datetime.fromisoformat(window[name]):%Y-%m-%d %H:%M}" for name in ("starts_at", "ends_at"))
    when = f"{'now' if window['active'] else starts} to {ends}"
    return [window["id"], window["endpoint_slug"] or "all", when, window["note"]]
