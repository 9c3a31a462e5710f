"""How each process's runner does, as it last said."""

from dataclasses import asdict
from datetime import datetime

from ..records import RunnerSign
from . import models
from .table import TableAccess

_table = models.RunnerSign


class RunnerSignTable(TableAccess):
    """One row a process that has a runner."""

    def note(self, sign: RunnerSign) -> None:
        """Put this in the place of what the process said before."""
        row = asdict(sign)
        _table.insert(**row).on_conflict(conflict_target=(_table.owner,), update=row).execute(self._database)

    def all(self) -> list[RunnerSign]:
        """Return what every process said last, the latest first."""
        return [RunnerSign(**row) for row in self._rows(_table.select().order_by(_table.at.desc()))]

    def forget(self, owner: str) -> None:
        """Drop what a process said."""
        self._run(_table.delete().where(_table.owner == owner))

    def prune(self, before: datetime) -> int:
        """Drop what was said before then; return how many rows."""
        return self._run(_table.delete().where(_table.at < before))
