"""Health in the store: how endpoints do now, and how they did, see :mod:`publicist.core.health.sums`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from ..health.states import RealQueries, last_found
from ..health.sums import (
    added,
    cell_of,
    day_of,
    held,
    hour_of,
    pack,
    pack_day,
    pack_reading,
    unpack,
    unpack_day,
    unpack_readings,
)
from ..records import CheckResult, Health, HealthCell, HealthChange, RawReading
from . import health_models, models, usage_models
from .fields import from_micros, to_micros
from .prepared import Prepared
from .table import TableAccess
from .usage import FIRST_ERROR

FAILED = (500, 502, 504)
"""The statuses of queries that failed; 503 is ours to say: in maintenance, or with too many queries at once."""

_SLOW_SHARE = 20
_KEPT = 2_000
_health, _reading, _day, _change = (
    health_models.Health,
    health_models.HealthReading,
    health_models.HealthDay,
    health_models.HealthChange,
)
_endpoint, _event = models.Endpoint, usage_models.UsageEvent
_FIELDS = tuple(_health._meta.sorted_fields)  # noqa: SLF001 - peewee's own door to a table's description
_NAMES = tuple(field.column_name for field in _FIELDS)
_NOTE = (
    f"INSERT INTO health ({', '.join(_NAMES)}) VALUES ({', '.join('?' for _ in _NAMES)}) "  # noqa: S608 - all written here
    f"ON CONFLICT (endpoint_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES[1:])}"
)
_ADD_READING = (
    "INSERT INTO health_reading (endpoint_id, hour, readings) VALUES (?, ?, ?) "
    "ON CONFLICT (endpoint_id, hour) DO UPDATE SET readings = health_reading.readings || excluded.readings"
)
_ADD_DAY = (
    "INSERT INTO health_day (endpoint_id, day, whole, hours) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (endpoint_id, day) DO UPDATE SET whole = excluded.whole, hours = excluded.hours"
)


class HealthTable(TableAccess):
    """How endpoints do, and did. What is written is written inside ``write()``.

    What is run for every look is plain SQL: peewee takes many times as long to build a statement as it takes to run.
    """

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self._of = Prepared(_health, "WHERE endpoint_id = ?", _record)
        here = "WHERE endpoint_id IN (SELECT id FROM endpoint WHERE deleted_at IS NULL)"
        self._all = Prepared(_health, here, _record, kept=_KEPT)
        self._day_of = Prepared(_day, "WHERE endpoint_id = ? AND day = ?", lambda row: str(row["hours"]))

    def wanted(self, endpoint_id: str) -> bool:
        """Whether there is such an endpoint, not being deleted."""
        found = self._plain("SELECT 1 FROM endpoint WHERE id = ? AND deleted_at IS NULL", endpoint_id)
        return found.fetchone() is not None

    def of(self, endpoint_id: str) -> Health | None:
        """Return how an endpoint does; None for one that was never looked at."""
        return self._of.first(self._database, endpoint_id)

    def all(self) -> list[Health]:
        """Return how all endpoints do that are there and were looked at."""
        return self._all.run(self._database)

    def of_endpoints(self, endpoint_ids: Sequence[str]) -> dict[str, Health]:
        """Return how these endpoints do, by their ids; one that was never looked at is not among them."""
        rows = self._rows(_health.select().where(_health.endpoint_id.in_(list(endpoint_ids))))
        return {row["endpoint_id"]: _record(row) for row in rows}

    def real_queries(self, endpoint_id: str, since: datetime) -> RealQueries:
        """Return how the real queries to an endpoint went since then, by the single queries that are stored."""
        counted = self._plain(
            "SELECT status, COUNT(*) FROM usage_event WHERE endpoint_id = ? AND at >= ? GROUP BY status",
            endpoint_id,
            to_micros(since),
        )
        counts = {int(status): int(total) for status, total in counted.fetchall()}
        answered = sum(number for status, number in counts.items() if status < FIRST_ERROR)
        failed = sum(counts.get(status, 0) for status in FAILED)
        return RealQueries(answered + failed, failed, self._slowest(endpoint_id, since, answered))

    def hold(self, endpoint_id: str) -> Health | None:
        """Return how an endpoint does, and let no other process note anything of it before this one is done."""
        self._plain("UPDATE health SET turns = turns WHERE endpoint_id = ?", endpoint_id)
        return self.of(endpoint_id)

    def note(
        self, before: Health, after: Health, change: HealthChange | None, at: datetime, longest: timedelta
    ) -> None:
        """Keep the health after one look, made at ``at``, and add the look to readings and sums.

        Args:
            longest: the most of the time since the look before it for which the former state counts.
        """
        row = asdict(after)
        self._plain(_NOTE, *(field.db_value(row[field.name]) for field in _FIELDS))
        found = last_found(after)
        reading = RawReading(at, found, after.state, None if found == "unknown" else after.latency_ms)
        self._add_reading(after.endpoint_id, reading)
        self._add_up(before, reading, longest)
        if change:
            self._insert(_change, {"id": str(uuid4()), **asdict(change)})

    def readings(self, endpoint_id: str, since: datetime) -> list[RawReading]:
        """Return the single readings that are kept, from the hour of ``since`` on, in the order of time."""
        query = _reading.select().where(_reading.endpoint_id == endpoint_id, _reading.hour >= hour_of(since))
        rows = self._rows(query.order_by(_reading.hour))
        return [one for row in rows for one in unpack_readings(row["hour"], row["readings"])]

    def hours(self, endpoint_id: str, since: datetime, until: datetime) -> dict[datetime, HealthCell]:
        """Return the sums of hours that begin from ``since`` on and before ``until``."""
        query = _day.select().where(_day.endpoint_id == endpoint_id, _day.day >= day_of(since), _day.day < until)
        cells = {
            row["day"] + timedelta(hours=hour): cell
            for row in self._rows(query.order_by(_day.day))
            for hour, cell in unpack_day(row["hours"]).items()
        }
        return {hour: cell for hour, cell in cells.items() if since <= hour < until}

    def hours_of(
        self, endpoint_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[datetime, HealthCell]]:
        """Return the sums of hours by endpoint, as :meth:`hours` those of one; read at once for all of them."""
        query = _day.select(_day.endpoint_id, _day.day, _day.hours).where(
            _day.endpoint_id.in_(list(endpoint_ids)), _day.day >= day_of(since), _day.day < until
        )
        found: dict[str, dict[datetime, HealthCell]] = defaultdict(dict)
        for endpoint_id, day, text in self._raw(query):
            hours = {from_micros(day) + timedelta(hours=number): cell for number, cell in unpack_day(text).items()}
            found[endpoint_id] |= {hour: cell for hour, cell in hours.items() if since <= hour < until}
        return dict(found)

    def days(
        self, endpoint_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[datetime, HealthCell]]:
        """Return the sums of days by endpoint; an endpoint without any is not among them."""
        query = _day.select(_day.endpoint_id, _day.day, _day.whole).where(
            _day.endpoint_id.in_(list(endpoint_ids)), _day.day >= since, _day.day < until
        )
        found: dict[str, dict[datetime, HealthCell]] = defaultdict(dict)
        for endpoint_id, day, whole in self._raw(query.order_by(_day.day)):
            found[endpoint_id][from_micros(day)] = unpack(whole)
        return dict(found)

    def changes(self, endpoint_ids: Sequence[str], since: datetime) -> list[HealthChange]:
        """Return the changes of state since then, in the order of time."""
        query = _change.select().where(_change.endpoint_id.in_(list(endpoint_ids)), _change.at >= since)
        rows = self._rows(query.order_by(_change.at, _change.id))
        return [HealthChange(**{name: value for name, value in row.items() if name != "id"}) for row in rows]

    def prune(self, readings_before: datetime, rest_before: datetime, limit: int) -> int:
        """Drop up to ``limit`` rows of each table that are older, or whose endpoint is gone; return how many."""
        dropped = self._drop(_reading, _reading.hour < readings_before - timedelta(hours=1), limit)
        dropped += self._drop(_day, _day.day < day_of(rest_before), limit)
        dropped += self._drop(_change, _change.at < rest_before, limit)
        return dropped + self._drop_gone(limit)

    def _slowest(self, endpoint_id: str, since: datetime, answered: int) -> float | None:
        """Return how long 95 of 100 answers took at most."""
        if not answered:
            return None
        query = _event.select(_event.latency_ms).where(
            _event.endpoint_id == endpoint_id, _event.at >= since, _event.status < FIRST_ERROR
        )
        row = self._first(query.order_by(_event.latency_ms.desc()).offset(answered // _SLOW_SHARE))
        return float(row["latency_ms"]) if row else None

    def _add_reading(self, endpoint_id: str, reading: RawReading) -> None:
        self._plain(_ADD_READING, endpoint_id, to_micros(hour_of(reading.at)), pack_reading(reading))

    def _add_up(self, before: Health, reading: RawReading, longest: timedelta) -> None:
        """Add a look to its hour and day, and the time before it to the hours in which it passed."""
        days: dict[datetime, list[tuple[int, HealthCell]]] = defaultdict(list)
        for hour, seconds in held(before.noted_at or reading.at, reading.at, longest):
            days[day_of(hour)].append((hour.hour, HealthCell({before.state: seconds})))
        days[day_of(reading.at)].append((reading.at.hour, cell_of(reading)))
        for day, cells in days.items():
            self._add_to_day(before.endpoint_id, day, cells)

    def _add_to_day(self, endpoint_id: str, day: datetime, cells: Sequence[tuple[int, HealthCell]]) -> None:
        key = (endpoint_id, to_micros(day))
        hours = unpack_day(self._day_of.first(self._database, *key) or "")
        for hour, cell in cells:
            hours[hour] = added(hours.get(hour, HealthCell()), cell)
        self._plain(_ADD_DAY, *key, pack(added(*hours.values())), pack_day(hours))

    def _plain(self, sql: str, *values: Any) -> Any:
        return self._database.execute_sql(sql.replace("?", self._database.param), values)

    def _drop(self, table: Any, old: Any, limit: int) -> int:
        """Delete a few of the rows that are meant; a DELETE with a LIMIT is not known to every database."""
        keys = table._meta.get_primary_keys()  # noqa: SLF001 - peewee's own door to a table's description
        found = self._rows(table.select(*keys).where(old).limit(limit))
        for row in found:
            self._run(table.delete().where(*(key == row[key.name] for key in keys)))
        return len(found)

    def _drop_gone(self, limit: int) -> int:
        """Delete a few rows of endpoints that are gone; what says that they were there goes last."""
        gone = _health.select(_health.endpoint_id).where(_health.endpoint_id.not_in(_endpoint.select(_endpoint.id)))
        ids = [row["endpoint_id"] for row in self._rows(gone.limit(limit))]
        if not ids:
            return 0
        history = sum(self._drop(table, table.endpoint_id.in_(ids), limit) for table in (_reading, _day, _change))
        return history or self._drop(_health, _health.endpoint_id.in_(ids), limit)


def _record(row: dict[str, Any]) -> Health:
    results = tuple(CheckResult(**result) for result in row["results"])
    return Health(**{**row, "results": results})
