"""What a process counted, kept where it outlives the process, so that a crash can be told exactly.

The numbers stand in a file that is mapped into memory. Writing them costs no call to the system, and what a killed
process wrote last is there; only a power cut takes it. The file is locked for as long as its process lives.
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..store.fields import EPOCH, to_micros

FOLDER = "usage"
_FORM = struct.Struct("=QQQ")


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a process had counted when it was gone: ``recorded`` were accepted to be stored, ``dropped`` were not."""

    owner: str
    started_at: datetime
    recorded: int
    dropped: int


class Tally:
    """The numbers of this process, which ``owner`` names. Raises OSError when the file cannot be made."""

    def __init__(self, data_dir: Path, owner: str, started_at: datetime) -> None:
        folder = data_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._started = to_micros(started_at)
        self._path = folder / owner
        draft = folder / f".{owner}"
        self._descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        # Real blocks, not a hole: on a full disk a write to a mapped hole would kill the process.
        os.posix_fallocate(self._descriptor, 0, _FORM.size)
        self._map = mmap.mmap(self._descriptor, _FORM.size)
        self.note(0, 0)
        draft.rename(self._path)

    def note(self, recorded: int, dropped: int) -> None:
        """Write the numbers down."""
        _FORM.pack_into(self._map, 0, self._started, recorded, dropped)

    def close(self, *, settled: bool) -> None:
        """Let go of the file; it stays, for the next process to find, unless everything was ``settled``."""
        if settled:
            self._path.unlink(missing_ok=True)
        self._map.close()
        os.close(self._descriptor)


def leavings(data_dir: Path) -> list[Path]:
    """Return the files that processes of this directory hold, or left behind."""
    folder = data_dir / FOLDER
    return sorted(path for path in folder.iterdir() if path.name[0] != ".") if folder.is_dir() else []


@contextmanager
def left_behind(path: Path) -> Iterator[Tallied | None]:
    """Hold the file of a process that is gone; None while the process lives, or when somebody else was quicker."""
    descriptor = _lock(path)
    if descriptor is None:
        yield None
        return
    try:
        # Whoever settles a file removes it before letting go of its lock.
        yield _read(path.name, descriptor) if path.exists() else None
    finally:
        os.close(descriptor)


def _lock(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _read(owner: str, descriptor: int) -> Tallied | None:
    held = os.pread(descriptor, _FORM.size, 0)
    if len(held) < _FORM.size:
        return None
    started, recorded, dropped = _FORM.unpack(held)
    return Tallied(owner, EPOCH + timedelta(microseconds=started), recorded, dropped)
