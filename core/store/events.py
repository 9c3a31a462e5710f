"""Events in the store: added, read newest first, dropped when they are old."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from ..records import Actor, Event, Page, Subject
from . import models
from .table import TableAccess

_table = models.Event
_OF_SUBJECT = (
    _table.subject_kind,
    _table.subject_id,
    _table.subject_name,
    _table.endpoint_id,
    _table.marketplace_id,
)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are asked for; None asks for all.

    ``subject`` is the kind, id or name of a subject, or the id of the endpoint or marketplace it belongs to;
    ``actor`` the kind or the name of who acted.
    """

    subject: str | None = None
    action: str | None = None
    since: datetime | None = None
    endpoint_id: str | None = None
    marketplace_id: str | None = None
    until: datetime | None = None
    actor: str | None = None
    outcome: str | None = None


class EventTable(TableAccess):
    """The audit trail."""

    def add(self, event: Event) -> None:
        """Store an event; call it in the ``write()`` of the change itself."""
        subject = asdict(event.subject)
        self._insert(
            _table,
            {
                "id": event.id,
                "at": event.at,
                "actor_kind": event.actor.kind,
                "actor_name": event.actor.name,
                "action": event.action,
                **{f"subject_{name}": subject[name] for name in ("kind", "id", "name")},
                **{name: subject[name] for name in ("endpoint_id", "marketplace_id")},
                "what": event.what,
                "before_digest": event.before_digest,
                "after_digest": event.after_digest,
                "outcome": event.outcome,
            },
        )

    def between(self, after: str, before: str, limit: int) -> list[Event]:
        """Return the first events whose ids, which sort by time, are greater than one and less than the other."""
        chosen = _table.select().where(_table.id > after, _table.id < before).order_by(_table.id).limit(limit)
        return [_record(row) for row in self._rows(chosen)]

    def page(self, asked: EventFilter, page: int, per_page: int) -> Page:
        """Return one page of the events that are asked for, newest first."""
        query = _table.select().where(*_conditions(asked)).order_by(_table.at.desc(), _table.id.desc())
        return self._page(query, page, per_page, _record)

    def prune(self, before: datetime, limit: int) -> int:
        """Drop up to ``limit`` events that are older; return how many."""
        old = _table.select(_table.id).where(_table.at < before).limit(limit)
        return self._run(_table.delete().where(_table.id.in_([row["id"] for row in self._rows(old)])))


def _conditions(asked: EventFilter) -> list[Any]:
    equal = {name: getattr(asked, name) for name in ("action", "outcome", "endpoint_id", "marketplace_id")}
    found: list[Any] = [True, *(getattr(_table, name) == value for name, value in equal.items() if value is not None)]
    if asked.subject is not None:
        found.append(_any_of(_OF_SUBJECT, asked.subject))
    if asked.actor is not None:
        found.append(_any_of((_table.actor_kind, _table.actor_name), asked.actor))
    if asked.since is not None:
        found.append(_table.at >= asked.since)
    if asked.until is not None:
        found.append(_table.at < asked.until)
    return found


def _any_of(columns: Sequence[Any], value: str) -> Any:
    return reduce(or_, (column == value for column in columns))


def _record(row: dict[str, Any]) -> Event:
    subject = Subject(
        row["subject_kind"], row["subject_id"], row["subject_name"], row["endpoint_id"], row["marketplace_id"]
    )
    return Event(
        id=row["id"],
        at=row["at"],
        actor=Actor(row["actor_kind"], row["actor_name"]),
        action=row["action"],
        subject=subject,
        what=row["what"],
        before_digest=row["before_digest"],
        after_digest=row["after_digest"],
        outcome=row["outcome"],
    )
