"""Sums of counted queries, as they are asked for."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import peewee

from ..records import (
    CostCount,
    HourCount,
    HourRow,
    LatencyCount,
    PersonCount,
    QueryEvent,
    SideCount,
    Uncounted,
    UsageCounts,
    UsageSpan,
)
from . import usage_models as models
from .fields import EPOCH
from .table import TableAccess
from .usage import FIRST_ERROR, cost_of

FEW = 20
"""How many people are named: those who ask most, and those who are refused most."""

_MICROS = {"hour": 3_600_000_000, "day": 86_400_000_000}
_event, _hour, _latency, _person, _writer = (
    models.UsageEvent,
    models.UsageHour,
    models.UsageLatency,
    models.UsagePerson,
    models.UsageWriter,
)


class UsageCountTable(TableAccess):
    """Reads what :class:`publicist.core.store.usage.UsageTable` wrote."""

    def counts(self, span: UsageSpan) -> UsageCounts:
        """Return everything that was counted in a span. People by the hour are known while raw queries are kept."""
        people = _People(span)
        return UsageCounts(
            hours=self.hours(span),
            marketplaces=self._sides(span, _hour.marketplace_id),
            endpoints=self._sides(span, _hour.endpoint_id),
            countries=self._by(span, _hour.country),
            denials={name: queries for name, queries in self._by(span, _hour.denial).items() if name},
            costs=self._costs(span),
            latencies=self._latencies(span),
            people=self._distinct(people),
            people_at=self._people_at(span),
            people_of=self._people_of(people),
            busiest=self._first_few(people, "queries"),
            most_denied=self._first_few(people, "denied"),
            uncounted=self.uncounted(span.since, span.until),
        )

    def hours(self, span: UsageSpan) -> tuple[HourCount, ...]:
        """Return the queries by hour and status, in the order of time."""
        query = _hour.select(_hour.hour, _hour.status, _sum(_hour.queries)).where(*_within(_hour, _hour.hour, span))
        rows = self._rows(query.group_by(_hour.hour, _hour.status).order_by(_hour.hour, _hour.status))
        return tuple(HourCount(row["hour"], row["status"], int(row["total"])) for row in rows)

    def statuses(self, endpoint_id: str, since: datetime) -> dict[int, int]:
        """Return how many queries to an endpoint were answered with which status, by single queries."""
        query = _event.select(_event.status, peewee.fn.COUNT(_event.id).alias("total"))
        held = query.where(_event.endpoint_id == endpoint_id, _event.at >= since)
        return {row["status"]: int(row["total"]) for row in self._rows(held.group_by(_event.status))}

    def denials(self, endpoint_id: str, since: datetime) -> dict[str, int]:
        """Return how many queries to an endpoint were denied with which outcome, by single queries."""
        query = _event.select(_event.denial, peewee.fn.COUNT(_event.id).alias("total"))
        held = query.where(_event.endpoint_id == endpoint_id, _event.at >= since, _event.denial != "")
        return {row["denial"]: int(row["total"]) for row in self._rows(held.group_by(_event.denial))}

    def export(self, span: UsageSpan) -> Iterator[HourRow]:
        """Give the hourly rows in the order of time, one after the other."""
        query = _hour.select().where(*_within(_hour, _hour.hour, span))
        order = (_hour.hour, _hour.endpoint_id, _hour.marketplace_id, _hour.status, _hour.denial, _hour.country)
        for row in query.order_by(*order, _hour.currency).dicts().iterator(self._database):
            cost = cost_of(row.pop("cost_whole"), row.pop("cost_fraction"))
            yield HourRow(**row, cost=cost)

    def events(self, span: UsageSpan) -> Iterator[QueryEvent]:
        """Give the single queries in the order of time, one after the other."""
        query = _event.select().where(*_within(_event, _event.at, span)).order_by(_event.at, _event.id)
        for row in query.dicts().iterator(self._database):
            del row["id"]
            text, cost = row.pop("query_text"), Decimal(row.pop("cost"))
            yield QueryEvent(**row, text=text, cost=cost)

    def uncounted(self, since: datetime, until: datetime) -> Uncounted:
        """Return what the processes of that time could not store."""
        dropped, lost = (peewee.fn.COALESCE(peewee.fn.SUM(each), 0) for each in (_writer.dropped, _writer.lost))
        query = _writer.select(dropped.alias("dropped"), lost.alias("lost"))
        row = self._first(query.where(_writer.seen_at >= since, _writer.started_at < until)) or {}
        return Uncounted(int(row.get("dropped", 0)), int(row.get("lost", 0)))

    def _sides(self, span: UsageSpan, column: Any) -> tuple[SideCount, ...]:
        query = _hour.select(column.alias("id"), _hour.status, _sum(_hour.queries))
        rows = self._rows(query.where(*_within(_hour, _hour.hour, span)).group_by(column, _hour.status))
        return tuple(SideCount(row["id"], row["status"], int(row["total"])) for row in rows)

    def _by(self, span: UsageSpan, column: Any) -> dict[str, int]:
        query = _hour.select(column.alias("name"), _sum(_hour.queries)).where(*_within(_hour, _hour.hour, span))
        return {row["name"]: int(row["total"]) for row in self._rows(query.group_by(column))}

    def _costs(self, span: UsageSpan) -> tuple[CostCount, ...]:
        """Return the costs; a query that was refused for want of payment names its currency, but costs nothing."""
        answered = peewee.Case(None, [(_hour.status < FIRST_ERROR, _hour.queries)], 0)
        sums = (_sum(_hour.cost_whole, "cost_whole"), _sum(_hour.cost_fraction, "cost_fraction"))
        query = _hour.select(_hour.currency, _sum(answered), *sums)
        held = query.where(*_within(_hour, _hour.hour, span), _hour.currency != "")
        rows = self._rows(held.group_by(_hour.currency).order_by(_hour.currency))
        costs = (
            CostCount(row["currency"], int(row["total"]), cost_of(row["cost_whole"], row["cost_fraction"]))
            for row in rows
        )
        return tuple(cost for cost in costs if cost.queries or cost.total)

    def _latencies(self, span: UsageSpan) -> tuple[LatencyCount, ...]:
        query = _latency.select(_latency.marketplace_id, _latency.bound_ms, _sum(_latency.queries))
        held = query.where(*_within(_latency, _latency.hour, span))
        rows = self._rows(held.group_by(_latency.marketplace_id, _latency.bound_ms))
        return tuple(LatencyCount(row["marketplace_id"], row["bound_ms"], int(row["total"])) for row in rows)

    def _distinct(self, people: "_People") -> int:
        row = self._first(people.table.select(people.distinct("total")).where(*people.where))
        return int(row["total"]) if row else 0

    def _people_of(self, people: "_People") -> dict[str, int]:
        marketplace = people.table.marketplace_id
        query = people.table.select(marketplace, people.distinct("total")).where(*people.where)
        return {row["marketplace_id"]: int(row["total"]) for row in self._rows(query.group_by(marketplace))}

    def _people_at(self, span: UsageSpan) -> Mapping[datetime, int]:
        people, micros = _People(span), _MICROS[span.step]
        step = people.time.cast("BIGINT") / micros
        query = people.table.select(step.alias("step"), people.distinct("total")).where(*people.where)
        # By its name: with its number bound twice, PostgreSQL does not see that it is one and the same expression.
        query = query.group_by(peewee.SQL("step"))
        return {
            EPOCH + timedelta(microseconds=int(row["step"]) * micros): int(row["total"])
            for row in query.dicts().execute(self._database)
        }

    def _first_few(self, people: "_People", by: str) -> tuple[PersonCount, ...]:
        columns = (people.table.person, people.table.marketplace_id)
        sums = {"queries": people.queries, "denied": people.denied}
        query = people.table.select(*columns, *(value.alias(name) for name, value in sums.items()))
        ordered = query.where(*people.where).group_by(*columns).order_by(sums[by].desc(), people.table.person)
        return tuple(
            PersonCount(row["person"], row["marketplace_id"], int(row["queries"]), int(row["denied"]))
            for row in self._rows(ordered.limit(FEW))
        )


class _People:
    """Where people are counted: by the day in their own table, by the hour in the single queries."""

    def __init__(self, span: UsageSpan) -> None:
        by_hour = span.step == "hour"
        self.table: Any = _event if by_hour else _person
        self.time: Any = _event.at if by_hour else _person.day
        self.where = [*_within(self.table, self.time, span), self.table.person != ""]
        refused = peewee.Case(None, [(_event.denial == "", 0)], 1)
        self.queries: Any = peewee.fn.COUNT(_event.id) if by_hour else peewee.fn.SUM(_person.queries)
        self.denied: Any = peewee.fn.SUM(refused) if by_hour else peewee.fn.SUM(_person.denied)

    def distinct(self, name: str) -> Any:
        return peewee.fn.COUNT(self.table.person.distinct()).alias(name)


def _sum(column: Any, name: str = "total") -> Any:
    return peewee.fn.SUM(column).alias(name)


def _within(table: Any, time: Any, span: UsageSpan) -> list[Any]:
    held = [time >= span.since, time < span.until]
    held += [table.endpoint_id == span.endpoint_id] if span.endpoint_id is not None else []
    held += [table.marketplace_id == span.marketplace_id] if span.marketplace_id is not None else []
    return held
