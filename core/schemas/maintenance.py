"""Maintenance windows as they are announced, and as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import InvalidInput
from ..records import MaintenanceWindow
from .base import Strict, load
from .fields import Line, Moment, Slug

LONGEST = timedelta(days=90)
_FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class MaintenanceDraft:
    """A window as asked for, its times in UTC; ``slug`` is None for every endpoint."""

    slug: str | None
    starts_at: datetime
    ends_at: datetime
    note: str


class MaintenanceSchema(Strict):
    """A maintenance window to be announced."""

    endpoint_slug = Slug(allow_none=True, load_default=None, metadata={"description": "All endpoints if left out."})
    starts_at = Moment(
        allow_none=True, load_default=None, metadata={"description": "With a time zone; now if left out."}
    )
    ends_at = Moment(required=True, metadata={"description": "With a time zone."})
    note = Line(200, load_default="", metadata={"description": "Told to whoever asks."})


def load_maintenance(data: Any, now: datetime) -> MaintenanceDraft:
    """Return the window asked for. Raises InvalidInput, also when it would be over by ``now`` or last too long."""
    clean = load(MaintenanceSchema(), data)
    starts, ends = clean["starts_at"] or now, clean["ends_at"]
    if not now < ends < now + _FARTHEST:
        raise InvalidInput({"ends_at": ["Must lie in the future, and within ten years."]})
    if not ends - LONGEST <= starts < ends:
        raise InvalidInput({"ends_at": [f"Must come after the start, at most {LONGEST.days} days."]})
    return MaintenanceDraft(clean["endpoint_slug"], starts.astimezone(UTC), ends.astimezone(UTC), clean["note"])


def maintenance_json(window: MaintenanceWindow, slugs: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return a window; ``slugs`` are those of the endpoints by their ids."""
    return {
        "id": window.id,
        "endpoint_slug": slugs.get(window.endpoint_id) if window.endpoint_id else None,
        "starts_at": window.starts_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
        "note": window.note,
        "active": window.starts_at <= now < window.ends_at,
    }
