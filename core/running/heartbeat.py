"""Tells the store that this process lives, and notices a copy of the space: two with one identity.

A copied data directory (or a restored backup) carries the heartbeats of the original. A process that finds fresh
signs of life from another data directory in its own SQLite database is therefore a copy, or shares the file with one.
A moved directory is no copy: it stays the same one to the file system. On PostgreSQL many data directories belong to
one space on purpose, and nothing is concluded.
"""

import logging
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ..events import note_space
from ..moments import to_minute
from ..records import Process
from ..store import Store

log = logging.getLogger(__name__)

COPY_OF = "copy_of"
"""The setting that says of which data directory this space is a copy; a person settles it, see docs/operations.md."""

KEPT = timedelta(days=7)
"""For how long a process that is not seen any more is remembered."""


class Heartbeat:
    """This process's row in the store. ``owner`` is its name on leases."""

    def __init__(self, store: Store, data_dir: Path, owner: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._data_dir = data_dir.absolute()
        self._owner = owner
        self._clock = clock

    def beat(self) -> list[Process]:
        """Note that this process lives; return those seen in another copy of the space, each told and then forgotten.

        They come back at the next beat if they live and use this very database.
        """
        now, place = self._clock(), str(self._data_dir.stat().st_ino)
        with self._store.write():
            self._store.processes.prune(now - KEPT)
            self._store.processes.seen(Process(self._owner, place, socket.gethostname(), str(self._data_dir), now))
            found = self._store.processes.elsewhere(place) if self._store.dialect == "sqlite" else []
            for other in found:
                self._store.processes.forget(other.owner)
            if found:
                self._store.settings.set(COPY_OF, found[0].data_dir)
                note_space(self._store, "copied", _told(found[0]), "failed", now)
        if found:
            log.warning("%s", _told(found[0]))
        return found


def _told(other: Process) -> str:
    return (
        f"This space was in use in {other.data_dir} on {other.host} at {to_minute(other.seen_at)}, and is a "
        "copy of it. If that one still runs, stop one of the two: both have the same identity and the same listings."
    )
