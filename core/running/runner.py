"""The background runner: a `schedule` loop that only ticks, and threads that do what is due.

A job of `schedule` sets an event and nothing else: a job that raised would fire for ever and starve the others, and a
slow one would make all of them drift. What is due comes from the rows in the store, so a missed tick is made up for
once, by the next one.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import schedule

from ..actors import acting_as
from ..health.checker import ROUND_SECONDS
from ..services import Services
from .runners import SIGN_SECONDS
from .watchdog import JobHealth

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often due publications are looked for; other processes may have made some."""

RECONCILE_SECONDS = 10.0
"""How often it is looked whether a marketplace's turn to be read has come; turns stand in the store."""

HEALTH_SECONDS = 5.0
"""How often it is looked whether health is to be reported; each marketplace's turn, and what failed, is kept apart."""

FEEDBACK_SECONDS = 5.0
"""How often it is looked for reported errors, and whether a marketplace's turn to be asked for feedback has come."""

OBSERVE_SECONDS = 2.0
"""How often plugins are told of new events."""

ALERT_SECONDS = 10.0
"""How often it is looked whether people are to be told something."""

USAGE_SECONDS = 10.0
BACKUP_SECONDS = 600.0
HOUSEKEEPING_SECONDS = 3600.0
IDEMPOTENCY_KEPT = timedelta(hours=24)
SHRINK_PAGES = 256
"""How many unused pages are given back to the disk at once, so that nobody waits long for the database."""


@dataclass(slots=True)
class Job:
    """Work that recurs: it runs in a thread of its own whenever its event is set, never twice at once."""

    name: str
    seconds: float
    work: Callable[[], object]
    event: threading.Event = field(default_factory=threading.Event)


class Runner:
    """Runs a space's background work until it is stopped. Several runners may share one store."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._watchdog = services.watchdog
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._late: set[str] = set()
        self._health = Job(
            "health", HEALTH_SECONDS, partial(services.monitor.round, HEALTH_SECONDS), services.monitor.wake
        )
        self._jobs = [
            Job("publications", POLL_SECONDS, self._publications),
            Job("reconcile", RECONCILE_SECONDS, services.reconciler.round),
            Job("checks", ROUND_SECONDS, services.checker.round),
            self._health,
            Job("feedback", FEEDBACK_SECONDS, self._feedback),
            Job("observers", OBSERVE_SECONDS, services.observers.round),
            Job("alerts", ALERT_SECONDS, services.alerts.round),
            Job("heartbeat", SIGN_SECONDS, self._heartbeat),
            Job("usage", USAGE_SECONDS, services.usage.round),
            Job("backup", BACKUP_SECONDS, services.backups.nightly),
            Job("housekeeping", HOUSEKEEPING_SECONDS, self._housekeeping),
        ]

    def start(self) -> None:
        """Take up what a former process left, then work in the background. Returns at once."""
        os.environ["TZ"] = "UTC"  # `schedule` counts in naive local time, which jumps twice a year
        time.tzset()
        with acting_as("runner", "runner"):
            recovered = self._services.worker.recover()
            self._services.spaces.notice_address()
        if recovered:
            log.info("%d publications were under way when the last process ended; they are looked at first", recovered)
        for job in self._jobs:
            self._watchdog.watch(job.name, job.seconds)
            self._spawn(f"runner-{job.name}", partial(self._run, job))
        self._spawn("runner-ticks", self._tick)

    def stop(self, seconds: float = 10.0) -> None:
        """Begin no round any more, and wait up to ``seconds`` in all for the rounds under way.

        The calls that they have begun end in the worker, see :meth:`publicist.core.publishing.worker.Worker.close`.
        """
        ends = time.monotonic() + seconds
        self._stopping.set()
        for job in self._jobs:
            job.event.set()
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        self._watchdog.stop()
        try:
            self._services.runners.forget()
        except Exception:
            log.exception("It could not be noted that the runner was stopped")

    def alive(self) -> bool:
        """Whether every thread of the runner still runs."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def health(self) -> dict[str, JobHealth]:
        """Return how each job does, by its name; nothing before the start and after the stop."""
        return self._watchdog.health()

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tick(self) -> None:
        """Own the scheduler: nobody else touches it, so no job is skipped by a change while it iterates."""
        scheduler, before = self._scheduler(), time.time()
        while not self._stopping.wait(POLL_SECONDS):
            now = time.time()
            if now < before:  # the clock was set back, and `schedule` would wait until it is where it was
                scheduler = self._scheduler()
            before = now
            scheduler.run_pending()
            self._tell_late()

    def _scheduler(self) -> schedule.Scheduler:
        """Return a scheduler of all jobs, each of which is due now."""
        scheduler = schedule.Scheduler()
        for job in self._jobs:
            job.event.set()
            seconds: Any = max(job.seconds, POLL_SECONDS)  # a float does, though its types say int
            scheduler.every(seconds).seconds.do(job.event.set)
        return scheduler

    def _tell_late(self) -> None:
        """Log each job once when it stalls, and once when it goes on."""
        late = set(self._watchdog.late())
        for name in sorted(late - self._late):
            log.error("The runner's %s is stalled: no round of it has ended for far too long", name)
        for name in sorted(self._late - late):
            log.warning("The runner's %s goes on again", name)
        self._late = late

    def _run(self, job: Job) -> None:
        while True:
            job.event.wait()
            job.event.clear()
            if self._stopping.is_set():
                return
            self._watchdog.started(job.name)
            try:
                with acting_as("runner", "runner"):
                    job.work()
            except Exception:
                log.exception("The runner's %s failed; it is tried again at the next tick", job.name)
            self._watchdog.finished(job.name)

    def _publications(self) -> None:
        worker = self._services.worker
        worker.recover()
        self._services.spreader.round()
        if worker.newly_listed.is_set():
            worker.newly_listed.clear()
            self._health.event.set()  # SyftHub switches a listing off whose health it has not heard of for a minute

    def _feedback(self) -> None:
        if self._services.feedback.round():
            self._health.event.set()  # what was found is for the marketplaces, too

    def _heartbeat(self) -> None:
        self._services.heartbeat.beat()
        self._services.runners.note()

    def _housekeeping(self) -> None:
        store = self._services.store
        with store.session():
            store.idempotency.prune(self._services.clock() - IDEMPOTENCY_KEPT)
            store.endpoints.remove_withdrawn()
        self._services.feedback.prune()
        self._services.trail.prune(self._services.settings.event_retention_days)
        self._services.usage.prune()
        self._services.health_book.prune()
        self._services.checker.prune()
        self._services.alerts.prune()
        self._services.maintenance.prune()
        left = store.shrink(SHRINK_PAGES)
        while left > SHRINK_PAGES and not self._stopping.is_set():
            before, left = left, store.shrink(SHRINK_PAGES)
            if left >= before:  # an old database cannot be shrunk in steps
                return
