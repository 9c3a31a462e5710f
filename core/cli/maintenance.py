"""``publicist maintenance``: times during which queries are told to come back later."""

import re
from collections.abc import Mapping
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
@click.option("--every", type=click.Choice(["daily", "weekly", "cron"]), help="Let it recur, each time --for so long.")
@click.option("--at", metavar="HH:MM", help="When it begins, daily or weekly.")
@click.option("--on", "days", metavar="DAYS", help="On which days, weekly: mon,thu.")
@click.option("--cron", metavar="EXPRESSION", help="When it begins, as cron has it: five fields.")
@click.option("--zone", metavar="ZONE", help="On whose clocks: an IANA time zone; UTC if left out.")
@click.option("--note", "said", default="", metavar="TEXT", help="Told to whoever asks.")
@json_option
def add(
    slug: str | None,
    starts: str | None,
    ends: str | None,
    span: str | None,
    said: str,
    as_json: bool,
    every: str | None,
    **recurs: str | None,
) -> None:
    """Announce a window, of one endpoint or of all, once or recurring.

    Queries in it get a 503 that says when it is over.

    One that recurs lasts --for as long each time; --from and --to are when that begins and stops.
    """
    from ..schemas import load_maintenance

    asked = {"endpoint_slug": slug, "starts_at": starts, "note": said}
    if every is None:
        _require_once(ends, span, recurs)
    with open_space() as services:
        now = services.clock()
        if every is None:
            asked["ends_at"] = ends or _end(starts, span or "", now)
        made = services.maintenance.add(
            load_maintenance(asked | (_recurring(every, ends, span or "", recurs) if every else {}), now)
        )
        shown = _json(services, made)
    if as_json:
        emit(shown)
    else:
        rule = shown["recurs"]
        again = f", then {every if every != 'cron' else f'by {_again(rule)}'}" if rule else ""
        times = f"from {moment(made.starts_at)} to {moment(made.ends_at)}{again}"
        say(f"Announced for {slug or 'all endpoints'}, {times}.")
        note(f"Take it back with: publicist maintenance remove {made.id}")


@maintenance.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the windows that are not over, the earliest first; of what recurs the one that holds or comes next."""
    with open_space() as services:
        shown = [_json(services, window) for window in services.maintenance.coming()]
    if as_json:
        emit_list(shown)
    elif not shown:
        note("No maintenance is announced.")
    else:
        table(["ID", "Endpoint", "When (UTC)", "Again", "Note"], [_row(window) for window in shown])


@maintenance.command()
@click.argument("window_id")
@click.option(
    "--to", "ends", metavar="TIME", help="When it ends, in ISO 8601 with a time zone; when it stops to recur."
)
@click.option("--for", "span", metavar="SPAN", help="How long it lasts from now on instead: 30m, 2h, 1d.")
@click.option("--note", "said", metavar="TEXT", help="Told to whoever asks.")
@json_option
def edit(window_id: str, ends: str | None, span: str | None, said: str | None, as_json: bool) -> None:
    """Change when a window ends, and its note, also while it holds."""
    if ends and span:
        raise click.UsageError("Say when it ends with --to TIME or with --for SPAN, not with both.")
    patch = {} if said is None else {"note": said}
    with open_space() as services:
        if ends or span:
            patch["ends_at"] = ends or _end(None, span or "", services.clock())
        if not patch:
            raise click.UsageError("Say what to change, such as --for 1h; see --help.")
        changed = services.maintenance.edit(window_id, patch)
        shown = _json(services, changed)
    if as_json:
        emit(shown)
    else:
        say(f"Changed: from {moment(changed.starts_at)} to {moment(changed.ends_at)}.")


@maintenance.command()
@click.argument("window_id")
def remove(window_id: str) -> None:
    """Take a window back, or end it now; if it recurs, all that is to come."""
    with open_space() as services:
        services.maintenance.remove(window_id)
    say("Taken back.")


def _require_once(ends: str | None, span: str | None, recurs: Mapping[str, str | None]) -> None:
    if given := [name for name, value in recurs.items() if value is not None]:
        raise click.UsageError(f"--{'on' if given[0] == 'days' else given[0]} goes with --every.")
    if not (ends or span):
        raise click.UsageError("Say when it ends: with --to TIME or --for SPAN.")
    if ends and span:
        raise click.UsageError("Say when it ends with --to TIME or with --for SPAN, not with both.")


def _recurring(every: str, ends: str | None, span: str, recurs: Mapping[str, str | None]) -> dict[str, Any]:
    given = {name: value for name, value in recurs.items() if value is not None}
    days = given.pop("days", None)
    on = {"on": [day.strip().lower() for day in days.split(",")]} if days is not None else {}
    minutes = int(_span(span).total_seconds() // 60)
    return {"ends_at": ends, "recurs": {"every": every, **given, **on, "minutes": minutes}}


def _span(span: str) -> timedelta:
    found = _SPAN.fullmatch(span)
    if not found:
        raise click.UsageError(f"--for does not take {span!r}; write it like 30m, 2h or 1d.")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _end(starts: str | None, span: str, now: datetime) -> str:
    lasts = _span(span)
    try:
        return ((datetime.fromisoformat(starts) if starts else now) + lasts).isoformat()
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
    return [window["id"], window["endpoint_slug"] or "all", when, _again(window["recurs"]), window["note"]]


def _again(recurs: dict[str, Any] | None) -> str:
    return f"{recurs['cron']} ({recurs['zone']})" if recurs else "-"
