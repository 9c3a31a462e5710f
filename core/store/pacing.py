"""How the calls to each marketplace stand, in the store: shared by all processes."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import peewee

from ..marketplaces.pacing import CAP
from ..publishing.publication import MAX_LEASE
from ..records import Pacing
from . import models
from .table import TableAccess

_table = models.Pacing
_place = models.Marketplace
_rows = models.Publication


class PacingTable(TableAccess):
    """One row a marketplace, made and removed with it."""

    def of(self, marketplace_id: str) -> Pacing:
        """Return how it stands; a fresh one for a marketplace that is not there."""
        row = self._first(_table.select().where(_table.marketplace_id == marketplace_id))
        return Pacing(**row) if row else Pacing(marketplace_id)

    def of_all(self, ids: Collection[str]) -> dict[str, Pacing]:
        """Return how these stand, by the marketplace's id."""
        query = _table.select().where(_table.marketplace_id.in_(list(ids)))
        return {row["marketplace_id"]: Pacing(**row) for row in self._rows(query)}

    def lock(self, ids: Collection[str]) -> dict[str, Pacing]:
        """Return how these stand, and keep everybody else's claims waiting until the transaction ends."""
        query = _table.select().where(_table.marketplace_id.in_(list(ids))).order_by(_table.marketplace_id)
        if not isinstance(self._database, peewee.SqliteDatabase):
            query = query.for_update()
        return {row["marketplace_id"]: Pacing(**row) for row in self._rows(query)}

    def ready(self, ids: Collection[str], now: datetime) -> dict[str, str]:
        """Return the kinds, by id, of those that may be called at ``now``.

        They are neither blocked, nor behind an open breaker, nor have they refused our credentials.
        """
        query = (
            _table.select(_table.marketplace_id, _place.kind)
            .join(_place, on=_place.id == _table.marketplace_id)
            .where(
                _table.marketplace_id.in_(list(ids)),
                ~_table.refused,
                ~_holds(_table.blocked_until, now),
                (_table.breaker == "closed") | ~_holds(_table.next_try, now),
            )
        )
        return {row["marketplace_id"]: row["kind"] for row in self._rows(query)}

    def live(self, ids: Collection[str], now: datetime) -> dict[str, int]:
        """Return how many calls are under way to each, in all processes together; none where it is not named."""
        count = peewee.fn.COUNT(_rows.id).alias("number")
        query = _rows.select(_rows.marketplace_id, count).where(
            _rows.marketplace_id.in_(list(ids)), _rows.lease_until > now, _rows.lease_until <= now + MAX_LEASE
        )
        return {row["marketplace_id"]: row["number"] for row in self._rows(query.group_by(_rows.marketplace_id))}

    def save(self, pacing: Pacing, only: Iterable[str] = ()) -> None:
        """Store how one stands; with ``only``, just those fields, so that nobody else's change is undone."""
        row = asdict(pacing)
        wanted = {name: row[name] for name in only} or row
        self._run(_table.update(**wanted).where(_table.marketplace_id == pacing.marketplace_id))

    def accept_credentials(self, marketplace_id: str | None = None) -> None:
        """Forget that credentials were refused: there are others now, for one marketplace or (None) for all."""
        query = _table.update(refused=False).where(_table.refused)
        self._run(query if marketplace_id is None else query.where(_table.marketplace_id == marketplace_id))


def _holds(until: Any, now: datetime) -> Any:
    """Whether a wait still lasts; one that is too long was written by a clock that has since been set back."""
    return until.is_null(False) & (until > now) & (until <= now + CAP)
