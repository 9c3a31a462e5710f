"""Notices a stalled loop: every job of a runner tells when it begins and ends, and anybody may ask."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

ALLOWED_SECONDS = 120.0
"""How long a round may take beyond its interval: calls to marketplaces and a busy database both take their time."""


@dataclass(frozen=True, slots=True)
class JobHealth:
    """How one job of the runner does; ``late`` when it has not finished a round for far longer than its interval."""

    last_started: datetime | None
    last_finished: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class _Beat:
    """A job as it was last seen; ``finished`` is monotonic, and at first when the runner started."""

    seconds: float
    finished: float
    last_started: datetime | None = None
    last_finished: datetime | None = None


class Watchdog:
    """Keeps the jobs of this process's runner in sight; without a runner there are none. Safe across threads.

    Lateness is counted in monotonic time, which stands still while a laptop sleeps: waking up is no stall.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._beats: dict[str, _Beat] = {}

    def watch(self, name: str, seconds: float) -> None:
        """Begin to watch a job that should finish a round every ``seconds``."""
        with self._lock:
            self._beats[name] = _Beat(seconds, self._monotonic())

    def started(self, name: str) -> None:
        """Note that a round begins."""
        self._note(name, last_started=self._clock())

    def finished(self, name: str) -> None:
        """Note that a round has ended, however it ended."""
        self._note(name, last_finished=self._clock(), finished=self._monotonic())

    def stop(self) -> None:
        """Watch nothing any more: the runner has been stopped."""
        with self._lock:
            self._beats = {}

    def health(self) -> dict[str, JobHealth]:
        """Return how each job does, by its name."""
        with self._lock:
            beats, now = dict(self._beats), self._monotonic()
        return {
            name: JobHealth(beat.last_started, beat.last_finished, is_late(beat.seconds, now - beat.finished))
            for name, beat in beats.items()
        }

    def late(self) -> list[str]:
        """Return the names of the jobs that are late."""
        return [name for name, health in self.health().items() if health.late]

    def _note(self, name: str, **seen: object) -> None:
        with self._lock:
            if name in self._beats:
                self._beats[name] = replace(self._beats[name], **seen)  # type: ignore[arg-type]  # our own fields


def is_late(interval: float, since_last: float) -> bool:
    """Whether a job that should finish every ``interval`` seconds, and did so ``since_last`` seconds ago, is late."""
    return since_last > 2 * interval + ALLOWED_SECONDS
