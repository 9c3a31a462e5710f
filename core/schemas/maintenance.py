"""Maintenance windows as they are announced, and as they are shown."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from marshmallow import fields, validate

from ..errors import InvalidInput
from ..health.recurrence import DAYS, LONGEST_MINUTES, cron_of, faults, is_zone, windows
from ..records import MaintenanceRule, MaintenanceWindow, Recurrence
from .base import Strict, load, under
from .fields import Checked, Items, Line, Matching, Moment, Slug, Whole

LONGEST = timedelta(days=90)
_FARTHEST = timedelta(days=3660)
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_NEEDED = {"daily": ("at",), "weekly": ("at", "on"), "cron": ("cron",)}


@dataclass(frozen=True, slots=True)
class MaintenanceDraft:
    """A window as asked for, its times in UTC; ``slug`` is None for every endpoint.

    With a ``recurrence``, windows begin from ``starts_at`` on and before ``ends_at``, where there is one.
    """

    slug: str | None
    starts_at: datetime
    ends_at: datetime | None
    note: str
    recurrence: Recurrence | None = None

    @property
    def the_end(self) -> datetime:
        """When a window that does not recur ends."""
        if self.ends_at is None:
            raise ValueError("A window that does not recur has an end.")
        return self.ends_at


def _read_zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError("Not a time zone such as Europe/Berlin or UTC.")
    return value


class RecurrenceSchema(Strict):
    """When maintenance recurs: daily or weekly `at` a time, or by a cron expression."""

    every = fields.String(required=True, validate=validate.OneOf(list(_NEEDED)))
    at = Matching(
        _TIME, "Not a time of the day such as 02:30.", metadata={"description": "With daily and weekly: HH:MM."}
    )
    on = Items(
        fields.String(validate=validate.OneOf(DAYS)),
        len(DAYS),
        least=1,
        unique=True,
        metadata={"description": "With weekly: the days."},
    )
    cron = Line(100, visible=True, metadata={"description": "With cron: five fields."})
    zone = Checked(
        _read_zone, load_default="UTC", metadata={"description": "An IANA time zone, on whose clocks it begins."}
    )
    minutes = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, LONGEST_MINUTES),
        metadata={"description": "How long each lasts, in minutes that pass."},
    )


class MaintenanceSchema(Strict):
    """A maintenance window to be announced, once or recurring."""

    endpoint_slug = Slug(allow_none=True, load_default=None, metadata={"description": "All endpoints if left out."})
    starts_at = Moment(
        allow_none=True, load_default=None, metadata={"description": "With a time zone; now if left out."}
    )
    ends_at = Moment(
        allow_none=True,
        load_default=None,
        metadata={"description": "With a time zone; needed unless it recurs. Nothing recurs from then on."},
    )
    note = Line(200, load_default="", metadata={"description": "Told to whoever asks."})
    recurs = Whole(RecurrenceSchema, allow_none=True, load_default=None)


class MaintenancePatchSchema(Strict):
    """What may be changed of a window, also while it holds."""

    ends_at = Moment(
        allow_none=True,
        metadata={"description": "With a time zone. Of what recurs: from when on nothing does; null for never."},
    )
    note = Line(200, metadata={"description": "Told to whoever asks."})


def load_maintenance(data: Any, now: datetime) -> MaintenanceDraft:
    """Return the window asked for. Raises InvalidInput, also when it would be over by ``now`` or last too long."""
    clean = load(MaintenanceSchema(), data)
    starts, ends = clean["starts_at"] or now, clean["ends_at"]
    recurrence = _recurrence(clean["recurs"], now) if clean["recurs"] else None
    if ends is None and recurrence is None:
        raise InvalidInput({"ends_at": ["Say when it ends, or how it recurs."]})
    if ends is not None and not now < ends < now + _FARTHEST:
        raise InvalidInput({"ends_at": ["Must lie in the future, and within ten years."]})
    if not now - _FARTHEST < starts < now + _FARTHEST:
        raise InvalidInput({"starts_at": ["Must lie within ten years."]})
    if recurrence is None and not ends - LONGEST <= starts < ends:
        raise InvalidInput({"ends_at": [f"Must come after the start, at most {LONGEST.days} days."]})
    draft = partial(MaintenanceDraft, clean["endpoint_slug"], starts.astimezone(UTC))
    made = draft(ends and ends.astimezone(UTC), clean["note"], recurrence)
    if recurrence is not None:
        _require_one(made, recurrence, now)
    return made


def load_maintenance_patch(data: Any, starts: datetime | None, now: datetime) -> dict[str, Any]:
    """Return the fields to change; ``starts`` is None for what recurs. Raises InvalidInput."""
    clean: dict[str, Any] = load(MaintenancePatchSchema(), data)
    if "ends_at" not in clean:
        return clean
    ends = clean["ends_at"]
    if ends is None and starts is not None:
        raise InvalidInput({"ends_at": ["Needed, as it does not recur."]})
    if ends is not None and not now < ends < now + _FARTHEST:
        raise InvalidInput({"ends_at": ["Must lie in the future, and within ten years."]})
    if starts is not None and not ends - LONGEST <= starts < ends:
        raise InvalidInput({"ends_at": [f"Must come after the start, at most {LONGEST.days} days."]})
    return {**clean, "ends_at": ends and ends.astimezone(UTC)}


def maintenance_json(window: MaintenanceWindow, slugs: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return a window; ``slugs`` are those of the endpoints by their ids."""
    return {
        "id": window.id,
        "endpoint_slug": slugs.get(window.endpoint_id) if window.endpoint_id else None,
        "starts_at": window.starts_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
        "note": window.note,
        "active": window.starts_at <= now < window.ends_at,
        "recurs": asdict(window.recurrence) if window.recurrence else None,
    }


def _recurrence(given: Mapping[str, Any], now: datetime) -> Recurrence:
    needed = _NEEDED[given["every"]]
    wrong = {name: ["Needed here."] for name in needed if name not in given}
    wrong |= {name: ["Not used here."] for name in ("at", "on", "cron") if name in given and name not in needed}
    if wrong:
        raise InvalidInput(under("recurs", wrong))
    recurrence = Recurrence(given["every"], _cron(given), given["zone"], given["minutes"])
    if found := faults(recurrence, now):
        raise InvalidInput(under("recurs", found))
    return recurrence


def _cron(given: Mapping[str, Any]) -> str:
    if "cron" in given:
        return " ".join(given["cron"].split())
    hour, minute = (int(part) for part in re.findall("[0-9]+", given["at"]))
    return cron_of(hour, minute, tuple(day for day in DAYS if day in given.get("on", ())))


def _require_one(draft: MaintenanceDraft, recurrence: Recurrence, now: datetime) -> None:
    rule = MaintenanceRule("", None, recurrence, draft.starts_at, draft.ends_at, "", now)
    if next(windows(rule, now), None) is None:
        raise InvalidInput({"ends_at": ["Comes before the first window would begin."]})
