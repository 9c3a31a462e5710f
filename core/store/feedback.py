"""Feedback in the store: each once, however often a marketplace tells it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import peewee

from ..records import Feedback, FeedbackSummary, Page
from . import models
from .feedback_model import Feedback as _table  # noqa: N813 - every table module calls its own so
from .table import TableAccess

_CHUNK = 500
_unchecked = (_table.kind == "error_report") & _table.checked_at.is_null()


class FeedbackTable(TableAccess):
    """What people said, by this space's own form or on marketplaces."""

    def add(self, feedback: Feedback) -> None:
        """Store what came by the form."""
        self._insert(_table, asdict(feedback))

    def add_fetched(self, marketplace_id: str, found: Sequence[Feedback]) -> int:
        """Store of one marketplace's feedback what is not there yet; return how many. Call it inside ``write()``."""
        fresh = {item.remote_id: item for item in found}
        for start in range(0, len(found), _CHUNK):
            asked = [item.remote_id for item in found[start : start + _CHUNK]]
            held = (_table.marketplace_id == marketplace_id) & _table.remote_id.in_(asked)
            for row in self._rows(_table.select(_table.remote_id).where(held)):
                del fresh[row["remote_id"]]
        for item in fresh.values():
            # Another process may fetch the same at the same time.
            _table.insert(**asdict(item)).on_conflict_ignore().execute(self._database)
        return len(fresh)

    def page(self, endpoint_id: str, page: int, per_page: int, kind: str | None = None) -> Page:
        """Return one page of what was said of an endpoint, newest first."""
        held = [_table.endpoint_id == endpoint_id, *([_table.kind == kind] if kind else [])]
        return self._page(
            _table.select().where(*held).order_by(_table.at.desc(), _table.id.desc()), page, per_page, _record
        )

    def summary(self, endpoint_id: str) -> FeedbackSummary:
        """Return in numbers what was said of an endpoint."""
        number = peewee.fn.COUNT(_table.id).alias("number")
        query = _table.select(_table.kind, _table.rating, number).where(_table.endpoint_id == endpoint_id)
        kinds: dict[str, int] = {}
        ratings: dict[int, int] = {}
        for row in self._rows(query.group_by(_table.kind, _table.rating)):
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["number"]
            if row["rating"] is not None:
                ratings[row["rating"]] = ratings.get(row["rating"], 0) + row["number"]
        return FeedbackSummary(kinds, ratings)

    def newest(self, marketplace_id: str) -> datetime | None:
        """Return when the newest of a marketplace's feedback that is here was given, or None."""
        query = _table.select(_table.at).where(_table.marketplace_id == marketplace_id).order_by(_table.at.desc())
        row = self._first(query)
        return row["at"] if row else None

    def reported(self, checked_before: datetime) -> list[str]:
        """Return the ids of the endpoints of which an error was reported since they were tried for that.

        Those that were tried after ``checked_before`` are left out.
        """
        lately = _table.select(_table.endpoint_id).where(_table.checked_at > checked_before)
        query = _table.select(_table.endpoint_id).where(_unchecked, _table.endpoint_id.not_in(lately)).distinct()
        return [row["endpoint_id"] for row in self._rows(query)]

    def reports(self, endpoint_id: str, since: datetime) -> int:
        """Return how many errors of an endpoint were reported since then."""
        held = (_table.kind == "error_report") & (_table.endpoint_id == endpoint_id) & (_table.at >= since)
        return self._count(_table.select().where(held))

    def checked(self, endpoint_id: str, reported_until: datetime, now: datetime, finding: str) -> int:
        """Note what was found, on every report that was here by then; return how many."""
        held = _unchecked & (_table.endpoint_id == endpoint_id) & (_table.at <= reported_until)
        return self._run(_table.update(checked_at=now, finding=finding).where(held))

    def trim(self, endpoint_id: str, most: int) -> int:
        """Drop the oldest of what came by the form beyond ``most`` of one endpoint; return how many."""
        query = _table.select(_table.id).where(_table.endpoint_id == endpoint_id, _table.marketplace_id == "")
        old = self._rows(query.order_by(_table.at.desc(), _table.id.desc()).offset(most).limit(_CHUNK))
        return self._run(_table.delete().where(_table.id.in_([row["id"] for row in old]))) if old else 0

    def prune(self) -> int:
        """Drop what was said of endpoints that are gone; return how many."""
        there = models.Endpoint.select(models.Endpoint.id)
        return self._run(_table.delete().where(_table.endpoint_id.not_in(there)))


def _record(row: dict[str, Any]) -> Feedback:
    return Feedback(**row)
