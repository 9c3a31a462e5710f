"""Alerts in the store: channels, rules, what is remembered from round to round, and incidents."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import peewee

from ..records import AlertRule, Channel, Incident, Page
from ..secrets import SecretBox
from . import alert_models as models
from .models import Endpoint
from .table import TableAccess, open_json, seal_json

_channel, _rule, _episode, _clock, _incident = (
    models.AlertChannel,
    models.AlertRule,
    models.AlertEpisode,
    models.AlertClock,
    models.Incident,
)
_CHUNK = 100
_ONLY = 1


class AlertTable(TableAccess):
    """Everything about alerts but the notices on their way."""

    def __init__(self, database: Any, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box

    def channels(self) -> list[Channel]:
        """Return every channel, the oldest first."""
        return [self._opened(row) for row in self._rows(_channel.select().order_by(_channel.created_at, _channel.id))]

    def channel(self, channel_id: str) -> Channel | None:
        """Return the channel, or None."""
        row = self._first(_channel.select().where(_channel.id == channel_id))
        return self._opened(row) if row else None

    def add_channel(self, channel: Channel) -> None:
        """Store a new channel."""
        self._insert(_channel, self._sealed(channel))

    def save_channel(self, channel: Channel) -> None:
        """Store a changed channel."""
        self._run(_channel.update(**self._sealed(channel)).where(_channel.id == channel.id))

    def remove_channel(self, channel_id: str) -> None:
        """Forget a channel."""
        self._run(_channel.delete().where(_channel.id == channel_id))

    def rules(self) -> list[AlertRule]:
        """Return every rule, the oldest first."""
        rows = self._rows(_rule.select().order_by(_rule.created_at, _rule.id))
        return [AlertRule(**{**row, "words": tuple(row["words"]), "channels": tuple(row["channels"])}) for row in rows]

    def add_rule(self, rule: AlertRule) -> None:
        """Store a new rule."""
        self._insert(_rule, _rule_row(rule))

    def save_rule(self, rule: AlertRule) -> None:
        """Store a changed rule."""
        self._run(_rule.update(**_rule_row(rule)).where(_rule.id == rule.id))

    def remove_rule(self, rule_id: str) -> bool:
        """Forget a rule; False when there is none."""
        return self._run(_rule.delete().where(_rule.id == rule_id)) == 1

    def remove_rules_of_gone(self) -> int:
        """Forget the rules of endpoints that are not there any more; return how many."""
        there = Endpoint.select(Endpoint.id)
        return self._run(_rule.delete().where(_rule.endpoint_id.is_null(False), _rule.endpoint_id.not_in(there)))

    def last_round(self) -> datetime | None:
        """Return when the last round was."""
        row = self._first(_clock.select(_clock.at))
        return row["at"] if row else None

    def clock(self) -> tuple[datetime | None, float, dict[str, float]]:
        """Return when the last round was, how long was watched, and when groups were told; keep others waiting.

        The table is locked until the transaction ends, so that of several processes one decides at a time.
        """
        if not isinstance(self._database, peewee.SqliteDatabase):
            self._database.execute_sql(
                "LOCK TABLE alert_clock IN EXCLUSIVE MODE"
            )  # there may be no row yet that could be locked
        row = self._first(_clock.select())
        return (row["at"], row["lived"], row["groups_told"]) if row else (None, 0.0, {})

    def set_clock(self, at: datetime, lived: float, groups: Mapping[str, float]) -> None:
        """Keep what :meth:`clock` returns."""
        row = {"at": at, "lived": lived, "groups_told": dict(groups)}
        _clock.insert(id=_ONLY, **row).on_conflict(conflict_target=(_clock.id,), update=row).execute(self._database)

    def episodes(self) -> dict[str, dict[str, Any]]:
        """Return the episodes as JSON, by their keys."""
        return {row["id"]: row["state"] for row in self._rows(_episode.select())}

    def keep_episodes(self, changed: Mapping[str, Mapping[str, Any]], gone: Iterable[str]) -> None:
        """Store those that changed, and forget those that are gone."""
        names = [*gone, *changed]
        for start in range(0, len(names), _CHUNK):
            self._run(_episode.delete().where(_episode.id.in_(names[start : start + _CHUNK])))
        rows = [{"id": name, "state": dict(state)} for name, state in changed.items()]
        for start in range(0, len(rows), _CHUNK):
            _episode.insert_many(rows[start : start + _CHUNK]).execute(self._database)

    def incidents(self, page: int, per_page: int, *, open_only: bool = False) -> Page:
        """Return one page of the incidents, the newest first."""
        query = _incident.select().order_by(_incident.opened_at.desc(), _incident.id)
        return self._page(query.where(_incident.closed_at.is_null()) if open_only else query, page, per_page, _record)

    def incidents_of(self, name: str) -> list[Incident]:
        """Return the incident of that id, or those that were told in the notice of that id."""
        query = _incident.select().where((_incident.id == name) | (_incident.batch == name))
        return [_record(row) for row in self._rows(query)]

    def open_incidents(self, incidents: Iterable[Incident]) -> None:
        """Store new incidents."""
        rows = [asdict(incident) for incident in incidents]
        for start in range(0, len(rows), _CHUNK):
            _incident.insert_many(rows[start : start + _CHUNK]).execute(self._database)

    def close_incidents(self, ids: Iterable[str], now: datetime) -> None:
        """Note that these are over."""
        names = list(ids)
        for start in range(0, len(names), _CHUNK):
            held = _incident.id.in_(names[start : start + _CHUNK]) & _incident.closed_at.is_null()
            self._run(_incident.update(closed_at=now).where(held))

    def acknowledge(self, ids: Iterable[str], by: str, now: datetime) -> int:
        """Note that somebody knows of these; return how many nobody had known of."""
        held = _incident.id.in_(list(ids)) & _incident.acknowledged_at.is_null()
        return self._run(_incident.update(acknowledged_at=now, acknowledged_by=by).where(held))

    def prune(self, before: datetime, limit: int) -> int:
        """Drop up to ``limit`` incidents that were over by then; return how many."""
        old = self._rows(_incident.select(_incident.id).where(_incident.closed_at < before).limit(limit))
        return self._run(_incident.delete().where(_incident.id.in_([row["id"] for row in old]))) if old else 0

    def _sealed(self, channel: Channel) -> dict[str, Any]:
        return asdict(channel) | {"settings": seal_json(self._box, dict(channel.settings))}

    def _opened(self, row: dict[str, Any]) -> Channel:
        return Channel(**{**row, "settings": open_json(self._box, row["settings"])})


def _rule_row(rule: AlertRule) -> dict[str, Any]:
    return asdict(rule) | {"words": list(rule.words), "channels": list(rule.channels)}


def _record(row: dict[str, Any]) -> Incident:
    return Incident(**row)
