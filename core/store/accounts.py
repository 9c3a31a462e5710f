"""People who sign in, in the store: of a password only its argon2 hash."""

import unicodedata
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..records import Role, User
from . import account_models
from .table import TableAccess

_table = account_models.Account


class AccountTable(TableAccess):
    """People by id and by name, in which upper and lower case are the same."""

    def all(self) -> list[User]:
        """Return everybody, by name."""
        return [_record(row) for row in self._rows(_table.select().order_by(_table.folded))]

    def any(self) -> bool:
        """Tell whether there is anybody."""
        return self._first(_table.select(_table.id)) is not None

    def by_id(self, user_id: str) -> User | None:
        """Return the user, or None."""
        row = self._first(_table.select().where(_table.id == user_id))
        return _record(row) if row else None

    def by_name(self, name: str) -> User | None:
        """Return the user of that name, or None."""
        row = self._first(_table.select().where(_table.folded == folded(name)))
        return _record(row) if row else None

    def password(self, user_id: str) -> str | None:
        """Return the hash of a user's password."""
        row = self._first(_table.select(_table.password).where(_table.id == user_id))
        return row["password"] if row else None

    def add(self, user: User, password: str) -> bool:
        """Store a new user with the hash of a password; False when the name is taken."""
        if self.by_name(user.name):
            return False
        self._insert(_table, asdict(user) | {"folded": folded(user.name), "password": password})
        return True

    def set_password(self, user_id: str, password: str) -> None:
        """Store the hash of a new password."""
        self._run(_table.update(password=password).where(_table.id == user_id))

    def set_role(self, user_id: str, role: Role) -> None:
        """Store another role."""
        self._run(_table.update(role=role).where(_table.id == user_id))

    def signed_in(self, user_id: str, now: datetime) -> None:
        """Note when the user last signed in."""
        self._run(_table.update(signed_in_at=now).where(_table.id == user_id))

    def remove(self, user_id: str) -> None:
        """Drop a user."""
        self._run(_table.delete().where(_table.id == user_id))

    def hold_owners(self) -> int:
        """Return how many owners there are; until the open transaction ends nobody else changes one of them."""
        # PostgreSQL locks the rows that it writes; SQLite has one writer anyway.
        return self._run(_table.update(role=_table.role).where(_table.role == "owner"))


def folded(name: str) -> str:
    """Return a name as names are compared: ``Ada`` and ``ada`` are one."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _record(row: dict[str, Any]) -> User:
    return User(**{name: value for name, value in row.items() if name not in {"folded", "password"}})
