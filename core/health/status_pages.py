"""Status pages: what anybody may see of the listed endpoints, where the owner has opened it; of all, or of a tag."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import NotFound
from ..events import note_setting
from ..paging import page_count
from ..records import Health, HealthPoint, HealthState, MaintenanceWindow, Outage
from ..store import PublicEndpoint, Store
from .book import HealthBook
from .maintenance import Maintenance
from .reports import HealthReports
from .states import as_known
from .uptime import UP

SETTING = "status_page"
PER_PAGE = 15
BARS_DAYS = 90
INCIDENT_DAYS = 14
AHEAD = timedelta(days=14)
MOST_INCIDENTS = 30
MOST_ANNOUNCED = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """Which status pages anybody may see: that of all endpoints, and those of some tags."""

    all: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Public:
    """What status pages could show: the names of the first endpoints, how many there are, and how many by tag."""

    names: tuple[str, ...]
    total: int
    tags: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """One endpoint; ``uptime`` is in percent over the days of ``bars``, None where nothing is known."""

    endpoint: PublicEndpoint
    state: HealthState
    window: MaintenanceWindow | None
    uptime: float | None
    bars: Sequence[HealthPoint]


@dataclass(frozen=True, slots=True)
class Incident:
    """An outage of an endpoint; what the checks saw is the owner's to know."""

    name: str
    outage: Outage


@dataclass(frozen=True, slots=True)
class Announced:
    """Maintenance that holds or comes soon; ``name`` is the endpoint's, None for all of them."""

    name: str | None
    window: MaintenanceWindow
    holds: bool


@dataclass(frozen=True, slots=True)
class StatusPage:
    """One page. ``counts`` are of all endpoints, whichever page is shown; ``maintenance`` counts on its own."""

    tag: str | None
    at: datetime
    counts: Mapping[str, int]
    endpoints: Sequence[EndpointStatus]
    incidents: Sequence[Incident]
    announced: Sequence[Announced]
    total: int
    page: int
    pages: int


class StatusPages:
    """Opens and closes status pages, and makes them."""

    def __init__(
        self,
        store: Store,
        book: HealthBook,
        reports: HealthReports,
        maintenance: Maintenance,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._book = book
        self._reports = reports
        self._maintenance = maintenance
        self._clock = clock

    def opened(self) -> Opened:
        """Return which pages are open; none at first."""
        with self._store.session():
            kept = self._store.settings.get(SETTING)
        if not kept:
            return Opened()
        held = json.loads(kept)
        return Opened(held["all"], tuple(held["tags"]))

    def change(self, *, everything: bool | None = None, tags: Collection[str] | None = None) -> Opened:
        """Open or close pages: that of all endpoints, and those of exactly these tags; None leaves it as it is."""
        before = self.opened()
        after = before if everything is None else replace(before, all=everything)
        after = after if tags is None else replace(after, tags=tuple(sorted(set(tags))))
        if after != before:
            with self._store.write():
                self._store.settings.set(SETTING, json.dumps({"all": after.all, "tags": after.tags}))
                note_setting(self._store, SETTING, _told(after), self._clock())
        return after

    def turn(self, tag: str | None, *, on: bool) -> Opened:
        """Open or close one page."""
        if tag is None:
            return self.change(everything=on)
        tags = set(self.opened().tags)
        return self.change(tags=tags | {tag} if on else tags - {tag})

    def public(self, most: int = 10) -> Public:
        """Return what the pages could show, whether or not they are open."""
        with self._store.session():
            found = self._store.public.endpoints()
        tags = Counter(tag for one in found for tag in one.tags)
        return Public(tuple(one.name for one in found[:most]), len(found), tags)

    def page(self, tag: str | None = None, number: int = 1) -> StatusPage:
        """Return a page as it is now, the last one for a number beyond it.

        Raises NotFound where it is not open; whether there is such a tag is not told.
        """
        opened = self.opened()
        if not (opened.all if tag is None else tag in opened.tags):
            raise NotFound("There is no such status page.", remedy="Its owner may have closed it.")
        now = self._clock()
        with self._store.session():
            found = [one for one in self._store.public.endpoints() if tag is None or tag in one.tags]
        states = self._states(found, now)
        coming = self._maintenance.coming()
        holding = self._maintenance.holding()
        windows = {one.id: _latest(holding.get(one.id), holding.get(None)) for one in found}
        pages = page_count(len(found), PER_PAGE)
        number = min(number, pages)
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        return StatusPage(
            tag,
            now,
            _counts(states, windows),
            self._rows(shown, states, windows),
            self._incidents(shown, now),
            _announced(shown, coming, now)[:MOST_ANNOUNCED],
            len(found),
            number,
            pages,
        )

    def _states(self, found: Sequence[PublicEndpoint], now: datetime) -> dict[str, HealthState]:
        known = self._book.all()
        return {one.id: as_known(known.get(one.id, Health(one.id)), now, self._book.trusted).state for one in found}

    def _rows(
        self,
        shown: Sequence[PublicEndpoint],
        states: Mapping[str, HealthState],
        windows: Mapping[str, MaintenanceWindow | None],
    ) -> list[EndpointStatus]:
        bars = self._reports.bars([one.id for one in shown], BARS_DAYS) if shown else {}
        return [
            EndpointStatus(one, states[one.id], windows[one.id], uptime_of(bars[one.id]), bars[one.id]) for one in shown
        ]

    def _incidents(self, shown: Sequence[PublicEndpoint], now: datetime) -> list[Incident]:
        if not shown:
            return []
        names = {one.id: one.name for one in shown}
        found = self._reports.outages(list(names), now - timedelta(days=INCIDENT_DAYS))
        return [Incident(names[outage.endpoint_id], outage) for outage in found[:MOST_INCIDENTS]]


def uptime_of(bars: Sequence[HealthPoint]) -> float | None:
    """Return the uptime in percent over all of the bars; time that nobody knows of is left out."""
    up = sum(point.seconds.get(state, 0) for point in bars for state in UP)
    known = sum(seconds for point in bars for state, seconds in point.seconds.items() if state != "unknown")
    return 100 * up / known if known else None


def _latest(*windows: MaintenanceWindow | None) -> MaintenanceWindow | None:
    return max((one for one in windows if one), key=lambda one: one.ends_at, default=None)


def _counts(states: Mapping[str, HealthState], windows: Mapping[str, MaintenanceWindow | None]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, state in states.items():
        word = "maintenance" if windows[name] else state
        counts[word] = counts.get(word, 0) + 1
    return counts


def _announced(shown: Sequence[PublicEndpoint], coming: Sequence[MaintenanceWindow], now: datetime) -> list[Announced]:
    names = {one.id: one.name for one in shown}
    return [
        Announced(names.get(one.endpoint_id or ""), one, one.starts_at <= now)
        for one in coming
        if one.starts_at < now + AHEAD and (one.endpoint_id is None or one.endpoint_id in names)
    ]


def _told(opened: Opened) -> str:
    pages = (["all endpoints"] if opened.all else []) + [f"the tag {tag}" for tag in opened.tags]
    return f"Open to anybody: {', '.join(pages) or 'none'}."
