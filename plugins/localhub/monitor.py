"""The health monitor. It calls nobody: it looks at what was reported, and switches listings off and on.

A listing that has a connection is healthy when it has an address, its report is fresh, and the report says so::

    healthy                    →  active, failures 0
    unhealthy, once or twice   →  as it was, failures + 1
    unhealthy, three in a row  →  not active
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .catalogue import listings
from .hub import Hub
from .models import EMPTY, Endpoint, UptimeBucket
from .render import address_of
from .times import parse, stamp

log = logging.getLogger(__name__)
BUCKET_SECONDS = 1800
FAILURES_TO_SWITCH_OFF = 3
_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the monitor knows of one listing before a step."""

    id: int
    has_address: bool
    status: str | None
    checked_at: datetime | None
    ttl_seconds: int
    failures: int
    active: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step makes of it."""

    id: int
    healthy: bool
    failures: int
    active: bool


def judge(watched: Watched, now: datetime) -> Verdict:
    """Return the verdict on one listing at ``now``. Pure. A report's own time is trusted."""
    fresh = watched.checked_at is not None and watched.checked_at + timedelta(seconds=watched.ttl_seconds) > now
    healthy = watched.has_address and fresh and watched.status == "healthy"
    failures = 0 if healthy else watched.failures + 1
    active = healthy or (watched.active and failures < FAILURES_TO_SWITCH_OFF)
    return Verdict(watched.id, healthy, failures, active)


def step(hub: Hub, now: datetime) -> None:
    """Judge every listing that has a connection, and count a sample for each. Needs a connection of its own."""
    with hub.database.write():
        found = hub.database.rows(listings().where(Endpoint.connect != EMPTY))
        for listing in found:
            _apply(hub, judge(_watched(hub, listing), now), bucket_start(now))
        hub.database.run(UptimeBucket.delete().where(UptimeBucket.bucket_start < stamp(now - _KEPT)))


def bucket_start(now: datetime) -> str:
    """Return the start of the half hour that ``now`` lies in."""
    seconds = int(now.timestamp())
    return stamp(datetime.fromtimestamp(seconds - seconds % BUCKET_SECONDS, UTC))


class Monitor:
    """A thread that makes a step every so often until it is stopped."""

    def __init__(self, make_step: Callable[[], None], seconds: float) -> None:
        self._make_step, self._seconds = make_step, seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="localhub-monitor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until a step under way has ended."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._make_step()
            except Exception:  # a step that fails must not end all later ones
                log.exception("a step of the health monitor failed")


def _watched(hub: Hub, listing: Endpoint) -> Watched:
    return Watched(
        id=listing.id,
        has_address=bool(address_of(listing, satellites=hub.has_satellites)),
        status=listing.health_status,
        checked_at=parse(listing.health_checked_at) if listing.health_checked_at else None,
        ttl_seconds=listing.health_ttl_seconds or 0,
        failures=listing.failures,
        active=listing.is_active,
    )


def _apply(hub: Hub, verdict: Verdict, bucket: str) -> None:
    changed = Endpoint.update(is_active=verdict.active, failures=verdict.failures)
    hub.database.run(changed.where(Endpoint.id == verdict.id))
    healthy = int(verdict.healthy)
    sample = UptimeBucket.insert(endpoint=verdict.id, bucket_start=bucket, samples=1, healthy_samples=healthy)
    counted = sample.on_conflict(
        conflict_target=[UptimeBucket.endpoint, UptimeBucket.bucket_start],
        update={
            UptimeBucket.samples: UptimeBucket.samples + 1,
            UptimeBucket.healthy_samples: UptimeBucket.healthy_samples + healthy,
        },
    )
    hub.database.run(counted)
