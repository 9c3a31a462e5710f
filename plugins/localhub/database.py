"""The hub's SQLite database: a connection for each thread, opened for a request and closed after it.

Models are bound to no database, so that several hubs can run in one process: every query is handed to a
:class:`Database`. Reads see the last commit (WAL); a write takes the lock at once (``BEGIN IMMEDIATE``), so that
what it checked still holds when it writes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee

from ...core.errors import ConfigurationError
from .models import TABLES

VERSION = 1
_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1}
_BUSY_SECONDS = 10


class Database:
    """One database file.

    Raises:
        ConfigurationError: the file was made by another version of the hub.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._path = path
        self._holder: sqlite3.Connection | None = None
        self._sqlite = peewee.SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=_BUSY_SECONDS)
        with self.connection():
            self._prepare()

    def _prepare(self) -> None:
        with self.write():
            found = self._sqlite.user_version
            if found not in (0, VERSION):
                raise ConfigurationError(
                    f"{self._path} has version {found}, this hub reads version {VERSION}.",
                    remedy="Start the hub with another data directory.",
                )
            for table in TABLES:
                peewee.SchemaManager(table, database=self._sqlite).create_all()
            self._sqlite.user_version = VERSION

    def hold_open(self) -> None:
        """Keep the file in use between requests: the last connection to close folds the log in, which is slow."""
        self._holder = sqlite3.connect(self._path, check_same_thread=False)
        self._holder.execute("SELECT 1 FROM sqlite_master").fetchall()

    def let_go(self) -> None:
        """End what :meth:`hold_open` began; from any thread."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    def close(self) -> None:
        """Close the connection that this thread's first query opened, if there is one."""
        self._sqlite.close()

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Close this thread's connection at the end, whatever happens."""
        try:
            yield
        finally:
            self.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold the write lock; commit at the end, roll back on an exception. It does not nest."""
        if self._sqlite.in_transaction():
            raise RuntimeError("a write is open already; open one around the whole of it")
        with self._sqlite.atomic("IMMEDIATE"):
            yield

    def rows(self, query: Any) -> list[Any]:
        """Return all rows of a select."""
        return list(query.execute(self._sqlite))

    def first(self, query: Any) -> Any:
        """Return the first row of a select, or None."""
        return next(iter(self.rows(query.limit(1))), None)

    def scalar(self, query: Any) -> Any:
        """Return the first column of the first row, or None."""
        return query.scalar(self._sqlite)

    def count(self, query: Any) -> int:
        """Return how many rows a select has."""
        return int(query.count(self._sqlite))

    def run(self, query: Any) -> int:
        """Execute an insert (returns the new id), or an update or delete (returns the number of rows)."""
        return int(query.execute(self._sqlite) or 0)
