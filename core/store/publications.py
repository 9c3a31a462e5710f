"""Publications in the store: the rows that are the work, and the few queries that find what is due."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import peewee

from ..publishing.publication import MAX_LEASE
from ..records import ErrorInfo, Intent, Lease, Page, Publication
from . import models
from .prepared import Prepared
from .table import TableAccess

_table = models.Publication

FARTHEST = timedelta(hours=1)
"""No wait is as long; what is due later was written by a clock that has since been set back, and is due now."""
_PLAIN = [item.name for item in fields(Publication) if item.name not in ("lease", "intent", "error")]


class PublicationTable(TableAccess):
    """One row an endpoint and marketplace."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        listed = "WHERE endpoint_id = ? AND wanted = 'listed' AND remote_id IS NOT NULL"
        self._listed = Prepared(_table, listed, lambda row: str(row["marketplace_id"]))

    def of(self, endpoint_id: str, marketplace_id: str) -> Publication | None:
        """Return the row, or None where the endpoint was never published there."""
        row = self._first(
            _table.select().where(_table.endpoint_id == endpoint_id, _table.marketplace_id == marketplace_id)
        )
        return _record(row) if row else None

    def by_ids(self, ids: list[str]) -> list[Publication]:
        """Return those of the rows that exist."""
        return [_record(row) for row in self._rows(_table.select().where(_table.id.in_(ids)))]

    def of_endpoint(self, endpoint_id: str) -> list[Publication]:
        """Return the endpoint's rows."""
        return [_record(row) for row in self._rows(_table.select().where(_table.endpoint_id == endpoint_id))]

    def listed_on(self, endpoint_id: str) -> list[str]:
        """Return the ids of the marketplaces that list the endpoint as we wish them to; read for every query."""
        return self._listed.run(self._database, endpoint_id)

    def of_endpoints(self, endpoint_ids: list[str]) -> list[Publication]:
        """Return the rows of several endpoints in one read."""
        return [_record(row) for row in self._rows(_table.select().where(_table.endpoint_id.in_(endpoint_ids)))]

    def of_marketplace(self, marketplace_id: str) -> list[Publication]:
        """Return the marketplace's rows."""
        return [_record(row) for row in self._rows(_table.select().where(_table.marketplace_id == marketplace_id))]

    def wanted_listed(self) -> list[Publication]:
        """Return the rows of everything that should be listed somewhere."""
        return [_record(row) for row in self._rows(_table.select().where(_table.wanted == "listed"))]

    def listed(self) -> list[Publication]:
        """Return the rows of everything that is listed somewhere."""
        return [_record(row) for row in self._rows(_table.select().where(_table.remote_id.is_null(False)))]

    def counts(self) -> dict[str, int]:
        """Return how many endpoints are listed on each marketplace, by its id."""
        count = peewee.fn.COUNT(_table.id).alias("number")
        query = _table.select(_table.marketplace_id, count).where(_table.remote_id.is_null(False))
        return {row["marketplace_id"]: row["number"] for row in self._rows(query.group_by(_table.marketplace_id))}

    def states(self) -> dict[str, dict[str, int]]:
        """Return how many publications have which status, by marketplace id."""
        count, found = peewee.fn.COUNT(_table.id).alias("number"), dict[str, dict[str, int]]()
        query = _table.select(_table.marketplace_id, _table.status, count)
        for row in self._rows(query.group_by(_table.marketplace_id, _table.status)):
            found.setdefault(row["marketplace_id"], {})[row["status"]] = row["number"]
        return found

    def unsettled(self, marketplace_id: str, page: int, per_page: int) -> Page:
        """Return one page of the marketplace's rows that wait for an attempt or were given up, those first."""
        waits = _table.due_at.is_null(False) | _table.lease_until.is_null(False) | _table.gave_up
        query = _table.select().where(_table.marketplace_id == marketplace_id, waits)
        return self._page(query.order_by(_table.gave_up.desc(), _table.due_at, _table.id), page, per_page, _record)

    def under_way(self, marketplace_id: str) -> int:
        """Return how many of the marketplace's rows are due, sooner or later, or are just being worked on."""
        waits = _table.due_at.is_null(False) | _table.lease_until.is_null(False)
        return self._count(_table.select().where(_table.marketplace_id == marketplace_id, waits))

    def waiting(self, now: datetime, ids: Collection[str] | None = None) -> list[str]:
        """Return the ids of the marketplaces for which something (of ``ids``) is due and may be claimed."""
        query = _table.select(_table.marketplace_id).where(_claimable(now, ids)).distinct()
        return [row["marketplace_id"] for row in self._rows(query)]

    def due(
        self,
        now: datetime,
        limit: int,
        ids: Collection[str] | None = None,
        most: Mapping[str, int] | None = None,
    ) -> list[Publication]:
        """Return rows that may be claimed at ``now``: due, unleased, their marketplace not disabled.

        Marketplaces take turns, so that one with much to do holds up no other; what a person asked for comes first.

        Args:
            limit: the most that are returned, of all marketplaces together.
            ids: the rows to choose from, or None for all.
            most: how many of each marketplace, by its id (none where it is not named); None for as many as there are.
        """
        turn = peewee.fn.ROW_NUMBER().over(
            partition_by=[_table.marketplace_id], order_by=[_table.by_person.desc(), _table.due_at, _table.attempts]
        )
        ranked = _table.select(_table.id, turn.alias("turn")).where(_claimable(now, ids))
        if most is not None:
            ranked = ranked.where(_table.marketplace_id.in_(list(most)))
        ranked = ranked.alias("ranked")
        query = _table.select(_table, ranked.c.turn).join(ranked, on=ranked.c.id == _table.id)
        if most:
            query = query.where(ranked.c.turn <= peewee.Case(_table.marketplace_id, tuple(most.items()), 0))
        query = query.order_by(_table.by_person.desc(), ranked.c.turn, _table.due_at).limit(limit)
        return [_record(row) for row in self._rows(query)]

    def hold_back(
        self, marketplace_id: str, until: datetime, why: ErrorInfo, now: datetime, ids: Collection[str] | None = None
    ) -> None:
        """Make what is due there (of ``ids``) due at ``until`` instead, and say why; no attempt is spent."""
        said = {"error_cause": why.cause, "error_message": why.message, "error_remedy": why.remedy}
        held = _table.marketplace_id == marketplace_id
        self._run(_table.update(due_at=until, **said).where(held, _table.due_at <= now, _chosen(ids), _free(now)))

    def bring_forward(self, marketplace_id: str, now: datetime) -> None:
        """Make due at once what waits at the marketplace for a later try."""
        held = _table.marketplace_id == marketplace_id
        self._run(_table.update(due_at=now).where(held, _table.due_at > now, _free(now)))

    def held(self, marketplace_id: str) -> list[Publication]:
        """Return the rows of what is listed on the marketplace, or may be, or is just being worked on."""
        known = _table.remote_id.is_null(False) | _table.retiring_remote_id.is_null(False)
        there = known | _table.outcome_unknown | _table.lease_until.is_null(False)
        return [
            _record(row) for row in self._rows(_table.select().where(_table.marketplace_id == marketplace_id, there))
        ]

    def given_up(self, marketplace_id: str) -> list[Publication]:
        """Return the marketplace's rows that were given up."""
        query = _table.select().where(_table.marketplace_id == marketplace_id, _table.gave_up)
        return [_record(row) for row in self._rows(query)]

    def due_on(self, marketplace_id: str, now: datetime, ids: Collection[str] | None = None) -> list[Publication]:
        """Return the marketplace's rows (of ``ids``) that are due and that nobody holds."""
        held = _table.marketplace_id == marketplace_id
        return [_record(row) for row in self._rows(_table.select().where(held, _claimable(now, ids)))]

    def next_due(self) -> datetime | None:
        """Return when the earliest row is due, or None when nothing is."""
        query = _table.select(_table.due_at).where(_table.due_at.is_null(False)).order_by(_table.due_at)
        row = self._first(query)
        return row["due_at"] if row else None

    def leased_by(self, owner: str) -> list[Publication]:
        """Return the rows that ``owner`` holds."""
        return [_record(row) for row in self._rows(_table.select().where(_table.lease_owner == owner))]

    def seen(self, ids: list[str], now: datetime) -> None:
        """Note that a reading showed these listings as they should be."""
        for start in range(0, len(ids), 500):
            self._run(_table.update(verified_at=now).where(_table.id.in_(ids[start : start + 500])))

    def add(self, publication: Publication) -> None:
        """Store a new row."""
        self._insert(_table, _row(publication))

    def save(self, publication: Publication) -> None:
        """Store a changed row. Read it in the same ``write()``, so that nobody else's change is lost."""
        self._run(_table.update(**_row(publication)).where(_table.id == publication.id))

    def take(self, claimed: Publication) -> bool:
        """Store a claim; False when somebody was quicker, or the wish has changed since the row was read."""
        query = _table.update(**_row(claimed)).where(
            _table.id == claimed.id,
            _table.fence == claimed.fence - 1,
            _table.wanted_rev == claimed.wanted_rev,
        )
        return self._run(query) == 1


def _free(now: datetime) -> Any:
    return _table.lease_until.is_null() | (_table.lease_until <= now) | (_table.lease_until > now + MAX_LEASE)


def _chosen(ids: Collection[str] | None) -> Any:
    return peewee.SQL("1 = 1") if ids is None else _table.id.in_(list(ids))


def _claimable(now: datetime, ids: Collection[str] | None) -> Any:
    disabled = models.Marketplace.select(models.Marketplace.id).where(models.Marketplace.status == "disabled")
    due = (_table.due_at <= now) | (_table.due_at > now + FARTHEST)
    return due & _free(now) & _table.marketplace_id.not_in(disabled) & _chosen(ids)


def _outdated(item: Publication) -> Any:
    held, endpoint = models.Endpoint.held, models.Endpoint.id
    other = (endpoint == item.endpoint_id) & (held.cast("TEXT") != "{}") & (held != dict(item.listed_as))
    return peewee.fn.EXISTS(models.Endpoint.select(endpoint).where(other)) if item.listed_as else False


def _row(item: Publication) -> dict[str, Any]:
    lease, intent, error = item.lease, item.intent, item.error
    return {name: getattr(item, name) for name in _PLAIN} | {
        "listed_as": dict(item.listed_as),
        "outdated": _outdated(item),
        "drift": dict(item.drift),
        "lease_owner": lease and lease.owner,
        "lease_until": lease and lease.until,
        "intent_operation": intent and intent.operation,
        "intent_rev": intent and intent.rev,
        "intent_digest": intent and intent.digest,
        "intent_at": intent and intent.at,
        "error_cause": error and error.cause,
        "error_message": error and error.message,
        "error_remedy": error and error.remedy,
    }


def _record(row: dict[str, Any]) -> Publication:
    values = {name: row[name] for name in _PLAIN}
    if row["lease_owner"] is not None:
        values["lease"] = Lease(row["lease_owner"], row["lease_until"], row["fence"])
    if row["intent_operation"] is not None:
        values["intent"] = Intent(row["intent_operation"], row["intent_rev"], row["intent_digest"], row["intent_at"])
    if row["error_cause"] is not None:
        values["error"] = ErrorInfo(row["error_cause"], row["error_message"], row["error_remedy"])
    return Publication(**values)
