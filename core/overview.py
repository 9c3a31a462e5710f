"""The overview: where every endpoint is listed, a page at a time, searched, filtered, sorted and counted over all."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .health_book import HealthBook
from .listing import needs_republish
from .maintenance import Maintenance
from .records import Endpoint, Health, MaintenanceWindow, Marketplace, Publication
from .states import as_known
from .store import Store
from .store.overview import CELL_STATES, SORTS, Choice

MOST_CELLS = 200
"""So many fit on a page; of endpoints as many as that leaves, but never more than MOST_LINES or fewer than LEAST."""

MOST_LINES, LEAST_LINES = 50, 10

_Key = tuple[str, int, str]
_KEPT = 50_000
"""Of how many publications it is kept in mind whether they need a republish."""


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

    endpoint: Endpoint
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


@dataclass(slots=True)
class Overview:
    """Looks at all endpoints in a few statements, however many there are. Safe to use from many threads."""

    store: Store
    book: HealthBook
    maintenance: Maintenance
    clock: Callable[[], datetime]
    _known: dict[_Key, bool] = field(default_factory=dict)

    def page(self, wish: Wish, number: int, republish: Sequence[str]) -> Panorama:
        """Return a page, the last one for a number beyond it; ``republish`` is what :meth:`to_republish` told."""
        now = self.clock()
        with self.store.session():
            marketplaces = self.store.marketplaces.all()
            known = wish.marketplace_id in {item.id for item in marketplaces}
            wish = wish if known else replace(wish, marketplace_id="")
            shown = [item for item in marketplaces if wish.marketplace_id in {"", item.id}]
            per_page = max(LEAST_LINES, min(MOST_LINES, MOST_CELLS // max(1, len(marketplaces))))
            choice, table = self._choice(wish, now, republish), self.store.overview
            total = table.total(choice)
            pages = max(1, -(-total // per_page))
            number = max(1, min(number, pages))
            return Panorama(
                shown,
                self._lines(table.ids(choice, wish.sort, number, per_page), now),
                self._cells(replace(choice, status=""), len(shown)),
                total,
                number,
                pages,
                table.total(Choice(now)),
                len(marketplaces),
                sorted({tag for tags in table.tags() for tag in tags}),
            )

    def to_republish(self) -> list[str]:
        """Return the ids of the publications whose endpoint has changed in what only a person's republish updates.

        What an endpoint would be listed as is kept in mind until it is edited: telling it takes opening its secrets.
        """
        if len(self._known) > _KEPT:
            self._known = {}
        known = self._known
        with self.store.session():
            rows = self.store.overview.remembered()
            new = [row for row in rows if row[1:] not in known]
            endpoints = self.store.endpoints.by_ids(list({row[1] for row in new}))
        for row in new:
            if row[1] in endpoints:
                known[row[1:]] = bool(needs_republish(endpoints[row[1]], json.loads(row[3])))
        return [row[0] for row in rows if known.get(row[1:])]

    def _choice(self, wish: Wish, now: datetime, republish: Sequence[str]) -> Choice:
        return Choice(
            now - self.book.trusted,
            wish.text,
            wish.tag,
            wish.status,
            wish.marketplace_id,
            wish.health,
            wish.drafts,
            republish,
        )

    def _cells(self, choice: Choice, places: int) -> Mapping[str, int]:
        """Return how many cells are in which state; one that has no publication is absent, too."""
        found = self.store.overview.cells(choice)
        absent = self.store.overview.total(choice) * places - sum(found.values())
        return {state: found.get(state, 0) for state in CELL_STATES} | {"absent": absent}

    def _lines(self, ids: Sequence[str], now: datetime) -> list[Line]:
        endpoints, health = self.store.endpoints.by_ids(ids), self.store.health.of_endpoints(ids)
        publications: dict[str, dict[str, Publication]] = {name: {} for name in ids}
        for row in self.store.publications.of_endpoints(list(ids)):
            publications[row.endpoint_id][row.marketplace_id] = row
        windows = self.maintenance.holding()
        return [
            Line(
                endpoints[name],
                as_known(health.get(name) or Health(name), now, self.book.trusted),
                windows.get(name) or windows.get(None),
                publications[name],
            )
            for name in ids
        ]


def cell_state(endpoint: Endpoint, row: Publication | None) -> str:
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
    return "republish" if needs_republish(endpoint, row.listed_as) else "published"


__all__ = ["CELL_STATES", "SORTS", "Line", "Overview", "Panorama", "Wish", "cell_state"]
