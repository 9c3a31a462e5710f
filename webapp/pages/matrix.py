"""The matrix of endpoints and marketplaces, as the page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ...core.records import Endpoint, ErrorInfo, Marketplace, Publication
from ...core.services import Services
from .wording import CAUSES, notes


@dataclass(frozen=True, slots=True)
class Cell:
    """One endpoint on one marketplace.

    ``state`` chooses shape and colour: published, pending, failed or absent. ``word`` says the same, ``since`` when
    it began, ``notes`` what else there is to know, ``error`` the last failure under its short ``cause``.
    """

    marketplace: str
    state: str
    word: str
    since: datetime | None = None
    notes: Sequence[str] = ()
    url: str = ""
    cause: str = ""
    error: ErrorInfo | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint and its cells, one a marketplace."""

    endpoint: Endpoint
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of the matrix. ``counts`` are how many cells of this page are in each state, by its word."""

    marketplaces: Sequence[Marketplace]
    rows: Sequence[Row]
    counts: Sequence[tuple[str, str, int]]
    total: int
    page: int
    pages: int

    @property
    def tried(self) -> bool:
        """Whether anything on this page is published, or was tried to be."""
        return any(each.state != "absent" for row in self.rows for each in row.cells)


def build(services: Services, page: int, per_page: int) -> Matrix:
    """Return the page of the matrix that is asked for."""
    (found, publications), marketplaces = services.publisher.overview(page, per_page), services.marketplaces.all()
    rows = [
        Row(endpoint, [cell(endpoint, item, publications.get((endpoint.id, item.id))) for item in marketplaces])
        for endpoint in found.items
    ]
    pages = max(1, -(-found.total // per_page))
    return Matrix(marketplaces, rows, _counts(rows), found.total, page, pages)


def cell(endpoint: Endpoint, marketplace: Marketplace, row: Publication | None) -> Cell:
    """Return how one endpoint stands on one marketplace."""
    if row is None or row.status == "not_published":
        return Cell(marketplace.name, "absent", "Not published")
    failed = Cell(
        marketplace.name,
        row.status,
        _word(row),
        cause=CAUSES.get(row.error.cause, "Failed") if row.error else "",
        error=row.error,
        next_try=row.due_at if row.error else None,
    )
    if row.status != "published":
        return failed
    is_web = row.remote_url.startswith(("https://", "http://"))
    url = row.remote_url if is_web else ""
    return replace(failed, since=row.published_at, notes=notes(endpoint, row), url=url)


def _word(row: Publication) -> str:
    if row.status == "pending":
        return "Pending" if row.wanted == "listed" else "Being withdrawn"
    return row.status.capitalize()


def _counts(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    words = {"published": "published", "pending": "pending", "failed": "failed", "absent": "not published"}
    states = [each.state for row in rows for each in row.cells]
    return [(state, word, states.count(state)) for state, word in words.items()]
