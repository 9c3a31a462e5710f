"""The looks under way in this process: each is several checks at once, and ends with a word to the health book."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..http import Deadline
from ..records import CheckResult, Endpoint
from .check_pool import CheckPool
from .looking import Job, Looking, latency_of
from .self_check import SelfCheck

log = logging.getLogger(__name__)

SPARE_SECONDS = 60.0
"""How long a look may wait for a thread. One that waited longer says more of us than of the endpoint: it is dropped."""

KEPT = 10_000
"""Of how many looks the lateness is kept."""

Record = Callable[[str, Sequence[CheckResult] | None, float | None, str], object]
"""Is told of a look: the endpoint's id, the results (None: not looked at, or not believed), the latency in ms, and why
it was not looked at."""


@dataclass(slots=True)
class Look:
    """One endpoint being looked at.

    ``late`` is by how many seconds it began too late, None where it had no turn; ``skipped`` says why its turn is let
    pass, if it is.
    """

    endpoint: Endpoint
    watched: int
    late: float | None
    skipped: str = ""
    open: int = 0
    dropped: bool = False
    results: dict[str, CheckResult] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    latest: Deadline = field(default_factory=lambda: Deadline.after(SPARE_SECONDS))
    done: threading.Event = field(default_factory=threading.Event)


class Looks:
    """Begins looks, each in as many threads as it has checks, and settles them. Safe to use from many threads."""

    def __init__(self, looking: Looking, self_check: SelfCheck, record: Record, pool: CheckPool) -> None:
        self._looking = looking
        self._self_check = self_check
        self._record = record
        self._pool = pool
        self._lock = threading.Lock()
        self._under_way: dict[str, Look] = {}
        self._over: list[str] = []
        self._unbelieved: set[str] = set()
        self._lateness: deque[float] = deque(maxlen=KEPT)

    def begin(self, look: Look, *, first: bool = False) -> None:
        """Begin a look of an endpoint that nobody looks at; ``first`` says that somebody waits for it."""
        jobs = {} if look.skipped else self._looking.jobs(look.endpoint)
        look.open = len(jobs)
        with self._lock:
            self._under_way[look.endpoint.id] = look
        for name, job in jobs.items():
            self._pool.submit(lambda name=name, job=job: self._work(look, name, job), first=first)  # type: ignore[misc]
        if not jobs:
            self._pool.submit(lambda: self._settle(look), first=first)

    def under_way(self, endpoint_id: str) -> Look | None:
        """Return the look of an endpoint that is under way, or None."""
        with self._lock:
            return self._under_way.get(endpoint_id)

    def all(self) -> list[Look]:
        """Return every look that is under way."""
        with self._lock:
            return list(self._under_way.values())

    def late(self) -> list[float]:
        """Return by how many seconds the last looks began too late."""
        with self._lock:
            return list(self._lateness)

    def over(self) -> list[str]:
        """Return, once, the ids of the endpoints whose looks have ended."""
        with self._lock:
            over, self._over = self._over, []
        return over

    def ended(self, endpoint_ids: Sequence[str]) -> None:
        """Take notice that looks have ended, or never began."""
        with self._lock:
            self._over += endpoint_ids

    def unbelieved(self) -> list[str]:
        """Return, once, the ids of the endpoints of which something was seen that was not believed."""
        with self._lock:
            found, self._unbelieved = sorted(self._unbelieved), set()
        return found

    def _work(self, look: Look, name: str, job: Job) -> None:
        result = self._result(look, name, job)
        with self._lock:
            look.open -= 1
            if result is None:
                look.dropped = True
            else:
                look.results[name] = result
            last = look.open == 0
        if last:
            self._settle(look)

    def _result(self, look: Look, name: str, job: Job) -> CheckResult | None:
        if look.latest.expired:
            return None
        with self._lock:
            if look.late is not None:
                self._lateness.append(look.late + time.monotonic() - look.began)
                look.late = None
        try:
            return job()
        except Exception:
            log.exception("The check %s of %s broke off", name, look.endpoint.slug)
            return CheckResult(name, ok=False, message="The check itself failed; the log of this space says why.")

    def _settle(self, look: Look) -> None:
        try:
            if look.dropped:
                log.warning("Too much is to be checked: a look at %s was dropped", look.endpoint.slug)
            else:
                self._tell(look)
        except Exception:
            log.exception("What was seen of %s could not be recorded", look.endpoint.slug)
        finally:
            with self._lock:
                self._under_way.pop(look.endpoint.id, None)
                self._over.append(look.endpoint.id)
            look.done.set()

    def _tell(self, look: Look) -> None:
        results = [look.results[name] for name in sorted(look.results)]
        name = look.endpoint.id
        if not results:
            self._record(name, None, None, look.skipped or "There is nothing to check.")
            return
        reachable = any(each.reachable for each in results)
        verdict = self._self_check.judge(name, look.watched, reachable=reachable)
        if verdict.believed:
            self._record(name, results, latency_of(results), "")
            return
        with self._lock:
            self._unbelieved.update((name, *verdict.withdrawn))
        for each in (name, *verdict.withdrawn):
            self._record(each, None, None, "Our own network seems to be down.")
