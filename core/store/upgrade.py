"""Numbered migrations: SQL files in ``migrations/``, each applied once, whole, after a copy of the file."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from .copies import copy_database
from .database import Connections

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql\Z")
_ADVISORY_LOCK = 0x7075626C  # "publ": one migration at a time on a PostgreSQL server


@cache
def available() -> list[tuple[int, str, str]]:
    """Return (number, file name, SQL) of every migration that ships, in order."""
    items = files(__package__).joinpath("migrations").iterdir()
    return sorted((int(item.name[:4]), item.name, item.read_text()) for item in items if _NAME.match(item.name))


def migrate(connections: Connections, backups: Path) -> list[str]:
    """Bring the database to the newest version.

    Returns:
        The names of the migrations that were applied.

    Raises:
        ConfigurationError: the database was written by a newer publicist.
    """
    with connections.session():
        version = _version(connections)
        pending = [item for item in available() if item[0] > version]
        if version > available()[-1][0]:
            raise ConfigurationError(
                f"The database has version {version}; this publicist knows versions up to {available()[-1][0]}.",
                remedy="Install the publicist that wrote it, or restore the copy in the backups folder.",
            )
        if pending and version and connections.is_sqlite:
            copy_database(Path(connections.database.database), backups / f"before-{pending[0][1][:4]}.sqlite3")
        return [name for number, name, sql in pending if _apply(connections, number, sql)]


def misfit(connections: Connections) -> str:
    """Return in words how the database's version differs from this publicist's; nothing if it does not."""
    row = connections.database.execute_sql("SELECT COALESCE(MAX(number), 0) FROM migration").fetchone()
    version, newest = int(row[0]), available()[-1][0]
    return "" if version == newest else f"The database has version {version}, this publicist needs {newest}."


def _version(connections: Connections) -> int:
    connections.database.execute_sql("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY)")
    row = connections.database.execute_sql("SELECT COALESCE(MAX(number), 0) FROM migration").fetchone()
    return int(row[0])


def _apply(connections: Connections, number: int, sql: str) -> bool:
    """Apply one migration in one transaction; another process may have been quicker, which is fine.

    Foreign keys are off meanwhile on SQLite: rebuilding a parent table with them on would empty its children.
    """
    database = connections.database
    if connections.is_sqlite:
        database.execute_sql("PRAGMA foreign_keys=OFF")
    try:
        with connections.write():
            if not connections.is_sqlite:
                database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
            if _version(connections) >= number:
                return False
            for statement in statements(sql):
                database.execute_sql(statement)
            _check_foreign_keys(connections)
            database.execute_sql(f"INSERT INTO migration (number) VALUES ({number:d})")  # noqa: S608 - an int
        return True
    finally:
        if connections.is_sqlite:
            database.execute_sql("PRAGMA foreign_keys=ON")


def statements(sql: str) -> list[str]:
    """Split a migration file into statements; comments go."""
    bare = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in bare.split(";") if part.strip()]


def _check_foreign_keys(connections: Connections) -> None:
    if connections.is_sqlite:
        broken: Any = connections.database.execute_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise ConfigurationError(
                f"The migration would leave {len(broken)} rows without their parent; nothing was changed."
            )
