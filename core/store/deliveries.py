"""The outbox: one row for each notice and channel, so that each is sent once however often we are restarted."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ..records import Delivery, Page
from .alert_models import AlertDelivery as _table  # noqa: N813 - every table module calls its own so
from .table import TableAccess

_CHUNK = 50
FARTHEST = timedelta(hours=1)
"""No wait and no claim is as long; what lies farther ahead was written by a clock that has since been set back."""


class DeliveryTable(TableAccess):
    """Notices on their way, and those that arrived or were given up."""

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Store deliveries; one that is there already stays as it is."""
        rows = [asdict(delivery) for delivery in deliveries]
        for start in range(0, len(rows), _CHUNK):
            _table.insert_many(rows[start : start + _CHUNK]).on_conflict_ignore().execute(self._database)

    def waiting(self, now: datetime) -> list[str]:
        """Return the ids of the channels for which something is due that nobody holds."""
        query = _table.select(_table.channel_id).where(_due(now), _free(now)).distinct()
        return [row["channel_id"] for row in self._rows(query)]

    def next_of(self, channel_id: str, now: datetime) -> Delivery | None:
        """Return what is to be sent to the channel next, the oldest first, or None."""
        held = (_table.channel_id == channel_id) & _due(now) & _free(now)
        row = self._first(_table.select().where(held).order_by(_table.created_at, _table.key))
        return _record(row) if row else None

    def claim(self, item: Delivery, owner: str, until: datetime, now: datetime) -> bool:
        """Take a delivery; False when somebody was quicker."""
        held = _same(item) & _free(now) & (_table.due_at == item.due_at) & (_table.attempts == item.attempts)
        taken = _table.update(lease_owner=owner, lease_until=until, attempts=item.attempts + 1).where(held)
        return self._run(taken) == 1

    def settle(
        self, item: Delivery, owner: str, *, sent_at: datetime | None, due_at: datetime | None, error: str
    ) -> bool:
        """Note how an attempt ended; False when the lease was lost meanwhile."""
        values = {"sent_at": sent_at, "due_at": due_at, "error": error, "lease_owner": None, "lease_until": None}
        return self._run(_table.update(**values).where(_same(item), _table.lease_owner == owner)) == 1

    def put_off(self, channel_id: str, until: datetime, now: datetime) -> None:
        """Let the channel rest: what is due for it is due then."""
        held = (_table.channel_id == channel_id) & (_table.due_at < until) & _free(now)
        self._run(_table.update(due_at=until).where(held))

    def hasten(self, channel_id: str, now: datetime) -> None:
        """Let the channel rest no longer: what waits for it is due now."""
        self._run(_table.update(due_at=now).where(_table.channel_id == channel_id, _table.due_at > now))

    def give_up(self, channel_id: str, created_before: datetime, now: datetime) -> list[Delivery]:
        """Give up what has waited for a channel since before then; return it. Call it inside ``write()``."""
        held = (_table.channel_id == channel_id) & _table.due_at.is_null(False) & _free(now)
        query = _table.select().where(held, _table.created_at <= created_before)
        found = [_record(row) for row in self._rows(query.order_by(_table.created_at, _table.key))]
        for item in found:
            self._run(_table.update(due_at=None, gave_up_at=now).where(_same(item)))
        return found

    def release(self, owner: str) -> int:
        """Free what a process held that is gone; return how many."""
        return self._run(_table.update(lease_owner=None, lease_until=None).where(_table.lease_owner == owner))

    def owners(self) -> list[str]:
        """Return everybody who holds a delivery."""
        query = _table.select(_table.lease_owner).where(_table.lease_owner.is_null(False)).distinct()
        return [row["lease_owner"] for row in self._rows(query)]

    def standing(self, channel_id: str) -> tuple[int, str]:
        """Return how many wait for a channel, and the error of the oldest."""
        query = _table.select().where(_table.channel_id == channel_id, _table.due_at.is_null(False))
        oldest = self._first(query.order_by(_table.created_at, _table.key))
        return self._count(query), oldest["error"] if oldest else ""

    def failed(self, page: int, per_page: int) -> Page:
        """Return one page of what could not be sent so far, or was given up; the newest first."""
        query = _table.select().where(_table.sent_at.is_null(), _table.error != "")
        return self._page(query.order_by(_table.created_at.desc(), _table.key), page, per_page, _record)

    def forget(self, channel_id: str) -> None:
        """Drop what was for a channel that is gone."""
        self._run(_table.delete().where(_table.channel_id == channel_id))

    def prune(self, before: datetime) -> int:
        """Drop what was made before then and is not on its way any more; return how many."""
        return self._run(_table.delete().where(_table.created_at < before, _table.due_at.is_null()))


def _same(item: Delivery) -> Any:
    return (_table.key == item.key) & (_table.channel_id == item.channel_id)


def _free(now: datetime) -> Any:
    return _table.lease_until.is_null() | (_table.lease_until <= now) | (_table.lease_until > now + FARTHEST)


def _due(now: datetime) -> Any:
    return (_table.due_at <= now) | (_table.due_at > now + FARTHEST)


def _record(row: dict[str, Any]) -> Delivery:
    return Delivery(**row)
