"""Maintenance windows in the store."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import MaintenanceWindow
from .fields import to_micros
from .maintenance_model import MaintenanceWindow as _table  # noqa: N813 - every table module calls its own so
from .prepared import Prepared
from .table import TableAccess


class MaintenanceTable(TableAccess):
    """What was announced, and is not over."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        meant = "(endpoint_id = ? OR endpoint_id IS NULL) AND starts_at <= ? AND ends_at > ?"
        self._holding = Prepared(_table, f"WHERE {meant} ORDER BY ends_at DESC LIMIT 1", _record)

    def add(self, window: MaintenanceWindow) -> None:
        """Store a window."""
        self._insert(_table, asdict(window))

    def by_id(self, window_id: str) -> MaintenanceWindow | None:
        """Return the window, or None."""
        row = self._first(_table.select().where(_table.id == window_id))
        return _record(row) if row else None

    def coming(self, now: datetime) -> list[MaintenanceWindow]:
        """Return the windows that are not over, the earliest first."""
        query = _table.select().where(_table.ends_at > now).order_by(_table.starts_at, _table.id)
        return [_record(row) for row in self._rows(query)]

    def holding(self, endpoint_id: str, now: datetime) -> MaintenanceWindow | None:
        """Return the window in which the endpoint is now, the one that ends last, or None."""
        return self._holding.first(self._database, endpoint_id, to_micros(now), to_micros(now))

    def remove(self, window_id: str) -> None:
        """Take a window back."""
        self._run(_table.delete().where(_table.id == window_id))

    def prune(self, before: datetime) -> int:
        """Drop the windows that were over by then; return how many."""
        return self._run(_table.delete().where(_table.ends_at < before))


def _record(row: dict[str, Any]) -> MaintenanceWindow:
    return MaintenanceWindow(**row)
