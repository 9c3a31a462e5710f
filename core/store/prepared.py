"""Selects that are made for every query: their SQL is made once, and a row that comes back unchanged is not read anew.

Peewee builds each statement from its parts, which takes many times as long as SQLite needs to run it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")

KEPT = 256
"""How many rows of one table are kept in mind, unless it is said otherwise."""


class Prepared(Generic[Record]):
    """One select of whole rows.

    Args:
        table: the model whose rows are read.
        rest: what follows ``FROM table``, a ``?`` standing for each parameter.
        record: makes a record of a row; records are frozen, so the same row may give the same one.
        kept: how many rows are kept in mind.
    """

    def __init__(self, table: Any, rest: str, record: Callable[[dict[str, Any]], Record], kept: int = KEPT) -> None:
        meta = table._meta  # noqa: SLF001 - peewee's own door to a table's description
        self._fields = tuple(meta.sorted_fields)
        columns = ", ".join(f'"{field.column_name}"' for field in self._fields)
        self._sql = f'SELECT {columns} FROM "{meta.table_name}" {rest}'  # noqa: S608 - all of it is written here
        self._record = record
        self._known = lru_cache(maxsize=kept)(self._read)

    def run(self, database: Any, *values: Any) -> list[Record]:
        """Return the records of the rows that are found; values are given as the columns have them."""
        cursor = database.execute_sql(self._sql.replace("?", database.param), values)
        return [self._known(tuple(row)) for row in cursor.fetchall()]

    def first(self, database: Any, *values: Any) -> Record | None:
        """Return the first of them, or None."""
        return next(iter(self.run(database, *values)), None)

    def _read(self, row: tuple[Any, ...]) -> Record:
        return self._record(
            {field.name: field.python_value(value) for field, value in zip(self._fields, row, strict=True)}
        )
