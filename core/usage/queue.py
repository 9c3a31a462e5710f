"""Queries on their way to the store: taken in without waiting, stored in batches by a thread of its own."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import uuid4

from ..records import QueryEvent
from ..store import UNFIT, Store, Writer
from .tally import Tally

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""How many queries may wait to be stored; what comes beyond that is dropped, and counted as dropped."""

BATCH = 1_000
FLUSH_SECONDS = 1.0
CLOSE_SECONDS = 10.0


class UsageQueue:
    """Holds what this process counted until it is stored. Before the first query it leaves no trace."""

    def __init__(self, store: Store, data_dir: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._data_dir = data_dir
        self._clock = clock
        self._owner, self._started_at = uuid4().hex, clock()
        self._waiting: deque[QueryEvent] = deque()
        self._recorded = self._dropped = self._dropped_told = self._stored = self._tried = 0
        self._failing = False
        self._tally: Tally | None = None
        self._thread: threading.Thread | None = None
        self._changing, self._storing = threading.Lock(), threading.Lock()
        self._some, self._end = threading.Event(), threading.Event()

    def put(self, event: QueryEvent) -> None:
        """Take in a query, or count it as dropped. Never waits for the database, never raises."""
        with self._changing:
            if self._thread is None and not self._end.is_set():
                self._begin()
            if self._end.is_set() or len(self._waiting) >= MOST_WAITING:
                self._drop()
            else:
                self._waiting.append(event)
                self._recorded += 1
            self._note()
        self._some.set()

    def flush(self) -> int:
        """Store what waits; return how many queries that were. What cannot be stored now waits; nothing is raised."""
        stored = 0
        with self._storing:
            while step := self._step():
                stored += step
        return stored

    def close(self) -> None:
        """Store what waits and take in nothing more. What cannot be stored is counted as lost by another process.

        Repeating it does nothing.
        """
        with self._changing:
            if self._end.is_set():
                return
            self._end.set()
        self._some.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        self.flush()
        with self._storing, self._changing:
            settled = not self._waiting and self._dropped_told == self._dropped
            # From here on the next process settles it: nothing may be stored any more.
            self._waiting.clear()
            tally, self._tally = self._tally, None
        if tally is not None:
            tally.close(settled=settled)
        if settled and self._thread is not None:
            self._leave()

    def _leave(self) -> None:
        try:
            with self._store.write():
                self._store.usage.close(self._owner)
        except Exception:
            log.exception("A process leaves its row behind among the counts; it does no harm")

    def _begin(self) -> None:
        try:
            self._tally = Tally(self._data_dir, self._owner, self._started_at)
        except OSError:
            log.exception("What a crash loses of the counted queries cannot be told")
        self._thread = threading.Thread(target=self._work, name="usage", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._end.is_set():
            self._some.wait()
            self._end.wait(FLUSH_SECONDS)
            self._some.clear()
            self.flush()
            if self._waiting:  # it could not be stored, and perhaps no further query comes
                self._some.set()

    def _drop(self) -> None:
        self._dropped += 1
        if self._dropped == 1:
            log.error("More queries come than can be stored; some are dropped, and told as such beside the figures")

    def _note(self) -> None:
        if self._tally is not None:
            self._tally.note(self._recorded, self._dropped)

    def _step(self) -> int:
        """Store one batch; return how many queries it held, 0 when nothing waits or it cannot be stored now.

        A batch that failed is tried again as it was: its commit may have happened, which the store's own count tells,
        so no query is counted twice.
        """
        with self._changing:
            size = self._tried or min(len(self._waiting), BATCH)
            batch, dropped = list(islice(self._waiting, size)), self._dropped
        if not batch and dropped == self._dropped_told:
            return 0
        self._tried = size
        try:
            self._write(batch, dropped)
        except UNFIT:
            return self._pass_over(size)
        except Exception:
            if not self._failing:
                log.exception("Queries cannot be stored at present; they wait")
            self._failing = True
            return 0
        self._failing, self._dropped_told = False, dropped
        self._stored += size
        self._forget(size)
        return size

    def _write(self, batch: list[QueryEvent], dropped: int) -> None:
        with self._store.write():
            there = self._store.usage.flushed(self._owner) > self._stored
            writer = Writer(self._owner, self._started_at, self._clock(), dropped)
            self._store.usage.add([] if there else batch, writer)

    def _pass_over(self, size: int) -> int:
        """Halve a batch that the database refuses; drop the query that it refuses alone."""
        if size > 1:
            self._tried = size // 2
            return self._step()
        log.error("A query cannot be stored as it is; it is dropped, and told as such")
        self._forget(size)
        with self._changing:
            self._recorded -= size
            self._dropped += size
            self._note()
        return size

    def _forget(self, size: int) -> None:
        with self._changing:
            for _ in range(size):
                self._waiting.popleft()
        self._tried = 0
