"""Putting a backup in the place of the store."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ..errors import ConfigurationError, Conflict
from ..running.presence import Presence
from ..secrets import KEY_FILE, SecretBox, load_keys
from ..settings import Settings
from ..store.copies import copy_database, sealed_sample, version_of
from ..store.database import SQLITE_FILE
from ..store.upgrade import available

_BESIDE = ("-wal", "-shm")


def check_backup(settings: Settings, file: Path) -> None:
    """Raise ConfigurationError unless ``file`` could be restored here: sound, of a known version, its key at hand."""
    if settings.database_url.reveal():
        raise ConfigurationError(
            "This space is kept in PostgreSQL, which publicist does not restore.", remedy="Use pg_restore or psql."
        )
    if not file.is_file():
        raise ConfigurationError(f"There is no file {file}.", remedy="Name a file that `publicist backup` made.")
    version, newest = version_of(file), available()[-1][0]
    if not 0 < version <= newest:
        raise ConfigurationError(
            f"{file} has version {version}; this publicist knows versions 1 to {newest}.",
            remedy="Install the publicist that wrote it.",
        )
    _check_key(settings, file)


def restore(settings: Settings, file: Path, now: datetime) -> Path | None:
    """Replace the store by a checked backup, whole or not at all.

    Returns:
        Where the former database is kept, or None when there was none.

    Raises:
        Conflict: another process works on the space; nothing was changed.
        ConfigurationError: see :func:`check_backup`.
    """
    check_backup(settings, file)
    data_dir = Path(settings.data_dir)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Presence(data_dir) as presence:
        if presence.others():
            raise Conflict(
                f"Another process works on the space in {data_dir}.",
                remedy="Stop `publicist serve`, `publicist runner` and whatever else uses it, then try again.",
            )
        return _replace(data_dir / SQLITE_FILE, file, now)


def _replace(database: Path, file: Path, now: datetime) -> Path | None:
    fresh = database.with_name(f"{database.name}.restored")
    copy_database(file, fresh)
    former = None
    if database.exists():
        former = database.with_name(f"{database.stem}.before-restore-{now:%Y-%m-%dT%H-%M-%SZ}.sqlite3")
        _keep(database, former)
        _fold_in(database)
    for suffix in _BESIDE:  # a log of the former database beside the new one would be taken for its own
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    fresh.replace(database)
    return former


def _keep(database: Path, former: Path) -> None:
    """Copy the former database; one that is too damaged for that is kept as its files are."""
    try:
        copy_database(database, former)
    except ConfigurationError:
        for suffix in ("", *_BESIDE):
            source = database.with_name(database.name + suffix)
            if source.exists():
                shutil.copy2(source, former.with_name(former.name + suffix))


def _fold_in(database: Path) -> None:
    """Bring the log into the file, so that whatever breaks off from here on leaves the former database whole."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return  # damaged; its files are kept as they were


def _check_key(settings: Settings, file: Path) -> None:
    sealed = sealed_sample(file)
    if sealed is None:
        return
    given, data_dir = settings.secret_key.reveal(), Path(settings.data_dir)
    if not given and not (data_dir / KEY_FILE).exists():
        raise ConfigurationError(
            f"{data_dir} has no {KEY_FILE}, and the backup's secrets cannot be read without it.",
            remedy=f"Put the {KEY_FILE} that belongs to the backup there first, or set PUBLICIST_SECRET_KEY.",
        )
    SecretBox(load_keys(data_dir, given)).open(sealed)
