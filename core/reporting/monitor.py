"""Reporting outward: every marketplace to which health is pushed is told how our listings do, well before it forgets.

On SyftHub a listing whose health is not reported goes dark within about 90 seconds, so reporting is part of publishing.
Nothing is looked at here: states come from the book of health, whoever wrote them there.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from datetime import datetime
from functools import partial

from ..health.book import HealthBook
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..marketplaces.marketplaces import Marketplaces
from ..marketplaces.pacer import Pacer
from ..parallel import Apart
from ..records import Health, HealthChange, HealthState, Marketplace, Publication, Reading, Space
from ..settings import Settings
from ..store import Store
from .calls import ReportCalls
from .order import Told, interval_for, to_tell
from .reporters import Reporters
from .revival import Revival
from .vouching import Vouching

log = logging.getLogger(__name__)


class Monitor:
    """Reports health, and has switched-off listings lit again. Several processes may have one."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        plugins: Plugins,
        book: HealthBook,
        marketplaces: Marketplaces,
        vouching: Vouching,
        pacer: Pacer,
        reporters: Reporters,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._marketplaces = marketplaces
        self._vouching = vouching
        self._reporters = reporters
        self._clock = clock
        self._interval = settings.health_interval
        self._calls = ReportCalls(store, adapter, marketplaces, pacer, space)
        self._revival = Revival(store, adapter, pacer, space, clock)
        self._told: dict[str, Mapping[str, Told]] = {}
        self._apart: Apart[int] = Apart()
        self.wake = threading.Event()
        """Set when something is to be reported at once; the runner waits for it."""
        book.on_change.append(self._changed)

    def round(self, patience: float | None = None) -> int:
        """Report what is due to every marketplace that takes health; return how many readings were taken.

        A marketplace that fails is noted as such, and what it was not told goes first next time; it delays no other.

        Args:
            patience: after so many seconds what is still under way is not waited for (None: it is). It goes on, and
                until its end that marketplace is left out of further rounds.
        """
        takers = [item for item in self._marketplaces.all() if self._takes_health(item)]
        if not takers:
            return 0
        with self._store.session():
            rows = [row for row in self._store.publications.listed() if row.remote_slug]
        said = self._vouching.all({row.endpoint_id for row in rows})
        by_place: dict[str, list[Publication]] = defaultdict(list)
        for row in rows:
            by_place[row.marketplace_id].append(row)
        begun = [
            self._apart.begin(item.id, partial(self._serve_or_log, item, by_place[item.id], said)) for item in takers
        ]
        return sum(call.result() for call in wait([call for call in begun if call], patience).done)

    def state(self, endpoint_id: str) -> HealthState:
        """Return what is said of an endpoint to others at this moment."""
        return self._vouching.state(endpoint_id)

    def close(self) -> None:
        """Leave the reporting to other processes."""
        self._reporters.close()

    def _changed(self, _: HealthChange) -> None:
        self.wake.set()

    def _takes_health(self, marketplace: Marketplace) -> bool:
        return marketplace.status != "disabled" and self._plugins.capabilities(marketplace).health_push

    def _serve_or_log(self, marketplace: Marketplace, rows: Sequence[Publication], said: Mapping[str, Health]) -> int:
        try:
            return self._serve(marketplace, rows, said)
        except Exception:
            log.exception("Health could not be reported to %s", marketplace.name)
            return 0

    def _serve(self, marketplace: Marketplace, rows: Sequence[Publication], said: Mapping[str, Health]) -> int:
        """Tell one marketplace what is due, and look at what it had switched off; return how much it took."""
        capabilities = self._plugins.capabilities(marketplace)
        interval = interval_for(self._interval, capabilities.health_ttl_seconds)
        if not rows or not self._reporters.is_ours(marketplace.id, interval):
            self._told.pop(marketplace.id, None)  # it will be told everything when it is our turn again
            return 0
        told, now = self._told.get(marketplace.id, {}), self._clock()
        readings = [_reading(str(row.remote_slug), said[row.endpoint_id], now) for row in rows]
        going = to_tell(readings, told, interval, now)
        taken, refused = self._calls.send(marketplace, going, capabilities.health_batch)
        self._told[marketplace.id] = {
            reading.slug: Told(reading.state, now) if reading.slug in taken | refused else told[reading.slug]
            for reading in readings
            if reading.slug in taken | refused or reading.slug in told
        }
        for row in rows:
            if row.remote_slug in taken:
                self._revival.reported(row, said[row.endpoint_id].state)
        self._revival.look(marketplace, rows)
        return len(taken)


def _reading(slug: str, health: Health, now: datetime) -> Reading:
    """Return what is said at ``now``: checks that are not in time make a state unknown, so what is told holds now."""
    return Reading(slug, health.state, now, health.message, health.latency_ms)
