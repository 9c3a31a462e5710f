"""How values are kept in columns: the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(value: datetime) -> int:
    """Return a UTC time as whole microseconds since 1970, which compare and index alike on every database."""
    return (value - EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Return the UTC time that :func:`to_micros` told."""
    return EPOCH + timedelta(microseconds=int(value))


class UtcField(peewee.BigIntegerField):
    """A timezone-aware UTC datetime, kept as microseconds since 1970."""

    def db_value(self, value: datetime | None) -> int | None:
        """Return the column's value."""
        return None if value is None else to_micros(value)

    def python_value(self, value: int | None) -> datetime | None:
        """Return the datetime."""
        return None if value is None else from_micros(value)


class JsonField(peewee.TextField):
    """Any JSON value, kept as text."""

    def db_value(self, value: Any) -> str | None:
        """Return the column's value."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def python_value(self, value: str | None) -> Any:
        """Return the value."""
        return None if value is None else json.loads(value)
