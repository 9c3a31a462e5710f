"""The processes that use this database, and when each was last seen."""

from dataclasses import asdict
from datetime import datetime

from ..records import Process
from . import models
from .table import TableAccess

_table = models.Process


class ProcessTable(TableAccess):
    """One row a process."""

    def seen(self, process: Process) -> None:
        """Note that the process lives."""
        row = asdict(process)
        _table.insert(**row).on_conflict(conflict_target=(_table.owner,), update={"seen_at": process.seen_at}).execute(
            self._database
        )

    def elsewhere(self, place: str) -> list[Process]:
        """Return the processes whose data directory is not the one of ``place``, the last seen first."""
        query = _table.select().where(_table.place != place).order_by(_table.seen_at.desc())
        return [Process(**row) for row in self._rows(query)]

    def forget(self, owner: str) -> None:
        """Drop a process."""
        self._run(_table.delete().where(_table.owner == owner))

    def prune(self, before: datetime) -> int:
        """Drop the processes that were last seen before then; return how many."""
        return self._run(_table.delete().where(_table.seen_at < before))
