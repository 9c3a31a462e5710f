"""A folder's index, kept true to the folder.

It is brought up to date by whoever asks, within the time they have: there is no thread of its own that could outlive a
call. What was read stays read, so a large folder is read by several calls, one after the other, and no file twice.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from ...core.http import Deadline
from ...core.records import Document
from . import index_store as tables
from .folder import Survey, survey
from .index_store import IndexStore
from .pdf import NoTime
from .texts import read, stamp

_SLOW_LOOK = 0.05
_PAUSE, _PAUSE_UNDONE = 20, 3
"""A look that took longer than a twentieth of a second is repeated only after so many times as long: the second where
files were left to be read."""


@dataclass(frozen=True, slots=True)
class State:
    """How an index stands. ``whole``: the folder was read to its end once; ``faults`` counts files without text."""

    survey: Survey
    whole: bool
    read: int
    faults: Mapping[str, int]


def pause_after(seconds: float, *, done: bool = True) -> float:
    """Return for how long a look holds that took ``seconds``, and whether all that it found was read."""
    return seconds * (_PAUSE if done else _PAUSE_UNDONE) if seconds > _SLOW_LOOK else 0.0


class FolderIndex:
    """The index of one folder; see :func:`index_of`. Safe across threads."""

    def __init__(self, root: Path, store: IndexStore) -> None:
        self._root = root
        self._store = store
        self._turn = threading.Lock()
        self._survey: Survey | None = None
        self._look_again = 0.0

    def refresh(self, deadline: Deadline, *, busy: float | None = None) -> State:
        """Bring the index up to date, as far as there is time, and return how it stands.

        While another thread does so, an index that is whole is good enough.

        Args:
            deadline: when the caller must have it.
            busy: how many seconds to spend on an index that is whole, if a slightly old one will do: then it is not
                looked at either as long as the last look holds.

        Raises:
            OSError: the folder cannot be read.
            TimeoutError: another thread does not get done with the first reading.
        """
        whole = self._whole()
        if self._turn.acquire(timeout=0 if whole else deadline.remaining()):
            try:
                if whole and busy is not None and monotonic() < self._look_again:
                    return self._state()
                return self._look(deadline.within(busy) if whole else deadline)
            finally:
                self._turn.release()
        if whole:
            return self._state()
        raise TimeoutError

    def search(self, text: str, limit: int, threshold: float) -> Sequence[Document]:
        """Return at most ``limit`` passages with a score of at least ``threshold``, best first."""
        with self._store.opened() as connection:
            return tables.search(connection, text, limit, threshold)

    def discard(self) -> None:
        """Throw away what is kept, for it is broken."""
        self._store.discard()
        self._survey = None

    def _whole(self) -> bool:
        with self._store.opened() as connection:
            return self._survey is not None and tables.is_whole(connection)

    def _look(self, deadline: Deadline) -> State:
        started = monotonic()
        found = survey(self._root)
        done = self._take_in(found, deadline)
        self._survey = found
        self._look_again = monotonic() + pause_after(monotonic() - started, done=done)
        return self._state()

    def _take_in(self, found: Survey, deadline: Deadline) -> bool:
        """Make the index show what was found; return whether there was time for all of it."""
        root = self._root.resolve(strict=True)
        present = {shown(path.relative_to(root)): path.relative_to(root) for path in found.documents}
        with self._store.opened() as connection:
            known = tables.stamps(connection)
            tables.remove(connection, [path for path in known if path not in present and not self._stays(path, found)])
            for path, inside in present.items():
                if known.get(path) == _stamp(root / inside):
                    continue
                if deadline.expired or not _put(connection, root, inside, deadline):
                    return False
            tables.set_whole(connection)
        return True

    def _stays(self, path: str, found: Survey) -> bool:
        """Whether a file that was not found may be there all the same, because not everything was looked at."""
        return found.partial and os.path.lexists(self._root / path)

    def _state(self) -> State:
        found = self._survey or Survey((), {}, partial=True)
        with self._store.opened() as connection:
            return State(found, tables.is_whole(connection), len(tables.stamps(connection)), tables.faults(connection))


def _put(connection: sqlite3.Connection, root: Path, inside: Path, deadline: Deadline) -> bool:
    """Read one file and put its text into the index; return whether there was time to."""
    with suppress(FileNotFoundError):
        try:
            tables.put(connection, shown(inside), read(root, inside, deadline.remaining()))
        except NoTime:
            return False
    return True


def _stamp(path: Path) -> str | None:
    try:
        return stamp(path.stat())
    except OSError:
        return None


def shown(path: Path) -> str:
    """Return a relative path as text: with ``/``, and readable where its bytes are none in UTF-8."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


_known: dict[tuple[Path, Path | None], FolderIndex] = {}
_making = threading.Lock()


def index_of(root: Path, data_dir: Path | None) -> FolderIndex:
    """Return the index of a folder: kept in ``data_dir``, or in memory if that is None. One for each in a process."""
    with _making:
        if (root, data_dir) not in _known:
            _known[root, data_dir] = FolderIndex(root, IndexStore(_file(root, data_dir) if data_dir else None))
        return _known[root, data_dir]


def _file(root: Path, data_dir: Path) -> Path:
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
    return data_dir / "indexes" / f"{name}.sqlite3"
