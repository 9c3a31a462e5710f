"""The health of all endpoints: kept in the store, changed by looks, told to whoever wants to know of a change."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from ..records import CheckResult, Health, HealthChange, HealthState
from ..settings import Settings
from ..store import Store
from .states import Thresholds, as_known, step

log = logging.getLogger(__name__)

ROLLUPS_KEPT = timedelta(days=400)
TRUSTED_LOOKS = 3
"""For how many intervals between two looks what was noted holds."""

LEAST_TRUSTED = timedelta(minutes=15)
"""How long what was noted holds at least: beyond that nobody knows how the endpoint did."""

_PRUNED_AT_ONCE = 500


class HealthBook:
    """How every endpoint does, the same in every process. It survives restarts, and endpoints being republished.

    Attributes:
        trusted: how long what was noted holds; of a longer time without a look only so much counts.
        on_change: each is called with every change of state that this process notes, after it is stored. One that
            raises is logged and disturbs nobody; none should take long, for whoever looked waits for it.
    """

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._thresholds = thresholds_of(settings)
        self._window = timedelta(seconds=settings.health_window)
        self._raw_kept = timedelta(days=settings.health_readings_days)
        self.trusted = max(LEAST_TRUSTED, TRUSTED_LOOKS * timedelta(seconds=settings.check_interval))
        self.on_change: list[Callable[[HealthChange], None]] = []

    def of(self, endpoint_id: str) -> Health:
        """Return the health as it was last noted; ``unknown`` for an endpoint that was never looked at."""
        with self._store.session():
            return self._store.health.of(endpoint_id) or Health(endpoint_id)

    def all(self) -> Mapping[str, Health]:
        """Return the health of all endpoints that have been looked at, by their ids."""
        with self._store.session():
            return {health.endpoint_id: health for health in self._store.health.all()}

    def now(self, endpoint_id: str) -> Health:
        """Return the health as it may be told to others: ``unknown`` if nobody has looked for too long."""
        return as_known(self.of(endpoint_id), self._clock(), self.trusted)

    def last_known(self, health: Health) -> HealthState:
        """Return the state that an endpoint was in when it was last known; ``unknown`` if it never was."""
        return health.known

    def record(
        self,
        endpoint_id: str,
        results: Sequence[CheckResult] | None,
        latency_ms: float | None = None,
        why: str = "",
    ) -> HealthChange | None:
        """Note one look; return the change of state if there was one. An endpoint that is gone is left alone.

        Args:
            results: what the checks saw; None if it was not looked, because of maintenance or our own network.
            latency_ms: how long the look took; if it is left out, that of the slowest check.
            why: why it was not looked.

        Must not be called inside ``store.write()``.
        """
        with self._store.session():
            change = self._record(endpoint_id, results, latency_ms, why)
        if change:
            self._tell(change)
        return change

    def prune(self) -> int:
        """Drop what is older than it is kept, and what belongs to endpoints that are gone, in small steps.

        Returns:
            How many rows that were.
        """
        now, dropped = self._clock(), 0
        while step_dropped := self._prune(now):
            dropped += step_dropped
        return dropped

    def _record(
        self, endpoint_id: str, results: Sequence[CheckResult] | None, latency_ms: float | None, why: str
    ) -> HealthChange | None:
        now = self._clock()
        real = self._store.health.real_queries(endpoint_id, now - self._window) if results else None
        with self._store.write():
            if not self._store.health.wanted(endpoint_id):
                return None
            before = self._store.health.hold(endpoint_id) or Health(endpoint_id)
            after, change = step(before, results, real, now, self._thresholds, why, latency_ms)
            self._store.health.note(before, after, change, now, self.trusted)
        return change

    def _prune(self, now: datetime) -> int:
        with self._store.write():
            return self._store.health.prune(now - self._raw_kept, now - ROLLUPS_KEPT, _PRUNED_AT_ONCE)

    def _tell(self, change: HealthChange) -> None:
        for listener in tuple(self.on_change):
            try:
                listener(change)
            except Exception:
                log.exception("A change of health could not be passed on")


def thresholds_of(settings: Settings) -> Thresholds:
    """Return the thresholds that the settings say."""
    return Thresholds(
        fails=settings.health_fails,
        passes=settings.health_passes,
        degraded_ms=settings.health_degraded_ms,
        degraded_query_ms=settings.health_degraded_query_ms,
        degraded_errors=settings.health_degraded_errors,
        least_queries=settings.health_least_queries,
    )
