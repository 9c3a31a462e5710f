"""The worker: claims due publications, calls the marketplace, and records what came of it.

One claim is one call. The claim is committed, with its intent, before the call begins; no transaction is open while a
marketplace is called. What is still to do afterwards is due again, and is claimed again.
"""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import MarketplaceError
from ..events import note_publication
from ..hosting.adapter import Adapter
from ..marketplaces.pacer import Pacer
from ..records import Endpoint, Marketplace, Payload, Publication, Space
from ..running.presence import Presence
from ..settings import Settings
from ..store import Store
from . import publication as life
from .calls import Calls, Job
from .listing import describe, held_as, query_path
from .outcome import word

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True)
class _Step:
    """A row as it is about to be claimed; ``settled`` is its outcome when no call is needed for that."""

    row: Publication
    endpoint: Endpoint
    marketplace: Marketplace
    payload: Payload
    settled: life.Outcome | None

    @property
    def writes(self) -> bool:
        return self.settled is None and self.row.intent is not None and self.row.intent.operation in life.WRITES

    def job(self, space: Space) -> Job:
        return Job(self.row, self.endpoint, self.marketplace, space, self.payload)


class Worker:
    """Works due rows in a pool of threads. Several workers, in any number of processes, may share one store.

    Args:
        space: gives the space as it is now.
        clock: gives the time now, in UTC.
        pacer: says how many calls may begin.
        observe: is told how each call to a marketplace ended, inside the transaction that records it.
        settled: is told, in the same way, of each publication that needed no call.
    """

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        presence: Presence,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
        pacer: Pacer,
        observe: Callable[[Marketplace, MarketplaceError | None], None],
        settled: Callable[[Marketplace], None],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._calls = Calls(store, adapter)
        self._presence = presence
        self._settings = settings
        self._space = space
        self._clock = clock
        self._pacer = pacer
        self._observe = observe
        self._settled = settled
        self._pool = ThreadPoolExecutor(settings.call_concurrency, thread_name_prefix="worker")
        self._busy = threading.Semaphore(settings.call_concurrency)
        self.newly_listed = threading.Event()
        self._changed = threading.Condition()
        self._running: dict[str, str] = {}
        self._closing = threading.Event()
        self._dice = random.SystemRandom().random

    @property
    def lease(self) -> timedelta:
        """How long a claim holds: a call, a second one to resolve a taken slug, and one to spare."""
        return timedelta(seconds=3 * self._settings.call_deadline + 15)

    def recover(self) -> int:
        """Free the rows of processes that are gone, so that they need not wait for their leases; return how many."""
        freed = 0
        for owner in self._presence.dead():
            with self._store.write():
                rows = self._store.publications.leased_by(owner)
                for row in rows:
                    after = life.with_status(life.recovered(row))
                    self._store.publications.save(after)
                    note_publication(self._store, row, after, self._clock())
            self._presence.bury(owner)
            freed += len(rows)
        return freed

    def due(self) -> list[Publication]:
        """Return the publications that may be claimed now, by this process or another one."""
        with self._store.session():
            return self._due(None)

    def run_due(self, ids: list[str] | None = None) -> int:
        """Claim what is due (of ``ids``, or of everything) and start its calls; return how many were started."""
        if self._closing.is_set():
            return 0
        with self._store.session():
            rows = self._due(ids)
            slots = [row for row in rows if self._busy.acquire(blocking=False)]
            jobs: list[Job] = []
            try:
                jobs = self._claim(slots)
            finally:
                for _ in range(len(slots) - len(jobs)):
                    self._busy.release()
        for job in jobs:
            with self._changed:
                self._running[job.row.id] = job.marketplace.id
            self._submit(job)
        return len(jobs)

    def _submit(self, job: Job) -> None:
        try:
            self._pool.submit(copy_context().run, self._work, job)  # whoever asked is who acts
        except RuntimeError:  # the pool has been closed since the claim
            self._work(job)

    def _due(self, ids: list[str] | None) -> list[Publication]:
        """Return what may be claimed now, no more for each marketplace than its pace and its share of the pool."""
        now = self._clock()
        waiting = self._store.publications.waiting(now, ids)
        if not waiting:
            return []
        ready = self._pacer.ready(waiting, now, ids)
        share = max(1, self._settings.call_concurrency // max(1, self._store.marketplaces.count_used()))
        with self._changed:
            running = Counter(self._running.values())
        most = {name: count for name, free in ready.items() if (count := min(free, share - running[name])) > 0}
        return self._store.publications.due(now, BATCH, ids, most) if most else []

    def work(self, ids: list[str], seconds: float) -> None:
        """Work the given rows until none of them is due, or the time is over; calls under way then go on.

        Without any time they are at least begun.

        Rows that another process has claimed are waited for, too.
        """
        ends = time.monotonic() + seconds
        while True:
            self.run_due(ids)
            left = ends - time.monotonic()
            if left <= 0 or self._closing.is_set() or not self._unsettled(ids):
                return
            with self._changed:
                self._changed.wait(min(left, 0.1))

    def drain(self, ids: list[str], seconds: float) -> None:
        """Wait until nobody works on any of the given rows, in whatever process; begin nothing."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and self._leased(ids):
            with self._changed:
                self._changed.wait(min(left, 0.1))

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no call of this process is under way; False when some still are."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, seconds)

    def close(self, seconds: float = 5.0) -> None:
        """Claim no more, give back what is claimed and not called yet, and let calls under way end for ``seconds``.

        Those that take longer keep their leases, and still record how they ended if the process lives that long.
        """
        self._closing.set()
        self.wait_idle(seconds)
        self._pool.shutdown(wait=False, cancel_futures=False)

    def _unsettled(self, ids: list[str]) -> bool:
        """Whether a row is leased, or due already: one that waits for a later attempt is settled for now."""
        with self._store.session():
            rows = self._store.publications.by_ids(ids)
        now = self._clock()
        return any(row.lease is not None or (row.due_at is not None and row.due_at <= now) for row in rows)

    def _leased(self, ids: list[str]) -> bool:
        with self._store.session():
            return any(not life.lease_free(row, self._clock()) for row in self._store.publications.by_ids(ids))

    def _claim(self, rows: Sequence[Publication]) -> list[Job]:
        """Decide on each row's next step and take them, all in one transaction, before anything is sent.

        Rows for which there is nothing to do are settled here; those that somebody else took first are left out.
        """
        if not rows:
            return []
        space, now, before = self._space(), self._clock(), {row.id: row for row in rows}
        planned = [step for row in rows if (step := self._plan(life.recovered(row), space, now))]
        with self._store.write(durable=any(step.writes for step in planned)):
            won = self._take(planned, now)
            for step in won:
                after = step.row
                if step.settled is not None:
                    after = life.settle(step.row, step.row, step.settled, now, self._dice())
                    self._store.publications.save(after)
                note_publication(self._store, before[step.row.id], after, now)
            for step in won:
                if step.settled is not None:
                    self._settled(step.marketplace)
        return [step.job(space) for step in won if step.settled is None]

    def _take(self, planned: "Sequence[_Step]", now: datetime) -> "list[_Step]":
        """Take as many steps as the pace still allows, and their tokens; what needs no call needs no token."""
        called = {step.marketplace.id: step.marketplace.kind for step in planned if step.settled is None}
        left = self._pacer.allowances(called, now)
        spent = Counter[str]()
        won = []
        for step in planned:
            place, call = step.marketplace.id, step.settled is None
            if (call and spent[place] >= left.get(place, 0)) or not self._store.publications.take(step.row):
                continue
            spent[place] += call
            won.append(step)
        self._pacer.spend(called, spent, now)
        return won

    def _plan(self, row: Publication, space: Space, now: datetime) -> "_Step | None":
        """Return the row as it would be claimed, and with what; None when its endpoint or marketplace is gone."""
        endpoint = self._store.endpoints.by_id(row.endpoint_id)
        marketplace = self._store.marketplaces.by_id(row.marketplace_id)
        if endpoint is None or marketplace is None:
            return None
        payload, settled = Payload(endpoint.slug, {}), None
        try:
            payload = self.render(endpoint, marketplace, space, row)
        except MarketplaceError as error:
            settled = life.Failed(error)
        operation = life.next_step(row, payload.digest)
        if operation == "create":
            # Should its outcome stay unknown, it is looked up under this slug, whatever the endpoint's is by then.
            row = replace(row, remote_slug=payload.slug)
        claimed = life.claim(row, operation or "look", payload.digest, self._presence.owner, now, self.lease)
        nothing = life.Unchanged() if operation is None else None
        return _Step(claimed, endpoint, marketplace, payload, settled or nothing)

    def render(self, endpoint: Endpoint, marketplace: Marketplace, space: Space, row: Publication | None) -> Payload:
        """Return what the marketplace should hold now; fields that only a republish changes stay as they are listed."""
        listing = describe(endpoint, self._adapter.seen_from(marketplace, space), query_path(endpoint.slug))
        if row is not None and row.remote_id is not None:
            listing = held_as(listing, row.listed_as)
        return self._adapter.render(marketplace, listing)

    def _work(self, job: Job) -> None:
        try:
            if self._closing.is_set():
                self._give_back(job)
                return
            outcome = self._perform(job)
            with self._store.session():
                self._record(job, outcome)
        except Exception:
            # The row keeps its lease and intent, so that the next claim looks before it writes.
            log.exception("An outcome could not be recorded; the publication is looked at again later")
        finally:
            self._busy.release()
            with self._changed:
                self._running.pop(job.row.id, None)
                self._changed.notify_all()

    def _give_back(self, job: Job) -> None:
        """Undo a claim whose call was never begun, so that another process may take the row at once."""
        with self._store.session(), self._store.write():
            for row in self._store.publications.by_ids([job.row.id]):
                if row.fence == job.row.fence:
                    self._store.publications.save(life.released(row))

    def _perform(self, job: Job) -> life.Outcome:
        return self._calls.perform(job)

    def _record(self, job: Job, outcome: life.Outcome) -> None:
        now = self._clock()
        with self._store.write():
            current = self._store.publications.by_ids([job.row.id])
            if not current:
                return
            after = life.settle(current[0], job.row, outcome, now, self._dice())
            self._store.publications.save(after)
            note_publication(self._store, current[0], after, now)
            self._store.gauges.count_outcome(job.marketplace.id, job.operation, word(outcome))
            if after.status == "published" != current[0].status:
                self.newly_listed.set()
            self._observe(job.marketplace, outcome.error if isinstance(outcome, life.Failed) else None)
            if after.status == "not_published":
                self._store.endpoints.remove_withdrawn()
