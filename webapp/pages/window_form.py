"""The form that announces maintenance: what is typed on the clocks of a zone, as the schemas take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ...core.errors import InvalidInput
from ...core.health.recurrence import DAYS, is_zone
from ...core.records import MaintenanceWindow, Recurrence
from .page import Form

ZONE = "recurs.zone"
EVERY = {
    "once": ("Once", "From one moment to another."),
    "daily": ("Daily", "At the same time every day."),
    "weekly": ("Weekly", "On some days of the week."),
    "cron": ("By cron", "By a cron expression."),
}
DAY_NAMES = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
FIELDS = frozenset(
    {"starts_at", "ends_at", "note", "endpoint_slug", "recurs.at", "recurs.on", "recurs.cron", ZONE, "recurs.minutes"}
)
_WALL = "%a %-d %b %Y, %H:%M"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One window: its times, and its start on the clocks of its zone."""

    starts_at: datetime
    ends_at: datetime
    wall: str


@cache
def zones() -> tuple[str, ...]:
    """Return the IANA names that this machine knows, UTC first."""
    names = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))}
    return ("UTC", *sorted(names))


def as_announced(form: Form) -> dict[str, Any]:
    """Return what was typed as the schema takes it. Raises InvalidInput for what is no moment or no zone."""
    zone, every = form[ZONE] or "UTC", form["every"]
    data: dict[str, Any] = {"note": form["note"], **_times(form, zone)}
    if form["endpoint_slug"].strip():
        data["endpoint_slug"] = form["endpoint_slug"].strip()
    if every in EVERY and every != "once":
        data["recurs"] = {"every": every, "zone": zone, **_recurrence(form, every)}
    return data


def as_patch(form: Form) -> dict[str, Any]:
    """Return what was typed into the form of one that is announced already."""
    return {"note": form["note"], "ends_at": _moment(form, "ends_at", form[ZONE] or "UTC")}


def occurrence(window: MaintenanceWindow, zone: str) -> Occurrence:
    """Return a window with its start on the clocks of ``zone``."""
    return Occurrence(window.starts_at, window.ends_at, f"{window.starts_at.astimezone(ZoneInfo(zone)):{_WALL}}")


def typed_moment(moment: datetime | None, zone: str) -> str:
    """Return a moment as it stands in a field for date and time."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if moment else ""


def in_words(recurrence: Recurrence) -> str:
    """Return how often maintenance comes, and how long it lasts."""
    lasts = f"for {length(recurrence.minutes)}"
    if recurrence.every == "cron":
        return f"by {recurrence.cron} ({recurrence.zone}), {lasts}"
    minute, hour, _, _, days = recurrence.cron.split()
    names = ", ".join(DAY_NAMES.get(day, day) for day in days.split(","))
    often = "daily" if recurrence.every == "daily" else f"every {names}"
    return f"{often} at {int(hour):02}:{int(minute):02} ({recurrence.zone}), {lasts}"


def length(minutes: int) -> str:
    """Return a length of time in words."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return " ".join(parts) or "0 min"


def _times(form: Form, zone: str) -> dict[str, str | None]:
    return {name: _moment(form, name, zone) for name in ("starts_at", "ends_at")}


def _moment(form: Form, name: str, zone: str) -> str | None:
    text = form[name].strip()
    if not text:
        return None
    if not is_zone(zone):
        raise InvalidInput({ZONE: ["Choose one of the list."]})
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput({name: ["Must be a date and a time, such as 2026-12-01T22:00."]}) from None
    return (wall if wall.tzinfo else wall.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC).isoformat()


def _recurrence(form: Form, every: str) -> Mapping[str, Any]:
    minutes, on = form["recurs.minutes"].strip(), _days(form)
    found: dict[str, Any] = {"minutes": int(minutes) if minutes.isdecimal() and minutes.isascii() else None}
    if every in ("daily", "weekly") and form["recurs.at"]:
        found["at"] = form["recurs.at"]
    if every == "weekly" and on:
        found["on"] = on
    if every == "cron" and form["recurs.cron"].strip():
        found["cron"] = form["recurs.cron"]
    return {name: value for name, value in found.items() if value is not None}


def _days(form: Form) -> Sequence[str]:
    return [day for day in DAYS if form[f"on.{day}"]]
