"""Answers kept for requests that carry an ``Idempotency-Key``."""

from dataclasses import dataclass
from datetime import datetime

import peewee

from . import models
from .table import TableAccess

_table = models.Idempotency


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is kept: the request's digest, and the answer once there is one."""

    request_digest: str
    status: int | None
    answer: str | None


class IdempotencyTable(TableAccess):
    """One row a key; it is begun before the work and finished with the answer."""

    def begin(self, key: str, request_digest: str, now: datetime, stale_before: datetime) -> KeptAnswer | None:
        """Note that the request is under way; return what is kept already when the key was used before.

        A request that began before ``stale_before`` and was never finished is begun anew: its process is gone.
        """
        stale = (_table.id == key) & _table.answer.is_null() & (_table.created_at < stale_before)
        self._run(_table.delete().where(stale))
        try:
            self._insert(_table, {"id": key, "request_digest": request_digest, "created_at": now})
        except peewee.IntegrityError:
            row = self._first(_table.select().where(_table.id == key))
            return KeptAnswer(row["request_digest"], row["status"], row["answer"]) if row else None
        return None

    def finish(self, key: str, status: int, answer: str) -> None:
        """Keep the answer."""
        self._run(_table.update(status=status, answer=answer).where(_table.id == key))

    def forget(self, key: str) -> None:
        """Drop a request that failed, so that it can be sent again."""
        self._run(_table.delete().where(_table.id == key))

    def prune(self, before: datetime) -> int:
        """Drop what is older than ``before``; return how many."""
        return self._run(_table.delete().where(_table.created_at < before))
