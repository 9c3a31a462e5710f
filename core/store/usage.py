"""Counted queries in the store: a batch at a time, each query once; dropped when they are old."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import peewee

from ..records import QueryEvent
from ..usage.latencies import bound_of
from . import usage_models as models
from .table import TableAccess

PARTS_OF_ONE = 10**8
"""Costs have up to eight decimals; sums are kept as whole units and such parts, which no column can overflow with."""

UNFIT = (peewee.DataError, peewee.IntegrityError, ValueError, TypeError, ArithmeticError)
"""What :meth:`UsageTable.add` raises for a query that no retry will make it take."""

FIRST_ERROR = 400
"""The lowest HTTP status of a query that got no answer."""

_CHUNK = 500
_SAME = (
    "at", "endpoint_id", "marketplace_id", "person", "country", "status", "latency_ms", "currency", "denial",
)  # fmt: skip
_event, _hour, _latency, _person, _writer = (
    models.UsageEvent,
    models.UsageHour,
    models.UsageLatency,
    models.UsagePerson,
    models.UsageWriter,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """How far a process has come: it accepted queries since ``started_at``, and ``dropped`` some."""

    owner: str
    started_at: datetime
    seen_at: datetime
    dropped: int


class UsageTable(TableAccess):
    """Adds to the counts and drops what is old; call everything here inside ``write()``."""

    def flushed(self, owner: str) -> int:
        """Return how many queries of that process are stored; 0 for one that is not known."""
        row = self._first(_writer.select().where(_writer.owner == owner))
        return int(row["flushed"]) if row else 0

    def add(self, events: Sequence[QueryEvent], writer: Writer) -> None:
        """Store queries, raw and in the counts, and note that their process has come so far."""
        self._chunks(_event, [_raw(event) for event in events])
        self._add_up(_hour, _summed(events, _hour_key, _hour_values), ("queries", "cost_whole", "cost_fraction"))
        answered = [event for event in events if event.status < FIRST_ERROR]
        self._add_up(_latency, _summed(answered, _latency_key, _one), ("queries",))
        known = [event for event in events if event.person]
        self._add_up(_person, _summed(known, _person_key, _person_values), ("queries", "denied"))
        self._note(writer, len(events))

    def bury(self, writer: Writer, recorded: int) -> int:
        """Note what a process that is gone never stored; return how many queries that are. May be repeated."""
        lost = max(0, recorded - self.flushed(writer.owner))
        self._note(writer, 0)
        self._run(_writer.update(lost=lost).where(_writer.owner == writer.owner))
        return lost

    def close(self, owner: str) -> None:
        """Forget a process that stored all it had; one that dropped something stays, for the figures tell it."""
        self._run(_writer.delete().where(_writer.owner == owner, _writer.dropped == 0, _writer.lost == 0))

    def prune_events(self, before: datetime, limit: int) -> int:
        """Drop up to ``limit`` raw queries that are older; return how many."""
        old = _event.select(_event.id).where(_event.at < before).limit(limit)
        return self._run(_event.delete().where(_event.id.in_([row["id"] for row in self._rows(old)])))

    def prune_counts(self, before: datetime) -> int:
        """Drop one day of older counts, the oldest; return how many rows that were, 0 when nothing old is left."""
        dropped = 0
        for table, column in ((_hour, _hour.hour), (_latency, _latency.hour), (_person, _person.day)):
            oldest = self._first(table.select(column.alias("oldest")).order_by(column))
            if oldest and oldest["oldest"] < before:
                until = min(before, oldest["oldest"] + timedelta(days=1))
                dropped += self._run(table.delete().where(column < until))
        return dropped + self._run(_writer.delete().where(_writer.seen_at < before))

    def _note(self, writer: Writer, flushed: int) -> None:
        _writer.insert(**asdict(writer), flushed=flushed, lost=0).on_conflict(
            conflict_target=(_writer.owner,),
            update={
                _writer.seen_at: writer.seen_at,
                _writer.dropped: writer.dropped,
                _writer.flushed: _writer.flushed + flushed,
            },
        ).execute(self._database)

    def _add_up(self, table: Any, rows: list[dict[str, Any]], sums: Sequence[str]) -> None:
        """Add rows to those that are there; in the order of their keys, so that no two processes block each other."""
        update = {name: getattr(table, name) + getattr(peewee.EXCLUDED, name) for name in sums}
        target = table._meta.primary_key.field_names  # noqa: SLF001 - peewee's own door to a table's description
        for chunk in _cut(rows):
            table.insert_many(chunk).on_conflict(conflict_target=target, update=update).execute(self._database)

    def _chunks(self, table: Any, rows: list[dict[str, Any]]) -> None:
        for chunk in _cut(rows):
            table.insert_many(chunk).execute(self._database)


def _cut(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _summed(
    events: Iterable[QueryEvent],
    key: Callable[[QueryEvent], Mapping[str, Any]],
    values: Callable[[QueryEvent], Mapping[str, int]],
) -> list[dict[str, Any]]:
    """Return one row for each key, its values added up, in the order of the keys."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    names: tuple[str, ...] = ()
    for event in events:
        row = key(event)
        names = tuple(row)
        sums = found.setdefault(tuple(row.values()), Counter())
        for name, value in values(event).items():
            sums[name] += value
    return [dict(zip(names, held, strict=True)) | sums for held, sums in sorted(found.items())]


def _raw(event: QueryEvent) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in _SAME}
    return {"id": str(uuid4()), **row, "cost": str(event.cost), "query_text": event.text}


def _of_hour(event: QueryEvent) -> dict[str, Any]:
    hour = event.at.replace(minute=0, second=0, microsecond=0)
    return {"endpoint_id": event.endpoint_id, "hour": hour, "marketplace_id": event.marketplace_id}


def _hour_key(event: QueryEvent) -> dict[str, Any]:
    named = {name: getattr(event, name) for name in ("status", "denial", "country", "currency")}
    return _of_hour(event) | named


def _hour_values(event: QueryEvent) -> dict[str, int]:
    whole, fraction = divmod(int(event.cost * PARTS_OF_ONE), PARTS_OF_ONE)
    return {"queries": 1, "cost_whole": whole, "cost_fraction": fraction}


def _latency_key(event: QueryEvent) -> dict[str, Any]:
    return _of_hour(event) | {"bound_ms": bound_of(event.latency_ms)}


def _person_key(event: QueryEvent) -> dict[str, Any]:
    day = event.at.replace(hour=0, minute=0, second=0, microsecond=0)
    named = {"marketplace_id": event.marketplace_id, "person": event.person}
    return {"endpoint_id": event.endpoint_id, "day": day, **named}


def _person_values(event: QueryEvent) -> dict[str, int]:
    return {"queries": 1, "denied": int(bool(event.denial))}


def _one(_: QueryEvent) -> dict[str, int]:
    return {"queries": 1}


def cost_of(whole: Any, fraction: Any) -> Decimal:
    """Return a sum that was kept in two columns."""
    return int(whole) + Decimal(int(fraction)) / PARTS_OF_ONE
