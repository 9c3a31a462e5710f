"""Failed tries to sign in, counted for all processes together."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from . import account_models
from .table import TableAccess

_table = account_models.SignInTry


class SignInTryTable(TableAccess):
    """One row for each name and each address under which signing in failed."""

    def some(self, keys: Collection[str]) -> dict[str, tuple[int, datetime]]:
        """Return how often each of these failed, and when last."""
        rows = self._rows(_table.select().where(_table.key.in_(list(keys))))
        return {row["key"]: (row["fails"], row["last_at"]) for row in rows}

    def set(self, key: str, fails: int, now: datetime) -> None:
        """Keep how often it failed."""
        row = {"key": key, "fails": fails, "last_at": now}
        _table.insert(**row).on_conflict(conflict_target=(_table.key,), update=row).execute(self._database)

    def prune(self, before: datetime, kept: Sequence[str], kept_before: datetime) -> None:
        """Drop what happened before then; of the keys that begin with one in ``kept`` only what is older still."""
        lasting = reduce(or_, (_table.key.startswith(start) for start in kept))
        self._run(_table.delete().where((_table.last_at < kept_before) | (~lasting & (_table.last_at < before))))
