"""What the metrics tell of the store: counts of rows, and outcomes that are counted for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from . import models
from .outcome_model import OutcomeCount
from .table import TableAccess

_rows, _endpoint = models.Publication, models.Endpoint


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Publications that something is to be done for: due by now, or later; ``oldest`` is when the first was due."""

    due: int
    later: int
    oldest: datetime | None


class GaugeTable(TableAccess):
    """Counts, by a few statements each time; :meth:`count_outcome` is called inside ``write()``."""

    def count_outcome(self, marketplace_id: str, operation: str, outcome: str) -> None:
        """Count one call that has ended."""
        row = {"marketplace_id": marketplace_id, "operation": operation, "outcome": outcome}
        OutcomeCount.insert(**row, calls=1).on_conflict(
            conflict_target=(OutcomeCount.marketplace_id, OutcomeCount.operation, OutcomeCount.outcome),
            update={OutcomeCount.calls: OutcomeCount.calls + 1},
        ).execute(self._database)

    def outcomes(self) -> dict[tuple[str, str, str], int]:
        """Return how many calls ended how, by marketplace id, operation and outcome."""
        return {
            (row["marketplace_id"], row["operation"], row["outcome"]): int(row["calls"])
            for row in self._rows(OutcomeCount.select())
        }

    def publications(self) -> dict[tuple[str, str], int]:
        """Return how many publications there are, by marketplace id and status."""
        query = _rows.select(_rows.marketplace_id, _rows.status, _number())
        rows = self._rows(query.group_by(_rows.marketplace_id, _rows.status))
        return {(row["marketplace_id"], row["status"]): int(row["number"]) for row in rows}

    def queue(self, now: datetime) -> QueueDepth:
        """Return how much there is to do."""
        due = self._count(_rows.select().where(_rows.due_at <= now))
        later = self._count(_rows.select().where(_rows.due_at > now))
        first = self._first(_rows.select(_rows.due_at).where(_rows.due_at <= now).order_by(_rows.due_at))
        return QueueDepth(due, later, first["due_at"] if first else None)

    def slugs(self) -> dict[str, str]:
        """Return the slugs of the endpoints that are not deleted, by their ids; nothing is decrypted for that."""
        query = _endpoint.select(_endpoint.id, _endpoint.slug).where(_endpoint.deleted_at.is_null())
        return {row["id"]: row["slug"] for row in self._rows(query.order_by(_endpoint.slug))}


def _number() -> Any:
    return peewee.fn.COUNT(_rows.id).alias("number")
