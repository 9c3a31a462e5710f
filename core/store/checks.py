"""Added checks in the store."""

from dataclasses import asdict
from typing import Any

from ..records import Check
from ..secrets import SecretBox
from . import models
from .check_models import AddedCheck as _table  # noqa: N813 - every table module calls its own so
from .table import TableAccess, open_json, seal_json


class CheckTable(TableAccess):
    """The checks that were added to endpoints."""

    def __init__(self, database: Any, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box

    def of(self, endpoint_id: str) -> list[Check]:
        """Return the checks that were added to an endpoint, the oldest first, those of one moment by name."""
        query = _table.select().where(_table.endpoint_id == endpoint_id).order_by(_table.created_at, _table.name)
        return [self._record(row) for row in self._rows(query)]

    def save(self, check: Check) -> None:
        """Store a check, new or changed."""
        row = {**asdict(check), "settings": seal_json(self._box, dict(check.settings))}
        changed = {name: value for name, value in row.items() if name != "id"}
        if not self._run(_table.update(**changed).where(_table.id == check.id)):
            self._insert(_table, row)

    def remove(self, check_id: str) -> None:
        """Take a check away."""
        self._run(_table.delete().where(_table.id == check_id))

    def prune(self) -> int:
        """Drop the checks of endpoints that are gone; return how many."""
        there = models.Endpoint.select(models.Endpoint.id)
        return self._run(_table.delete().where(_table.endpoint_id.not_in(there)))

    def _record(self, row: dict[str, Any]) -> Check:
        return Check(**{**row, "settings": open_json(self._box, row["settings"])})
