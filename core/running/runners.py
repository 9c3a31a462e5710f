"""How the space's runners do, in whichever process: each says so in the store, and any process may ask."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from ..health.checker import Checker, Lateness
from ..records import RunnerSign
from ..store import Store
from .watchdog import JobHealth, Watchdog, is_late

SIGN_SECONDS = 30.0
"""How often a runner says how it does; one that has not for far longer counts as stalled."""

KEPT = timedelta(days=7)
"""For how long a runner that ended without a word is missed."""


class Runners:
    """The runner of this process, if it has one, and those of others. ``owner`` is this process's name on leases."""

    def __init__(
        self, store: Store, watchdog: Watchdog, checker: Checker, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._watchdog = watchdog
        self._checker = checker
        self._owner = owner
        self._clock = clock

    def note(self) -> None:
        """Say how this process's runner does. It calls this by itself."""
        now, jobs = self._clock(), self._watchdog.health()
        said = {
            name: (job.late, job.last_finished.isoformat() if job.last_finished else None) for name, job in jobs.items()
        }
        with self._store.write():
            self._store.runner_signs.prune(now - KEPT)
            self._store.runner_signs.note(RunnerSign(self._owner, now, said, asdict(self._checker.lateness())))

    def forget(self) -> None:
        """Say that this process's runner has been stopped, and is not to be missed."""
        with self._store.write():
            self._store.runner_signs.forget(self._owner)

    def jobs(self) -> dict[str, JobHealth]:
        """Return how each job does, by its name: late where it is in any runner; nothing where there is no runner.

        Where no runner lives, but the last one ended without a word, all its jobs are late.
        """
        found: dict[str, JobHealth] = {}
        for jobs in self._all_jobs():
            for name, job in jobs.items():
                found[name] = _worse(found[name], job) if name in found else job
        return found

    def late(self) -> list[str]:
        """Return the names of the jobs that are late."""
        return [name for name, job in self.jobs().items() if job.late]

    def lateness(self) -> Lateness:
        """Return how late the last looks began: of several runners the worst of each figure."""
        said = [self._checker.lateness(), *(Lateness(**sign.lateness) for sign in self._living())]
        looks = sum(one.looks for one in said)
        return Lateness(looks, *(_most(said, name) for name in ("p50", "p95", "p99", "most")))

    def _all_jobs(self) -> Iterator[Mapping[str, JobHealth]]:
        own, living = self._watchdog.health(), self._living()
        yield own
        yield from (_jobs_of(sign) for sign in living)
        if not own and not living:
            for sign in self._others()[:1]:
                yield {name: JobHealth(None, job.last_finished, late=True) for name, job in _jobs_of(sign).items()}

    def _living(self) -> list[RunnerSign]:
        now = self._clock()
        return [sign for sign in self._others() if not is_late(SIGN_SECONDS, (now - sign.at).total_seconds())]

    def _others(self) -> list[RunnerSign]:
        with self._store.session():
            return [sign for sign in self._store.runner_signs.all() if sign.owner != self._owner]


def _jobs_of(sign: RunnerSign) -> dict[str, JobHealth]:
    return {
        name: JobHealth(None, datetime.fromisoformat(finished) if finished else None, late)
        for name, (late, finished) in sign.jobs.items()
    }


def _worse(one: JobHealth, other: JobHealth) -> JobHealth:
    finished = max(filter(None, (one.last_finished, other.last_finished)), default=None)
    return JobHealth(one.last_started, finished, one.late or other.late)


def _most(said: list[Lateness], name: str) -> float | None:
    return max((value for one in said if (value := getattr(one, name)) is not None), default=None)
