"""One-time links in the store: only the digests of their codes."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import Invitation
from . import account_models
from .table import TableAccess

_table = account_models.Invitation


class InvitationTable(TableAccess):
    """Open invitations; one that was used is gone."""

    def all(self, now: datetime) -> list[Invitation]:
        """Return those to people that still hold, newest first; not the set-up link."""
        return self._some(~_table.setup & self._holds(now))

    def by_digest(self, digest: str, now: datetime) -> Invitation | None:
        """Return the invitation whose code has this digest, if it still holds."""
        return next(iter(self._some((_table.digest == digest) & self._holds(now))), None)

    def add(self, invitation: Invitation, digest: str) -> None:
        """Store a new invitation by the digest of its code."""
        self._insert(_table, asdict(invitation) | {"digest": digest})

    def take(self, invitation_id: str) -> bool:
        """Drop an invitation; False when somebody else was first, or there is none."""
        return self._run(_table.delete().where(_table.id == invitation_id)) > 0

    def drop_of(self, user_id: str) -> None:
        """Drop the links by which a user could choose a new password."""
        self._run(_table.delete().where(_table.user_id == user_id))

    def drop_setup(self) -> None:
        """Drop the set-up link."""
        self._run(_table.delete().where(_table.setup))

    def prune(self, now: datetime) -> None:
        """Drop those that hold no longer."""
        self._run(_table.delete().where(~self._holds(now)))

    @staticmethod
    def _holds(now: datetime) -> Any:
        return _table.expires_at.is_null() | (_table.expires_at > now)

    def _some(self, which: Any) -> list[Invitation]:
        rows = self._rows(_table.select().where(which).order_by(_table.created_at.desc(), _table.id))
        return [Invitation(**{name: value for name, value in row.items() if name != "digest"}) for row in rows]
