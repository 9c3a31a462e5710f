"""The matrix of endpoints and marketplaces, as the page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...core.publishing.listing import differing
from ...core.records import ErrorInfo, MaintenanceWindow, Marketplace, Publication
from ...core.space.overview import Line, Panorama, Shown, cell_state
from .endpoint.head import HEALTH_WORDS
from .wording import CAUSES, notes

COUNTED: Mapping[str, str] = {
    "published": "published",
    "pending": "pending",
    "failed": "failed",
    "drifted": "changed there",
    "republish": "to republish",
    "absent": "not published",
}
"""The states in the order of the summary, as it says them."""

_RARE = frozenset({"drifted", "republish"})
_SOON = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One endpoint on one marketplace.

    ``state`` chooses shape and colour, one of COUNTED. ``word`` says the same, ``since`` when it began, ``notes`` what
    else there is to know, ``error`` the last failure under its short ``cause``. ``url`` leads to what is next, which
    ``step`` names; to the listing itself where ``there``.
    """

    id: str
    marketplace: str
    state: str
    word: str
    url: str = ""
    step: str = ""
    there: bool = False
    since: datetime | None = None
    notes: Sequence[str] = ()
    cause: str = ""
    error: ErrorInfo | None = None
    next_try: datetime | None = None
    soon: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint, how it does since when, and its cells, one a marketplace."""

    endpoint: Shown
    health: str
    word: str
    since: datetime | None
    window: MaintenanceWindow | None
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of the matrix. ``counts`` are how many cells are in each state, by its word, on all pages.

    ``tried`` tells whether anything is published anywhere, or was tried to be; ``live`` whether something on this
    page is about to change.
    """

    marketplaces: Sequence[Marketplace]
    rows: Sequence[Row]
    counts: Sequence[tuple[str, str, int]]
    tried: bool
    live: bool


def build(found: Panorama, now: datetime, *, publisher: bool) -> Matrix:
    """Return the page of the matrix; ``publisher`` is who may publish, and is led there."""
    rows = [_row(line, found.marketplaces, now, publisher=publisher) for line in found.lines]
    counts = [
        (state, word, found.cells[state]) for state, word in COUNTED.items() if state not in _RARE or found.cells[state]
    ]
    tried = any(number for state, number in found.cells.items() if state != "absent")
    return Matrix(found.marketplaces, rows, counts, tried, any(cell.soon for row in rows for cell in row.cells))


def _row(line: Line, marketplaces: Sequence[Marketplace], now: datetime, *, publisher: bool) -> Row:
    rows = line.publications
    cells = [cell(line.endpoint, item, rows.get(item.id), now, publisher=publisher) for item in marketplaces]
    health = line.health
    return Row(line.endpoint, health.state, HEALTH_WORDS[health.state], health.since, line.window, cells)


def cell(endpoint: Shown, item: Marketplace, row: Publication | None, now: datetime, *, publisher: bool) -> Cell:
    """Return how one endpoint stands on one marketplace."""
    state, path = cell_state(endpoint, row), f"/endpoints/{endpoint.slug}"
    if row is None or state == "absent":
        usable = publisher and item.status != "disabled" and not item.removing
        step = f"Publish on {item.name}" if usable else ""
        return Cell(item.id, item.name, state, "Not published", f"{path}/publish?on={item.id}" if step else "", step)
    url, step = _next(state, path, item, publisher=publisher)
    made = Cell(
        item.id,
        item.name,
        state,
        _word(state, row),
        url,
        step,
        cause=CAUSES.get(row.error.cause, "Failed") if row.error else "",
        error=row.error,
        next_try=row.due_at if row.error else None,
        soon=row.lease is not None or (row.due_at is not None and row.due_at <= now + _SOON),
    )
    if row.status != "published":
        return made
    made = replace(made, since=row.published_at, notes=notes(row, differing(endpoint.held, row.listed_as)))
    is_web = row.remote_url.startswith(("https://", "http://"))
    return replace(made, url=row.remote_url, step="", there=True) if state == "published" and is_web else made


def _next(state: str, path: str, item: Marketplace, *, publisher: bool) -> tuple[str, str]:
    """Return where the next step is taken, and its name."""
    if state == "drifted":
        return f"/plan/{item.id}", f"See what differs on {item.name}"
    if state == "republish" and publisher:
        return f"{path}/republish?on={item.id}", f"Republish on {item.name}"
    return path, "See what happened" if state == "failed" else "See how it goes on"


def _word(state: str, row: Publication) -> str:
    if state == "failed" and row.status == "published":
        return "Update failed"
    if state == "pending":
        return "Pending" if row.wanted == "listed" else "Being withdrawn"
    return {"drifted": "Changed there", "republish": "Needs republish"}.get(state, state.capitalize())
