"""Maintenance in the store: windows, and rules by which they recur."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import MaintenanceRule, MaintenanceWindow, Recurrence
from . import maintenance_model as models
from .fields import to_micros
from .prepared import Prepared
from .table import TableAccess

_table, _rule = models.MaintenanceWindow, models.MaintenanceRule
_RECURRENCE = ("every", "cron", "zone", "minutes")


class MaintenanceTable(TableAccess):
    """What was announced, and is not over."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        whose = "(endpoint_id = ? OR endpoint_id IS NULL)"
        holds = f"WHERE {whose} AND starts_at <= ? AND ends_at > ? ORDER BY ends_at DESC LIMIT 1"
        self._holding = Prepared(_table, holds, _record)
        self._rules = Prepared(_rule, f"WHERE {whose}", _rule_record)

    def add(self, window: MaintenanceWindow) -> None:
        """Store a window."""
        row = asdict(window)
        del row["recurrence"]
        self._insert(_table, row)

    def add_rule(self, rule: MaintenanceRule) -> None:
        """Store a rule by which maintenance recurs."""
        row = asdict(rule)
        recurrence = row.pop("recurrence")
        self._insert(_rule, {**row, **recurrence})

    def save(self, changed: MaintenanceWindow | MaintenanceRule) -> None:
        """Store the end and the note of a window, or of a rule, that is there."""
        table = _rule if isinstance(changed, MaintenanceRule) else _table
        self._run(table.update(ends_at=changed.ends_at, note=changed.note).where(table.id == changed.id))

    def by_id(self, window_id: str) -> MaintenanceWindow | None:
        """Return the window, or None."""
        row = self._first(_table.select().where(_table.id == window_id))
        return _record(row) if row else None

    def rule(self, rule_id: str) -> MaintenanceRule | None:
        """Return the rule, or None."""
        row = self._first(_rule.select().where(_rule.id == rule_id))
        return _rule_record(row) if row else None

    def coming(self, now: datetime) -> list[MaintenanceWindow]:
        """Return the windows that are not over, the earliest first; those of rules are not among them."""
        query = _table.select().where(_table.ends_at > now).order_by(_table.starts_at, _table.id)
        return [_record(row) for row in self._rows(query)]

    def running(self, now: datetime) -> list[MaintenanceWindow]:
        """Return the windows that hold now; those of rules are not among them."""
        query = (
            _table.select().where(_table.ends_at > now, _table.starts_at <= now).order_by(_table.starts_at, _table.id)
        )
        return [_record(row) for row in self._rows(query)]

    def rules(self) -> list[MaintenanceRule]:
        """Return all rules."""
        return [_rule_record(row) for row in self._rows(_rule.select().order_by(_rule.id))]

    def rules_of(self, endpoint_id: str) -> list[MaintenanceRule]:
        """Return the rules that hold for the endpoint, those for all among them; read for every query."""
        return self._rules.run(self._database, endpoint_id)

    def holding(self, endpoint_id: str, now: datetime) -> MaintenanceWindow | None:
        """Return the window in which the endpoint is now, the one that ends last, or None; rules are not looked at."""
        return self._holding.first(self._database, endpoint_id, to_micros(now), to_micros(now))

    def remove(self, any_id: str) -> None:
        """Take a window or a rule back."""
        for table in (_table, _rule):
            self._run(table.delete().where(table.id == any_id))

    def prune(self, before: datetime) -> int:
        """Drop the windows, and the rules, that were over by then; return how many."""
        return sum(self._run(table.delete().where(table.ends_at < before)) for table in (_table, _rule))


def _record(row: dict[str, Any]) -> MaintenanceWindow:
    return MaintenanceWindow(**row)


def _rule_record(row: dict[str, Any]) -> MaintenanceRule:
    held = dict(row)
    return MaintenanceRule(recurrence=Recurrence(**{name: held.pop(name) for name in _RECURRENCE}), **held)
