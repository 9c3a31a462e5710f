"""Sign-in sessions in the store: only the digests of their keys."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import WebSession
from . import account_models
from .table import TableAccess

_table = account_models.WebSession


class WebSessionTable(TableAccess):
    """One row for each browser that is signed in."""

    def add(self, session: WebSession, digest: str) -> None:
        """Store a new session by the digest of its key."""
        self._insert(_table, asdict(session) | {"digest": digest})

    def by_digest(self, digest: str) -> WebSession | None:
        """Return the session whose key has this digest, or None."""
        return next(iter(self._some(_table.digest == digest)), None)

    def of_user(self, user_id: str) -> list[WebSession]:
        """Return a user's sessions, the one seen last first."""
        return self._some(_table.user_id == user_id)

    def of_token(self, token_id: str) -> list[WebSession]:
        """Return the sessions that were begun with an API token, likewise."""
        return self._some(_table.token_id == token_id)

    def seen(self, session_id: str, now: datetime) -> None:
        """Note when a session was last used."""
        self._run(_table.update(seen_at=now).where(_table.id == session_id))

    def end(self, session_id: str) -> None:
        """Drop a session."""
        self._run(_table.delete().where(_table.id == session_id))

    def end_of_user(self, user_id: str) -> int:
        """Drop a user's sessions; return how many."""
        return self._run(_table.delete().where(_table.user_id == user_id))

    def end_of_token(self, token_id: str) -> int:
        """Drop the sessions of an API token; return how many."""
        return self._run(_table.delete().where(_table.token_id == token_id))

    def prune(self, seen_before: datetime, made_before: datetime) -> int:
        """Drop what was last seen, or begun, before then; return how many."""
        return self._run(_table.delete().where((_table.seen_at < seen_before) | (_table.created_at < made_before)))

    def _some(self, which: Any) -> list[WebSession]:
        rows = self._rows(_table.select().where(which).order_by(_table.seen_at.desc(), _table.id))
        return [WebSession(**{name: value for name, value in row.items() if name != "digest"}) for row in rows]
