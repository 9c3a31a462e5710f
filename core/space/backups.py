"""Backups of the store: on demand, and one a night.

A backup is one SQLite file. The secret key is not in it: without the key its secrets cannot be read.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from ..errors import ConfigurationError, NotFound
from ..events import note_space
from ..store import BACKUPS, Store

log = logging.getLogger(__name__)

BackupKind = Literal["nightly", "asked", "upgrade"]
_WORDS: dict[str, BackupKind] = {"nightly": "nightly", "publicist": "asked", "before": "upgrade"}
_KINDS = re.compile(r"(nightly|publicist|before)-[0-9A-Za-z-]+\.sqlite3\Z")
_NIGHTLY = re.compile(r"nightly-\d{4}-\d\d-\d\d\.sqlite3\Z")
_LAST = "last_nightly_backup"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup. ``kind`` is ``nightly``, ``asked`` (a person's) or ``upgrade`` (before the database was changed)."""

    name: str
    kind: BackupKind
    size: int
    made_at: datetime


class Backups:
    """Makes backups of a space's store.

    Args:
        keep: how many of the nightly ones are kept.
        hour: from which hour of the day (UTC) on the nightly one is due.
    """

    def __init__(
        self, store: Store, data_dir: Path, clock: Callable[[], datetime], *, keep: int = 7, hour: int = 3
    ) -> None:
        self._store = store
        self._folder = data_dir / BACKUPS
        self._clock = clock
        self._keep = keep
        self._hour = hour

    def make(self, target: Path | None = None) -> Path:
        """Copy the store as it is now to ``target``, by default a file named after the time; return where it is.

        Raises ConfigurationError when there is such a file already, it cannot be written, or on PostgreSQL.
        """
        target = target or self._folder / f"publicist-{self._clock():%Y-%m-%dT%H-%M-%SZ}.sqlite3"
        if target.exists():
            raise ConfigurationError(f"{target} is there already.", remedy="Choose another name, or move it away.")
        self._store.copy_to(target)
        return target

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._folder

    def all(self) -> list[BackupFile]:
        """Return the backups that are there, the newest first."""
        if not self._folder.is_dir():
            return []
        found = [_file(path) for path in self._folder.iterdir() if _KINDS.match(path.name) and path.is_file()]
        return sorted(found, key=lambda file: (file.made_at, file.name), reverse=True)

    def path(self, name: str) -> Path:
        """Return where the backup of that name is. Raises NotFound for anything else that may be there."""
        if not any(file.name == name for file in self.all()):
            raise NotFound(f"There is no backup {name!r}.", remedy="Settings, Backups lists those that there are.")
        return self._folder / name

    def nightly(self) -> Path | None:
        """Make today's backup if it is due and nobody has made it; return where it is, else None.

        Days that were slept through are not made up for. Of several runners one makes it.
        """
        now = self._clock()
        if self._store.dialect != "sqlite" or now.hour < self._hour or not self._keep:
            return None
        former = self._claim(now)
        if former is None:
            return None
        target = self._folder / f"nightly-{_day(now)}.sqlite3"
        try:
            self._store.copy_to(target)
        except ConfigurationError:
            with self._store.write():
                self._store.settings.set(_LAST, former)  # it is tried again at the next round
            raise
        self._drop_old()
        log.info("Backed up to %s", target)
        return target

    def note_restored(self, file: Path) -> None:
        """Note in the audit trail that the store has been replaced by a backup."""
        with self._store.write():
            note_space(self._store, "restored", f"Restored the backup {file.name}.", "done", self._clock())

    def _claim(self, now: datetime) -> str | None:
        """Take today's backup for this process; return which was the last before, None when today's is taken."""
        with self._store.write():
            last = self._store.settings.get(_LAST)
            if _day(now) <= last <= _day(now + timedelta(days=1)):  # another runner's clock may be ahead a little
                return None
            self._store.settings.set(_LAST, _day(now))
        return last

    def _drop_old(self) -> None:
        nightly = sorted(path for path in self._folder.iterdir() if _NIGHTLY.match(path.name))
        for path in nightly[: -self._keep]:
            path.unlink(missing_ok=True)


def _file(path: Path) -> BackupFile:
    found, word = path.stat(), path.name.partition("-")[0]
    return BackupFile(path.name, _WORDS[word], found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"
