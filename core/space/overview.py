"""The overview: where every endpoint is listed, a page at a time, searched, filtered, sorted and counted over all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..health.book import HealthBook
from ..health.maintenance import Maintenance
from ..health.states import as_known
from ..paging import page_count
from ..publishing.listing import differing
from ..records import Health, MaintenanceWindow, Marketplace, Publication
from ..store import Store
from ..store.overview import CELL_STATES, SORTS, Choice, Shown

MOST_CELLS = 150
"""So many fit on a page; of endpoints as many as that leaves, but never more than MOST_LINES or fewer than LEAST."""

MOST_LINES, LEAST_LINES = 50, 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: see :class:`publicist.core.store.overview.Choice`; ``sort`` is one of SORTS."""

    text: str = ""
    tag: str = ""
    status: str = ""
    marketplace_id: str = ""
    health: str = ""
    drafts: str = ""
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint, how it does now, and its publications by marketplace id."""

    endpoint: Shown
    health: Health
    window: MaintenanceWindow | None
    publications: Mapping[str, Publication]


@dataclass(frozen=True, slots=True)
class Panorama:
    """One page of the endpoints that are wanted, of ``total``.

    ``cells`` counts the states of all that the wish leaves but for its ``status``, on every marketplace shown.
    ``endpoints`` and ``connected`` marketplaces are how many there are whatever was asked for, ``tags`` all there are.
    """

    marketplaces: Sequence[Marketplace]
    lines: Sequence[Line]
    cells: Mapping[str, int]
    total: int
    page: int
    pages: int
    endpoints: int
    connected: int
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """Looks at all endpoints in a few statements, however many there are. Safe to use from many threads."""

    store: Store
    book: HealthBook
    maintenance: Maintenance
    clock: Callable[[], datetime]

    def page(self, wish: Wish, number: int) -> Panorama:
        """Return a page, the last one for a number beyond it."""
        now = self.clock()
        with self.store.session():
            marketplaces = self.store.marketplaces.all()
            known = wish.marketplace_id in {item.id for item in marketplaces}
            wish = wish if known else replace(wish, marketplace_id="")
            shown = [item for item in marketplaces if wish.marketplace_id in {"", item.id}]
            per_page = max(LEAST_LINES, min(MOST_LINES, MOST_CELLS // max(1, len(marketplaces))))
            choice, table = self._choice(wish, now), self.store.overview
            total = table.total(choice)
            pages = page_count(total, per_page)
            number = max(1, min(number, pages))
            return Panorama(
                shown,
                self._lines(table.page(choice, wish.sort, number, per_page), now),
                self._cells(replace(choice, status=""), len(shown)),
                total,
                number,
                pages,
                table.total(Choice(now)),
                len(marketplaces),
                sorted({tag for tags in table.tags() for tag in tags}),
            )

    def _choice(self, wish: Wish, now: datetime) -> Choice:
        return Choice(
            now - self.book.trusted,
            wish.text,
            wish.tag,
            wish.status,
            wish.marketplace_id,
            wish.health,
            wish.drafts,
        )

    def _cells(self, choice: Choice, places: int) -> Mapping[str, int]:
        """Return how many cells are in which state; one that has no publication is absent, too."""
        found = self.store.overview.cells(choice)
        absent = self.store.overview.total(choice) * places - sum(found.values())
        return {state: found.get(state, 0) for state in CELL_STATES} | {"absent": absent}

    def _lines(self, endpoints: Sequence[Shown], now: datetime) -> list[Line]:
        ids = [endpoint.id for endpoint in endpoints]
        health = self.store.health.of_endpoints(ids)
        publications: dict[str, dict[str, Publication]] = {name: {} for name in ids}
        for row in self.store.publications.of_endpoints(ids):
            publications[row.endpoint_id][row.marketplace_id] = row
        windows = self.maintenance.holding()
        return [
            Line(
                endpoint,
                as_known(health.get(endpoint.id) or Health(endpoint.id), now, self.book.trusted),
                windows.get(endpoint.id) or windows.get(None),
                publications[endpoint.id],
            )
            for endpoint in endpoints
        ]


def cell_state(endpoint: Shown, row: Publication | None) -> str:
    """Return how an endpoint stands on a marketplace, one of CELL_STATES."""
    if row is None:
        return "absent"
    if row.gave_up or row.status == "failed":
        return "failed"
    if row.status != "published":
        return "pending" if row.status == "pending" else "absent"
    if row.due_at is not None or row.lease is not None:
        return "published"
    if row.drift:
        return "drifted"
    return "republish" if differing(endpoint.held, row.listed_as) else "published"


__all__ = ["CELL_STATES", "SORTS", "Line", "Overview", "Panorama", "Shown", "Wish", "cell_state"]
