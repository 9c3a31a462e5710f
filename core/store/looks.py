"""Whose turn each endpoint's look is: shared by all processes, so that each is looked at by one of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ..health.check_schedule import Due, Standing
from . import models
from .check_models import Look as _table  # noqa: N813 - every table module calls its own so
from .fields import EPOCH, to_micros
from .table import TableAccess

_CHUNK = 500
_JUST_NOW = 60_000_000
"""Microseconds. What is listed and was never looked at need not wait until many others were looked at for the first
time: some marketplaces switch off what is not vouched for soon."""

_STANDINGS = """
SELECT e.id, e.updated_at, p.published_at, l.due_at, l.looked_at, l.asked, l.owner, l.until
FROM endpoint e
LEFT JOIN look l ON l.endpoint_id = e.id
LEFT JOIN (
    SELECT endpoint_id, MAX(published_at) AS published_at FROM publication
    WHERE remote_id IS NOT NULL GROUP BY endpoint_id
) p ON p.endpoint_id = e.id
WHERE e.deleted_at IS NULL
    AND (e.published OR p.endpoint_id IS NOT NULL OR e.id IN (SELECT endpoint_id FROM added_check))
"""
"""Of every endpoint that is ready, listed, or has checks of its own. One statement, for it is made at every round."""


class LookTable(TableAccess):
    """One row an endpoint that was ever looked at, or is asked to be."""

    def standings(self, owner: str, now: datetime, longest: timedelta) -> list[Standing]:
        """Return how every endpoint stands that is to be watched.

        One that was edited or listed since it was looked at counts as asked for. ``owner`` is this process: what it
        holds itself it knows better. A lease beyond ``longest`` is of a clock that was set back since.
        """
        current, latest = to_micros(now), to_micros(now + longest)
        rows = self._database.execute_sql(_STANDINGS).fetchall()
        return [_standing(row, owner, current, latest) for row in rows]

    def looked_at(self, endpoint_id: str) -> datetime | None:
        """Return when an endpoint was looked at last, None if it never was."""
        row = self._first(_table.select(_table.looked_at).where(_table.endpoint_id == endpoint_id))
        return row["looked_at"] if row else None

    def take(self, due: Due, owner: str, now: datetime, until: datetime) -> bool:
        """Take a look on; False when somebody else was faster. Call it inside ``write()``."""
        _table.insert(endpoint_id=due.standing.endpoint_id).on_conflict_ignore().execute(self._database)
        seen = due.standing.looked_at
        unchanged = _table.looked_at.is_null() if seen is None else _table.looked_at == seen
        free = _table.owner.is_null() | (_table.owner == owner) | (_table.until <= now) | (_table.until > until)
        query = _table.update(due_at=due.turn, looked_at=now, asked=None, owner=owner, until=until)
        return self._run(query.where(_table.endpoint_id == due.standing.endpoint_id, unchanged, free)) == 1

    def give_back(self, endpoint_ids: Sequence[str], owner: str) -> None:
        """Note that looks are over."""
        for start in range(0, len(endpoint_ids), _CHUNK):
            held = _table.endpoint_id.in_(endpoint_ids[start : start + _CHUNK])
            self._run(_table.update(owner=None, until=None).where(held, _table.owner == owner))

    def ask(self, endpoint_id: str, why: str) -> None:
        """Ask for a look soon, by whichever process has it in hand."""
        query = _table.insert(endpoint_id=endpoint_id, asked=why)
        query.on_conflict(conflict_target=(_table.endpoint_id,), update={"asked": why}).execute(self._database)

    def reopen(self, endpoint_ids: Sequence[str]) -> None:
        """Have endpoints looked at again, little by little."""
        for start in range(0, len(endpoint_ids), _CHUNK):
            self._run(_table.update(due_at=None).where(_table.endpoint_id.in_(endpoint_ids[start : start + _CHUNK])))

    def prune(self) -> int:
        """Drop the rows of endpoints that are gone; return how many."""
        there = models.Endpoint.select(models.Endpoint.id)
        return self._run(_table.delete().where(_table.endpoint_id.not_in(there)))


def _standing(row: Sequence[Any], owner: str, now: int, latest: int) -> Standing:
    endpoint_id, edited_at, listed_at, due_at, looked_at, asked, holder, until = row
    why = asked or ""
    if not why:
        # What was done in the future was done before the clock was set back: it would count at every round.
        seen = now - _JUST_NOW if looked_at is None else looked_at
        why = "listed" if seen < (listed_at or 0) <= now else "edited" if (looked_at or now) < edited_at <= now else ""
    held = holder is not None and holder != owner and until is not None and now < until <= latest
    return Standing(endpoint_id, _time(due_at), _time(looked_at), why, held)


def _time(micros: int | None) -> datetime | None:
    return None if micros is None else EPOCH + timedelta(microseconds=micros)
