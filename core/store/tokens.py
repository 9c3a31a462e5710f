"""API tokens in the store: only their hashes."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import ApiToken
from . import models
from .table import TableAccess

_table = models.ApiToken


class TokenTable(TableAccess):
    """API tokens by id and by hash."""

    def all(self) -> list[ApiToken]:
        """Return every token, revoked ones too, oldest first."""
        return [_record(row) for row in self._rows(_table.select().order_by(_table.created_at, _table.id))]

    def by_digest(self, digest: str) -> ApiToken | None:
        """Return the token whose SHA-256 this is, or None."""
        row = self._first(_table.select().where(_table.digest == digest))
        return _record(row) if row else None

    def by_id(self, token_id: str) -> ApiToken | None:
        """Return the token by its id, or None."""
        row = self._first(_table.select().where(_table.id == token_id))
        return _record(row) if row else None

    def add(self, token: ApiToken, digest: str) -> None:
        """Store a new token by its hash."""
        self._insert(_table, asdict(token) | {"digest": digest, "scopes": list(token.scopes)})

    def used(self, token_id: str, now: datetime) -> None:
        """Note when the token was last used."""
        self._run(_table.update(last_used_at=now).where(_table.id == token_id))

    def revoke(self, token_id: str, now: datetime) -> bool:
        """Revoke the token; False when there is none by that id. Repeating it changes nothing."""
        if not self._first(_table.select().where(_table.id == token_id)):
            return False
        self._run(_table.update(revoked_at=now).where(_table.id == token_id, _table.revoked_at.is_null()))
        return True


def _record(row: dict[str, Any]) -> ApiToken:
    return ApiToken(
        **{name: value for name, value in row.items() if name != "digest"} | {"scopes": tuple(row["scopes"])}
    )
