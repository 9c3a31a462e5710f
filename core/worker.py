"""The worker: claims due publications, calls the marketplace, and records what came of it.

One claim is one call. The claim is committed, with its intent, before the call begins; no transaction is open while a
marketplace is called. What is still to do afterwards is due again, and is claimed again.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import publication as life
from .adapter import Adapter
from .errors import MarketplaceError, SlugConflict
from .listing import as_listed, describe, held_as, query_path
from .presence import Presence
from .records import Endpoint, Marketplace, Payload, Publication, RemoteListing, Space
from .settings import Settings
from .store import Store

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row with everything that its call needs."""

    row: Publication
    endpoint: Endpoint
    marketplace: Marketplace
    space: Space
    payload: Payload


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
        observe: is told how each call to a marketplace ended, inside the transaction that records it.
    """

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        presence: Presence,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
        observe: Callable[[Marketplace, MarketplaceError | None], None],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._presence = presence
        self._settings = settings
        self._space = space
        self._clock = clock
        self._observe = observe
        self._pool = ThreadPoolExecutor(settings.call_concurrency, thread_name_prefix="worker")
        self._busy = threading.Semaphore(settings.call_concurrency)
        self._changed = threading.Condition()
        self._running: set[str] = set()
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
                    self._store.publications.save(life.with_status(life.recovered(row)))
            self._presence.bury(owner)
            freed += len(rows)
        return freed

    def run_due(self, ids: list[str] | None = None) -> int:
        """Claim what is due (of ``ids``, or of everything) and start its calls; return how many were started."""
        with self._store.session():
            rows = self._store.publications.due(self._clock(), BATCH, ids)
            slots = [row for row in rows if self._busy.acquire(blocking=False)]
            jobs: list[Job] = []
            try:
                jobs = self._claim(slots)
            finally:
                for _ in range(len(slots) - len(jobs)):
                    self._busy.release()
        for job in jobs:
            with self._changed:
                self._running.add(job.row.id)
            self._pool.submit(self._work, job)
        return len(jobs)

    def work(self, ids: list[str], seconds: float) -> None:
        """Work the given rows until none of them is due, or the time is over; calls under way then go on.

        Without any time they are at least begun.

        Rows that another process has claimed are waited for, too.
        """
        ends = time.monotonic() + seconds
        while True:
            self.run_due(ids)
            left = ends - time.monotonic()
            if left <= 0 or not self._unsettled(ids):
                return
            with self._changed:
                self._changed.wait(min(left, 0.1))

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no call of this process is under way; False when some still are."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, seconds)

    def close(self, seconds: float = 5.0) -> None:
        """Take no more work, let the calls under way finish for ``seconds``, and leave the rest to the next start."""
        self._pool.shutdown(wait=False, cancel_futures=False)
        self.wait_idle(seconds)

    def _unsettled(self, ids: list[str]) -> bool:
        """Whether a row is leased, or due already: one that waits for a later attempt is settled for now."""
        with self._store.session():
            rows = self._store.publications.by_ids(ids)
        now = self._clock()
        return any(row.lease is not None or (row.due_at is not None and row.due_at <= now) for row in rows)

    def _claim(self, rows: Sequence[Publication]) -> list[Job]:
        """Decide on each row's next step and take them, all in one transaction, before anything is sent.

        Rows for which there is nothing to do are settled here; those that somebody else took first are left out.
        """
        if not rows:
            return []
        space, now = self._space(), self._clock()
        planned = [step for row in rows if (step := self._plan(life.recovered(row), space, now))]
        with self._store.write(durable=any(step.writes for step in planned)):
            won = [step for step in planned if self._store.publications.take(step.row)]
            for step in won:
                if step.settled is not None:
                    self._store.publications.save(life.settle(step.row, step.row, step.settled, now, self._dice()))
        return [step.job(space) for step in won if step.settled is None]

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
            outcome = self._perform(job)
            with self._store.session():
                self._record(job, outcome)
        except Exception:
            # The row keeps its lease and intent, so that the next claim looks before it writes.
            log.exception("An outcome could not be recorded; the publication is looked at again later")
        finally:
            self._busy.release()
            with self._changed:
                self._running.discard(job.row.id)
                self._changed.notify_all()

    def _perform(self, job: Job) -> life.Outcome:
        try:
            match job.row.intent and job.row.intent.operation:
                case "create":
                    return self._create(job)
                case "update":
                    remote = (job.row.remote_id or "", job.row.remote_slug or "")
                    found = self._adapter.update(job.marketplace, job.space, job.payload, remote, self._key(job))
                    return self._listed(job, found, job.payload.digest)
                case "withdraw":
                    remote = (job.row.remote_id or "", job.row.remote_slug or "")
                    self._adapter.withdraw(job.marketplace, job.space, remote, self._key(job))
                    return life.Absent()
                case _:
                    return self._look(job)
        except MarketplaceError as error:
            return life.Failed(error)

    def _create(self, job: Job) -> life.Outcome:
        """Create; a slug that turns out to be taken by our own earlier work is taken up, not reported."""
        try:
            found = self._adapter.create(job.marketplace, job.space, job.payload, self._key(job))
        except SlugConflict as conflict:
            there = self._adapter.find_listing(job.marketplace, job.space, job.payload.slug)
            if there is None or not self._is_ours(job, there):
                return life.Failed(conflict)
            return self._compared(job, there)
        return self._listed(job, found, job.payload.digest)

    def _look(self, job: Job) -> life.Outcome:
        slug = job.row.remote_slug or job.payload.slug
        there = self._adapter.find_listing(job.marketplace, job.space, slug)
        if there is None:
            return life.Absent()
        if self._is_ours(job, there):
            return self._compared(job, there)
        if job.row.wanted == "absent":
            return life.Absent()
        return life.Failed(SlugConflict(f"Another listing on {job.marketplace.name} already has the slug {slug!r}."))

    def _is_ours(self, job: Job, there: RemoteListing) -> bool:
        """Whether a listing under our slug is this space's own: by its installation id where the kind has one.

        The listing of another endpoint, which had this slug before, is that one's.
        """
        with self._store.session():
            rows = self._store.publications.of_marketplace(job.marketplace.id)
        if any(row.remote_id == there.remote_id and row.id != job.row.id for row in rows):
            return False
        if there.installation_id is not None:
            return there.installation_id == job.space.installation_id
        if there.remote_id == job.row.remote_id:
            return True
        return job.row.outcome_unknown and _shows(there, job.payload)

    def _compared(self, job: Job, there: RemoteListing) -> life.Outcome:
        return self._listed(job, there, job.payload.digest if _shows(there, job.payload) else None)

    def _listed(self, job: Job, there: RemoteListing, digest: str | None) -> life.Outcome:
        listed_as = job.row.listed_as if job.row.remote_id else as_listed(job.endpoint)
        return life.Listed(there, digest, listed_as)

    def _key(self, job: Job) -> str:
        """The same for every attempt of this piece of work, and for no other: the wish, its revision, what is sent."""
        intent = job.row.intent
        return f"{job.row.id}:{job.row.wanted_rev}:{intent.operation if intent else ''}:{job.payload.digest[:16]}"

    def _record(self, job: Job, outcome: life.Outcome) -> None:
        now = self._clock()
        with self._store.write():
            current = self._store.publications.by_ids([job.row.id])
            if not current:
                return
            after = life.settle(current[0], job.row, outcome, now, self._dice())
            self._store.publications.save(after)
            self._observe(job.marketplace, outcome.error if isinstance(outcome, life.Failed) else None)
            if after.status == "not_published":
                self._store.endpoints.remove_withdrawn()


def _shows(there: RemoteListing, payload: Payload) -> bool:
    """Whether a listing shows what is wanted, as far as the marketplace lets us see it."""
    return there.slug == payload.slug and all(payload.fields.get(name) == value for name, value in there.fields.items())
