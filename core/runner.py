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

from .services import Services

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often due publications are looked for; other processes may have made some."""

IDEMPOTENCY_KEPT = timedelta(hours=24)


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
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._jobs = [
            Job("publications", POLL_SECONDS, self._publications),
            Job("health", services.settings.health_interval, services.monitor.round),
            Job("housekeeping", 3600.0, self._housekeeping),
        ]

    def start(self) -> None:
        """Take up what a former process left, then work in the background. Returns at once."""
        os.environ["TZ"] = "UTC"  # `schedule` counts in naive local time, which jumps twice a year
        time.tzset()
        recovered = self._services.worker.recover()
        if recovered:
            log.info("%d publications were under way when the last process ended; they are looked at first", recovered)
        self._services.spaces.notice_address()
        for job in self._jobs:
            self._spawn(f"runner-{job.name}", partial(self._run, job))
        self._spawn("runner-ticks", self._tick)

    def stop(self, seconds: float = 10.0) -> None:
        """Stop taking work, and wait up to ``seconds`` for what is under way."""
        self._stopping.set()
        for job in self._jobs:
            job.event.set()
        for thread in self._threads:
            thread.join(seconds)

    def alive(self) -> bool:
        """Whether every thread of the runner still runs."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tick(self) -> None:
        """Own the scheduler: nobody else touches it, so no job is skipped by a change while it iterates."""
        scheduler = schedule.Scheduler()
        for job in self._jobs:
            job.event.set()
            seconds: Any = max(job.seconds, POLL_SECONDS)  # a float does, though its types say int
            scheduler.every(seconds).seconds.do(job.event.set)
        while not self._stopping.wait(POLL_SECONDS):
            scheduler.run_pending()

    def _run(self, job: Job) -> None:
        while True:
            job.event.wait()
            job.event.clear()
            if self._stopping.is_set():
                return
            try:
                job.work()
            except Exception:
                log.exception("The runner's %s failed; it is tried again at the next tick", job.name)

    def _publications(self) -> None:
        self._services.worker.recover()
        self._services.worker.run_due()

    def _housekeeping(self) -> None:
        with self._services.store.session():
            self._services.store.idempotency.prune(self._services.clock() - IDEMPOTENCY_KEPT)
            self._services.store.endpoints.remove_withdrawn()
