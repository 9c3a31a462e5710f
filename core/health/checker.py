"""The checker: has every watched endpoint looked at in its turn, whichever process does it."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Conflict, NotFound
from ..records import CheckResult
from ..settings import Settings
from ..store import Store
from .check_pool import CheckPool
from .check_schedule import Due, Standing, allowance, due, turn_of
from .looking import Looking
from .looks import SPARE_SECONDS, Look, Looks, Record
from .maintenance import NOT_LOOKED_AT, Maintenance
from .self_check import SelfCheck

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.5
"""How often a round should be begun; turns are late by that at the most."""

GAP = timedelta(seconds=30)
"""After so long without a round the turns in between count as missed: the space was off, or the clock jumped."""

SELDOM = 30.0
"""Seconds within which one endpoint is asked for once."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the last ``looks`` turns began, in seconds; None where there were none."""

    looks: int
    p50: float | None
    p95: float | None
    p99: float | None
    most: float | None


class Checker:
    """Looks at endpoints. Safe to use from many threads and processes: none is looked at twice at once.

    Args:
        record: is told of every look, see :data:`~publicist.core.health.looks.Record`.
        owner: this process's name on leases.
    """

    def __init__(
        self,
        store: Store,
        looking: Looking,
        maintenance: Maintenance,
        self_check: SelfCheck,
        record: Record,
        settings: Settings,
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._maintenance = maintenance
        self._self_check = self_check
        self._owner = owner
        self._clock = clock
        self._interval = timedelta(seconds=settings.check_interval)
        self._lease = timedelta(seconds=2 * settings.check_deadline + SPARE_SECONDS)
        self._pool = CheckPool(settings.check_concurrency)
        self._looks = Looks(looking, self_check, record, self._pool)
        self._lock = threading.Lock()
        self._turning = threading.RLock()  # held from seeing that nobody is at an endpoint until somebody is
        self._asked: dict[str, float] = {}
        self._resting: dict[str, datetime] = {}  # until when maintenance holds, of those let pass for it
        self._since: datetime | None = None
        self._before: datetime | None = None
        self._watched = 0

    def round(self, now: datetime | None = None) -> int:
        """Begin the looks that are due, and return how many; it waits for none of them. Call it twice a second."""
        now = now or self._clock()
        passed, since = self._note_round(now)
        self._wake(now)
        with self._store.session():
            standings = self._store.looks.standings(self._owner, now, self._lease)
        self._watched = len(standings)
        with self._turning:
            free = [one for one in standings if self._looks.under_way(one.endpoint_id) is None]
            found = due(free, self._interval, since, allowance(len(standings), self._interval, passed), now)
            taken = self._take(found[: self._pool.room()], now)
            for each in taken:
                self._begin_or_log(each, now)
        if self._self_check.is_due():
            self._pool.submit(self._look_for_network)
        return len(taken)

    def check_now(self, endpoint_id: str, why: str) -> None:
        """Ask for a look soon, by whichever runner has it in hand; at most once in half a minute.

        An endpoint that was edited or listed since its last look need not be asked for.
        """
        with self._lock:
            last = self._asked.get(endpoint_id)
            if last is not None and time.monotonic() - last < SELDOM:
                return
            self._asked[endpoint_id] = time.monotonic()
        with self._store.write():
            self._store.looks.ask(endpoint_id, why)

    def look(self, endpoint_id: str, seconds: float | None = None) -> Sequence[CheckResult]:
        """Look at one endpoint now, in this process, and return what was seen; nothing in maintenance.

        If somebody is at it already, they are waited for first. Raises NotFound, and Conflict when that takes longer
        than ``seconds`` (None: as long as a look may take).
        """
        ends = time.monotonic() + (self._lease.total_seconds() if seconds is None else seconds)
        while (look := self._begin_one(endpoint_id)) is None:
            if time.monotonic() >= ends:
                raise Conflict("The endpoint is being looked at already.", remedy="Try again in a moment.")
            under_way = self._looks.under_way(endpoint_id)
            (under_way.done if under_way else threading.Event()).wait(0.1)
        if not look.done.wait(max(0.0, ends - time.monotonic())):
            raise Conflict("The endpoint's checks take too long.", remedy="Its health shows what they find.")
        self._give_back()
        return [look.results[name] for name in sorted(look.results)]

    def lateness(self) -> Lateness:
        """Return how late the last looks began in this process."""
        late = sorted(self._looks.late())

        def at(share: float) -> float | None:
            return late[min(len(late) - 1, int(share * len(late)))] if late else None

        return Lateness(len(late), at(0.5), at(0.95), at(0.99), at(1.0))

    def under_way(self) -> int:
        """Return how many endpoints this process is looking at."""
        return len(self._looks.all())

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no look is under way in this process; False when that takes longer."""
        ends = time.monotonic() + seconds
        return all(look.done.wait(max(0.0, ends - time.monotonic())) for look in self._looks.all())

    def prune(self) -> None:
        """Forget what was of endpoints that are gone. Housekeeping calls this."""
        with self._store.write():
            self._store.looks.prune()
            self._store.checks.prune()

    def close(self) -> None:
        """Begin nothing any more, and give back what this process holds."""
        self._pool.close()
        held = [*self._looks.over(), *(look.endpoint.id for look in self._looks.all())]
        if held:
            with self._store.write():
                self._store.looks.give_back(held, self._owner)

    def _note_round(self, now: datetime) -> tuple[timedelta, datetime]:
        """Return how long ago the last round was, and since when there was no gap between rounds."""
        with self._lock:
            before, self._before = self._before, now
            if before is None or not before <= now <= before + GAP or self._since is None:
                self._since = now
                return timedelta(0), now
            return now - before, self._since

    def _wake(self, now: datetime) -> None:
        """Have those looked at again, little by little, whose maintenance is over."""
        with self._lock:
            over = [name for name, ends in self._resting.items() if ends <= now]
            for name in over:
                del self._resting[name]
        if over:
            with self._store.write():
                self._store.looks.reopen(over)

    def _take(self, found: Sequence[Due], now: datetime) -> list[Due]:
        """Take looks on, and give back those that are over; nothing is written where there is neither."""
        over = self._looks.over()
        if not found and not over:
            return []
        try:
            with self._store.write():
                self._store.looks.give_back(over, self._owner)
                return [each for each in found if self._store.looks.take(each, self._owner, now, now + self._lease)]
        except Exception:
            self._looks.ended(over)
            raise

    def _give_back(self) -> None:
        with self._turning:
            self._take([], self._clock())

    def _begin_or_log(self, taken: Due, now: datetime) -> None:
        """Begin a look; an endpoint that cannot be read must not keep others from their turns."""
        try:
            self._begin(taken, now)
        except Exception:
            log.exception("The endpoint %s could not be looked at", taken.standing.endpoint_id)
            self._looks.ended([taken.standing.endpoint_id])

    def _begin(self, taken: Due, now: datetime, *, first: bool = False) -> Look | None:
        late = (now - taken.at).total_seconds() if taken.why == "turn" else None
        with self._store.session():
            endpoint = self._store.endpoints.by_id(taken.standing.endpoint_id)
        if endpoint is None:
            return None
        window = self._maintenance.now(endpoint.id)
        with self._lock:
            self._resting.pop(endpoint.id, None)
            if window:
                self._resting[endpoint.id] = window.ends_at
        look = Look(endpoint, self._watched, late, NOT_LOOKED_AT if window else "")
        self._looks.begin(look, first=first)
        return look

    def _begin_one(self, endpoint_id: str) -> Look | None:
        """Begin a look that somebody waits for; None while another one is under way, here or elsewhere."""
        now = self._clock()
        with self._store.session():
            endpoint = self._store.endpoints.by_id(endpoint_id)
        if endpoint is None or endpoint.deleted_at:
            raise NotFound("There is no such endpoint any more.")
        with self._turning:
            if self._looks.under_way(endpoint_id):
                return None
            with self._store.session():
                standing = Standing(endpoint_id, looked_at=self._store.looks.looked_at(endpoint_id))
            asked = Due(standing, turn_of(endpoint_id, self._interval, now), now, "asked")
            taken = self._take([asked], now)
            return self._begin(taken[0], now, first=True) if taken else None

    def _look_for_network(self) -> None:
        """Ask the probes while our own network is down; once it is back, have made up for what was not believed."""
        if self._self_check.look() and (missed := self._looks.unbelieved()):
            with self._store.write():
                self._store.looks.reopen(missed)
