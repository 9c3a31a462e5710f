"""The database itself: SQLite (WAL) or PostgreSQL, one connection per thread, and the only door for writes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import peewee
from playhouse import db_url

from ..errors import ConfigurationError
from ..secrets import Secret

SQLITE_FILE = "publicist.sqlite3"
BUSY_SECONDS = 30


class Connections:
    """Hands out this process's connections, one per thread.

    ``session()`` opens the thread's connection and closes it at the outermost exit; ``write()`` is the one kind
    of transaction there is. On SQLite it begins IMMEDIATE: a transaction that starts as a reader and then writes
    fails with "database is locked" however long it is willing to wait. It refuses to nest, because an inner one
    would silently become a savepoint of an outer one.
    """

    def __init__(self, database: Any) -> None:
        self.database = database
        self.is_sqlite = isinstance(database, peewee.SqliteDatabase)
        self._local = threading.local()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep the thread's connection open for the block."""
        # Peewee connects under a lock of the whole process: a thread that is connected already must not wait for it.
        opened = self.database.is_closed() and self.database.connect(reuse_if_open=True)
        try:
            yield
        finally:
            if opened:
                self.database.close()

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[None]:
        """Run the block in one write transaction.

        Args:
            durable: on SQLite, wait until the disk has it (``synchronous=FULL``), so that not even a power cut
                loses it. Used where the record of an intent must precede the act.
        """
        if getattr(self._local, "writing", False):
            raise RuntimeError("store.write() must not nest")
        with self.session():
            if self.is_sqlite and durable:
                self.database.execute_sql("PRAGMA synchronous=FULL")
            self._local.writing = True
            try:
                with self.database.atomic("IMMEDIATE") if self.is_sqlite else self.database.atomic():
                    yield
            finally:
                self._local.writing = False
                if self.is_sqlite and durable:
                    self.database.execute_sql("PRAGMA synchronous=NORMAL")


def open_database(data_dir: Path, url: Secret) -> Connections:
    """Return the connections to the database that the settings name. Raises ConfigurationError."""
    if not url.reveal():
        data_dir.mkdir(parents=True, exist_ok=True)
        return Connections(_sqlite(data_dir / SQLITE_FILE))
    try:
        return Connections(db_url.connect(url.reveal(), unquote_password=True, unquote_user=True, autoconnect=False))
    except (RuntimeError, ValueError) as error:
        raise ConfigurationError(
            "PUBLICIST_DATABASE_URL is not a database that publicist knows.",
            remedy="Use postgresql://user:password@host/name, or leave it empty for SQLite.",
        ) from error


def _sqlite(path: Path) -> Any:
    if not path.exists():
        _make_file(path)
    pragmas = {
        "journal_mode": "wal",
        "synchronous": "normal",
        "foreign_keys": 1,
        "busy_timeout": BUSY_SECONDS * 1000,
        "journal_size_limit": 16 * 1024 * 1024,
    }
    return peewee.SqliteDatabase(str(path), pragmas=pragmas, timeout=BUSY_SECONDS, autoconnect=False)


def _make_file(path: Path) -> None:
    """Make an empty database that can give space back in steps; that can only be chosen before it holds anything."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as empty:
        empty.execute("PRAGMA auto_vacuum=INCREMENTAL")
        empty.execute("VACUUM")
