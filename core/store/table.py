"""What all tables share: running a query on this store's database."""

import json
from collections.abc import Mapping
from typing import Any

import peewee

from ..records import Page
from ..secrets import Secret, SecretBox


class TableAccess:
    """Runs queries of one table; rows come as plain dictionaries."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        return list(query.dicts().execute(self._database))

    def _raw(self, query: Any) -> list[tuple[Any, ...]]:
        """Return rows as the columns have them; peewee takes longer to read one than the database to find it."""
        return list(self._database.execute(query).fetchall())

    def _first(self, query: Any) -> dict[str, Any] | None:
        return next(iter(self._rows(query.limit(1))), None)

    def _run(self, query: Any) -> int:
        """Run a write and return how many rows it touched."""
        return int(query.execute(self._database))

    def _insert(self, model: Any, row: Mapping[str, Any]) -> None:
        model.insert(**row).execute(self._database)

    def _count(self, query: Any) -> int:
        return int(query.count(self._database))

    def _plain_order(self, text: Any) -> Any:
        """Return a text to sort by, or to make small: by its characters, whatever rules PostgreSQL was set up with."""
        return text if isinstance(self._database, peewee.SqliteDatabase) else text.collate('"C"')

    def _page(self, query: Any, page: int, per_page: int, record: Any) -> Page:
        total = self._count(query)
        rows = self._rows(query.paginate(page, per_page))
        return Page(items=[record(row) for row in rows], total=total, page=page, per_page=per_page)


def seal_json(box: SecretBox, value: Any) -> str:
    """Return a JSON value encrypted; secrets inside it are revealed first, for they are about to be sealed."""
    return box.seal(Secret(json.dumps(value, ensure_ascii=False, default=_reveal)))


def open_json(box: SecretBox, sealed: str) -> Any:
    """Return what :func:`seal_json` sealed; former secrets come back as plain text."""
    return json.loads(box.open(sealed).reveal())


def _reveal(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} is not JSON")
