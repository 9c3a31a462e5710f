"""Marketplaces, and the plugins' notes about them, in the store."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ..records import Capabilities, Marketplace, Pacing
from ..redact import remember
from ..secrets import Secret, SecretBox
from . import models
from .outcome_model import OutcomeCount
from .plans import PlanTable
from .prepared import Prepared
from .table import TableAccess, open_json, seal_json

_table = models.Marketplace
_memory = models.Memory


class MarketplaceTable(TableAccess):
    """Marketplaces by id and by name."""

    def __init__(self, database: Any, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box
        self._by_id = Prepared(_table, "WHERE id = ?", self._record)

    def by_id(self, marketplace_id: str) -> Marketplace | None:
        """Return the marketplace or None."""
        found = self._by_id.first(self._database, marketplace_id)
        for secret in found.credentials.values() if found else ():
            remember(secret)
        return found

    def by_name(self, name: str) -> Marketplace | None:
        """Return the marketplace or None."""
        row = self._first(_table.select().where(_table.name == name))
        return self._record(row) if row else None

    def all(self) -> list[Marketplace]:
        """Return every marketplace, in the order in which they were added."""
        return [self._record(row) for row in self._rows(_table.select().order_by(_table.created_at, _table.name))]

    def any(self) -> bool:
        """Tell whether there is one."""
        return self._first(_table.select(_table.id)) is not None

    def count_used(self) -> int:
        """Return how many are not disabled."""
        return self._count(_table.select().where(_table.status != "disabled"))

    def add(self, marketplace: Marketplace) -> None:
        """Store a new marketplace."""
        self._insert(_table, self._row(marketplace))
        self._insert(models.Pacing, asdict(Pacing(marketplace.id)))

    def save(self, marketplace: Marketplace, only: Iterable[str] = ()) -> None:
        """Store a changed marketplace; with ``only``, just those fields, so that nobody else's change is undone."""
        row = self._row(marketplace)
        wanted = {name: row[name] for name in only} or row
        self._run(_table.update(**wanted).where(_table.id == marketplace.id))

    def remove(self, marketplace_id: str) -> None:
        """Forget the marketplace, its publications and the plugin's notes."""
        self._run(models.Publication.delete().where(models.Publication.marketplace_id == marketplace_id))
        self._run(_memory.delete().where(_memory.marketplace_id == marketplace_id))
        PlanTable(self._database).forget(marketplace_id)
        self._run(OutcomeCount.delete().where(OutcomeCount.marketplace_id == marketplace_id))
        self._run(models.Pacing.delete().where(models.Pacing.marketplace_id == marketplace_id))
        self._run(_table.delete().where(_table.id == marketplace_id))

    def recall(self, marketplace_id: str, name: str) -> str | None:
        """Return what a plugin kept under ``name``, or None."""
        row = self._first(_memory.select().where(_memory.marketplace_id == marketplace_id, _memory.name == name))
        return self._box.open(row["value"]).reveal() if row else None

    def keep(self, marketplace_id: str, name: str, value: str | None) -> None:
        """Keep a plugin's note, sealed; None forgets it."""
        if value is None:
            self._run(_memory.delete().where(_memory.marketplace_id == marketplace_id, _memory.name == name))
            return
        row = {"marketplace_id": marketplace_id, "name": name, "value": self._box.seal(Secret(value))}
        _memory.insert(**row).on_conflict(
            conflict_target=(_memory.marketplace_id, _memory.name), update={"value": row["value"]}
        ).execute(self._database)

    def _row(self, marketplace: Marketplace) -> dict[str, Any]:
        row = {name: getattr(marketplace, name) for name in _table._meta.fields}  # noqa: SLF001 - peewee's own way
        return row | {
            "settings": dict(marketplace.settings),
            "credentials": seal_json(self._box, dict(marketplace.credentials)),
            "capabilities": asdict(marketplace.capabilities) if marketplace.capabilities else None,
        }

    def _record(self, row: dict[str, Any]) -> Marketplace:
        credentials: Mapping[str, str] = open_json(self._box, row["credentials"])
        found = Capabilities(**row["capabilities"]) if row["capabilities"] else None
        opened = {name: Secret(text) for name, text in credentials.items()}
        for secret in opened.values():
            remember(secret)
        return Marketplace(**{**row, "credentials": opened, "capabilities": found})
