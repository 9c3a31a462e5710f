"""Copies of an SQLite database, taken while it is in use, and what is told of one before it is trusted."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ..errors import ConfigurationError


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, its write-ahead log included, with SQLite's online backup. ``target`` appears whole or not.

    The copy is readable by its owner only. Raises ConfigurationError when it cannot be made.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_read(source)) as live, closing(sqlite3.connect(partial)) as copy:
            live.backup(copy)  # in one step: a reader holds nobody up, and steps would begin anew at every write
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole without a log beside it
        _to_disk(partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink()
        raise ConfigurationError(
            f"{source.name} cannot be copied to {target}: {error}.",
            remedy="Check that both places are there, that publicist may write there, and that the disk is not full.",
        ) from error


def version_of(path: Path) -> int:
    """Return the version of the publicist database in a file, checked to be sound.

    Raises ConfigurationError when it is none, or is damaged.
    """
    try:
        with closing(_read(path)) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"migration", "setting", "endpoint", "publication"} <= tables:
                raise _not_ours(path, "it has other tables")
            faults = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
            if faults != ["ok"]:
                raise _not_ours(path, f"it is damaged ({faults[0]})")
            return int(database.execute("SELECT COALESCE(MAX(number), 0) FROM migration").fetchone()[0])
    except sqlite3.Error as error:
        raise _not_ours(path, str(error)) from error


def sealed_sample(path: Path) -> str | None:
    """Return some sealed value of a publicist database, to try a key on; None where nothing is sealed."""
    queries = (
        "SELECT value FROM setting WHERE sealed",
        "SELECT credentials FROM marketplace",
        "SELECT COALESCE(dataset, model) FROM endpoint WHERE COALESCE(dataset, model) IS NOT NULL",
    )
    with closing(_read(path)) as database:
        for query in queries:
            if row := database.execute(query).fetchone():
                return str(row[0])
    return None


def _read(path: Path) -> sqlite3.Connection:
    """Open an existing file; without this a wrong name would make an empty database."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_ours(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path} is no sound publicist database: {why}.", remedy="Name a file that `publicist backup` made."
    )
