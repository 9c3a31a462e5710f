"""How all endpoints do, at a glance: what troubles first, a page at a time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..paging import page_count
from ..records import Health, HealthPoint, HealthState, Incident, MaintenanceWindow
from ..store import Store
from ..store.endpoints import EndpointName
from .book import HealthBook
from .looking import latency_of
from .maintenance import Maintenance
from .reports import HealthReports
from .self_check import DOWN_SINCE
from .states import as_known

PER_PAGE = 25
HOURS = 24
MOST_INCIDENTS = 20

TROUBLE = "trouble"
"""Stands for every state in which somebody should look."""

_URGENCY: tuple[HealthState, ...] = ("offline", "unhealthy", "degraded", "unknown", "healthy")
_TROUBLED = frozenset({"offline", "unhealthy", "degraded"})
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Watched:
    """One endpoint: how it does now, whether it is in maintenance, and how it did in the last hours."""

    endpoint: EndpointName
    health: Health
    window: MaintenanceWindow | None = None
    bars: Sequence[HealthPoint] = ()

    @property
    def latency_ms(self) -> float | None:
        """How long the last look took, if it passed; for one of long ago it is not told."""
        known = self.health.state != "unknown"
        return (self.health.latency_ms or latency_of(self.health.results)) if known else None


@dataclass(frozen=True, slots=True)
class Sight:
    """One page of what is watched.

    ``counts`` are of all endpoints by state, whatever was asked for; maintenance counts on its own, by that word.
    ``incidents`` are the newest that are open, of ``open`` in all; ``down_since`` is said of this space's own network.
    """

    at: datetime
    rows: Sequence[Watched]
    counts: Mapping[str, int]
    total: int
    page: int
    incidents: Sequence[Incident]
    open: int
    down_since: datetime | None


class Monitoring:
    """Looks at everything that is noted of endpoints, in a few statements however many there are."""

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

    def page(self, number: int = 1, *, state: str = "", text: str = "", tag: str = "") -> Sight:
        """Return a page, the last one for a number beyond it.

        Args:
            number: which page, from 1.
            state: only endpoints in this state, in ``maintenance``, or with :data:`TROUBLE`.
            text: only endpoints with this in their name or slug.
            tag: only endpoints with this tag.
        """
        now = self._clock()
        everything = self._all(now)
        wanted = [one for one in everything if _is_wanted(one, state, text.strip().casefold(), tag)]
        number = max(1, min(number, page_count(len(wanted), PER_PAGE)))
        shown = sorted(wanted, key=_urgency)[(number - 1) * PER_PAGE : number * PER_PAGE]
        bars = self._reports.hour_bars([one.endpoint.id for one in shown], HOURS) if shown else {}
        rows = [Watched(one.endpoint, one.health, one.window, bars[one.endpoint.id]) for one in shown]
        with self._store.session():
            incidents = self._store.alerts.incidents(1, MOST_INCIDENTS, open_only=True)
        counts = Counter("maintenance" if one.window else one.health.state for one in everything)
        return Sight(
            now, rows, counts, len(wanted), number, list(incidents.items), incidents.total, self._network_down_since()
        )

    def _all(self, now: datetime) -> list[Watched]:
        with self._store.session():
            names = self._store.endpoints.names()
        known, trusted = self._book.all(), self._book.trusted
        windows = self._maintenance.holding()
        return [
            Watched(
                one, as_known(known.get(one.id, Health(one.id)), now, trusted), windows.get(one.id) or windows.get(None)
            )
            for one in names
        ]

    def _network_down_since(self) -> datetime | None:
        """Return what any process noted of our own network, for each keeps it in the store."""
        with self._store.session():
            told = self._store.settings.get(DOWN_SINCE)
        return datetime.fromisoformat(told) if told else None


def _is_wanted(one: Watched, state: str, text: str, tag: str) -> bool:
    endpoint = one.endpoint
    if tag and tag not in endpoint.tags:
        return False
    if text and text not in endpoint.name.casefold() and text not in endpoint.slug:
        return False
    present = "maintenance" if one.window else one.health.state
    return not state or present == state or (state == TROUBLE and present in _TROUBLED)


def _urgency(one: Watched) -> tuple[bool, int, float, str]:
    """Return by what rows are sorted: the worst first, of those what began last; maintenance after all trouble."""
    since = one.health.since or _LONG_AGO
    calm = one.window is not None or one.health.state == "healthy"
    return calm, _URGENCY.index(one.health.state), -since.timestamp(), one.endpoint.slug
