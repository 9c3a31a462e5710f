"""Announced times during which queries are not answered."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """From ``starts_at`` on, before ``ends_at`` (UTC), one endpoint answers no queries; None stands for all of them.

    ``note`` is told to whoever asks.
    """

    id: str
    endpoint_id: str | None
    starts_at: datetime
    ends_at: datetime
    note: str
    created_at: datetime
