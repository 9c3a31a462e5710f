"""Health, first form: every listed endpoint's dataset and model are tried, and the marketplaces are told.

On SyftHub a listing whose health is not reported goes dark within about 90 seconds, so reporting is part of publishing.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from .adapter import Adapter
from .errors import MarketplaceError
from .manager import Plugins
from .marketplaces import Marketplaces
from .pacer import Pacer
from .parallel import for_all
from .publisher import Publisher
from .records import BackendHealth, Endpoint, HealthState, Marketplace, Publication, Reading, Space
from .store import Store

log = logging.getLogger(__name__)


class Monitor:
    """Takes readings and passes them on."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        plugins: Plugins,
        publisher: Publisher,
        marketplaces: Marketplaces,
        pacer: Pacer,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._plugins = plugins
        self._publisher = publisher
        self._marketplaces = marketplaces
        self._pacer = pacer
        self._space = space
        self._clock = clock
        self._readings: dict[str, Reading] = {}

    def reading(self, endpoint_id: str) -> Reading | None:
        """Return the last reading of an endpoint, or None."""
        return self._readings.get(endpoint_id)

    def round(self) -> int:
        """Try every listed endpoint, then report to every marketplace that takes health; return how many were tried.

        A marketplace that fails is noted as such and tried again at the next round; it delays no other.
        """
        with self._store.session():
            rows = self._store.publications.listed()
            endpoints = [
                found for name in {row.endpoint_id for row in rows} if (found := self._store.endpoints.by_id(name))
            ]
        for endpoint, reading in zip(endpoints, for_all(self.check, endpoints), strict=True):
            self._readings[endpoint.id] = reading
        takers = [item for item in self._marketplaces.all() if self._takes_health(item)]
        for_all(lambda item: self._report(item, rows), takers)
        return len(endpoints)

    def check(self, endpoint: Endpoint) -> Reading:
        """Try one endpoint's dataset and model now."""
        health = self._publisher.test_backends(endpoint)
        return Reading(endpoint.slug, _state(health), self._clock(), _message(health))

    def _takes_health(self, marketplace: Marketplace) -> bool:
        return marketplace.status != "disabled" and self._plugins.capabilities(marketplace).health_push

    def _report(self, marketplace: Marketplace, rows: Sequence[Publication]) -> None:
        """Report under the slugs as they are listed there, and only those that we hold."""
        batch = [
            Reading(row.remote_slug, reading.state, reading.checked_at, reading.message)
            for row in rows
            if row.marketplace_id == marketplace.id and row.remote_slug and (reading := self.reading(row.endpoint_id))
        ]
        size = self._plugins.capabilities(marketplace).health_batch
        for start in range(0, len(batch), size):
            self._push(marketplace, batch[start : start + size])

    def _push(self, marketplace: Marketplace, batch: Sequence[Reading]) -> None:
        if not self._pacer.admit_report(marketplace):
            log.info("Health is not reported to %s for now: it is not to be called", marketplace.name)
            return
        failed: MarketplaceError | None = None
        try:
            self._adapter.report_health(marketplace, self._space(), batch)
        except MarketplaceError as error:
            log.warning("Health could not be reported to %s: %s", marketplace.name, error.message)
            failed = error
        with self._store.write():
            self._marketplaces.observe(marketplace, failed)


def _state(health: dict[str, BackendHealth]) -> HealthState:
    if not health:
        return "unknown"
    return "healthy" if all(said.ok for said in health.values()) else "unhealthy"


def _message(health: dict[str, BackendHealth]) -> str:
    return "; ".join(f"{side}: {said.message}" for side, said in health.items())
