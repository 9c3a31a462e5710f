"""What readings of marketplaces left open, and which listings of others a person ignores."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import models
from .table import TableAccess

_plan, _ignored = models.Plan, models.Ignored


class PlanTable(TableAccess):
    """One row a marketplace that was ever read, and the ignored listings."""

    def read_at(self) -> dict[str, datetime | None]:
        """Return when each marketplace was last read, by its id; those never read are left out."""
        return {row["marketplace_id"]: row["read_at"] for row in self._rows(_plan.select())}

    def standings(self) -> dict[str, tuple[datetime | None, bool]]:
        """Return by marketplace id when it was last read, and whether a plan of it waits for a person."""
        return {row["marketplace_id"]: (row["read_at"], row["id"] is not None) for row in self._rows(_plan.select())}

    def note_read(self, marketplace_id: str, now: datetime) -> None:
        """Note that the marketplace has been read whole."""
        self._set(marketplace_id, read_at=now)

    def take_turn(self, marketplace_id: str, before: datetime | None, now: datetime) -> bool:
        """Note that the marketplace is read now; False when another process was quicker."""
        if before is None:
            _plan.insert(marketplace_id=marketplace_id, distrusted=False).on_conflict(
                conflict_target=(_plan.marketplace_id,), update={"marketplace_id": marketplace_id}
            ).execute(self._database)
        then = _plan.read_at.is_null() if before is None else _plan.read_at == before
        held = (_plan.marketplace_id == marketplace_id) & then
        return self._run(_plan.update(read_at=now).where(held)) == 1

    def waiting(self, marketplace_id: str) -> tuple[str, Any] | None:
        """Return the id and the content of the plan that waits for a person, or None."""
        row = self._first(_plan.select().where(_plan.marketplace_id == marketplace_id, _plan.id.is_null(False)))
        return (row["id"], row["waiting"]) if row else None

    def keep(self, marketplace_id: str, plan_id: str | None, waiting: Mapping[str, Any] | None) -> None:
        """Keep the plan that waits for a person; None forgets it."""
        if (self.waiting(marketplace_id) or (None,))[0] != plan_id:
            self._set(marketplace_id, id=plan_id, waiting=waiting)

    def distrusted(self, marketplace_id: str) -> bool:
        """Whether the marketplace's list and its look-up disagreed when it was last read."""
        row = self._first(_plan.select().where(_plan.marketplace_id == marketplace_id))
        return bool(row and row["distrusted"])

    def distrust(self, marketplace_id: str, distrusted: bool) -> None:
        """Note whether list and look-up disagree."""
        if self.distrusted(marketplace_id) != distrusted:
            self._set(marketplace_id, distrusted=distrusted)

    def ignored(self, marketplace_id: str) -> frozenset[str]:
        """Return the remote ids of the listings that a person ignores."""
        rows = self._rows(_ignored.select().where(_ignored.marketplace_id == marketplace_id))
        return frozenset(row["remote_id"] for row in rows)

    def ignore(self, marketplace_id: str, remote_id: str, slug: str, now: datetime) -> None:
        """Ignore a listing from now on."""
        row = {"marketplace_id": marketplace_id, "remote_id": remote_id, "slug": slug, "ignored_at": now}
        _ignored.insert(**row).on_conflict_ignore().execute(self._database)

    def heed(self, marketplace_id: str, remote_id: str) -> None:
        """Ignore a listing no longer."""
        self._run(_ignored.delete().where(_ignored.marketplace_id == marketplace_id, _ignored.remote_id == remote_id))

    def forget(self, marketplace_id: str) -> None:
        """Forget all of it with the marketplace."""
        self._run(_plan.delete().where(_plan.marketplace_id == marketplace_id))
        self._run(_ignored.delete().where(_ignored.marketplace_id == marketplace_id))

    def _set(self, marketplace_id: str, **values: Any) -> None:
        row = {"marketplace_id": marketplace_id, "distrusted": False, **values}
        _plan.insert(**row).on_conflict(conflict_target=(_plan.marketplace_id,), update=values).execute(self._database)
