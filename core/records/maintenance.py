"""Announced times during which queries are not answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Every = Literal["daily", "weekly", "cron"]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When maintenance recurs: it begins whenever ``cron`` says so on the clocks of ``zone``, and lasts ``minutes``.

    ``every`` is how it was entered; ``zone`` is an IANA name; ``minutes`` are counted in time that passes, so a window
    is as long as ever in the night in which the clocks change.
    """

    every: Every
    cron: str
    zone: str
    minutes: int


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """From ``starts_at`` on, before ``ends_at`` (UTC), one endpoint answers no queries; None stands for all of them.

    ``note`` is told to whoever asks. With a ``recurrence`` it is one of many windows: the one that holds or comes next.
    """

    id: str
    endpoint_id: str | None
    starts_at: datetime
    ends_at: datetime
    note: str
    created_at: datetime
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceRule:
    """Maintenance that recurs, of one endpoint or (None) of all; its windows begin from ``starts_at`` on.

    None of them begins at or after ``ends_at``; None: it has no end.
    """

    id: str
    endpoint_id: str | None
    recurrence: Recurrence
    starts_at: datetime
    ends_at: datetime | None
    note: str
    created_at: datetime
