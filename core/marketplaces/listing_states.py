"""How the publications on each marketplace stand, counted; and those of one that are not settled yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..records import Publication
from ..store import Store

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a marketplace is.

    ``counts`` are by status. ``under_way`` publications wait for an attempt or are being worked on. ``unsettled`` is
    one page of them and of those that were given up, each with its endpoint's slug; there are ``total`` in all.
    """

    counts: Mapping[str, int]
    under_way: int
    unsettled: Sequence[tuple[str, Publication]]
    total: int
    page: int = 1


class ListingStates:
    """Counts publications."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many publications have which status, by marketplace id."""
        with self._store.session():
            return self._store.publications.states()

    def progress(self, marketplace_id: str, page: int = 1) -> Progress:
        """Return how far a marketplace is."""
        with self._store.session():
            # First, for others work meanwhile: what ends between two looks is then shown as still under way.
            under_way = self._store.publications.under_way(marketplace_id)
            found = self._store.publications.unsettled(marketplace_id, page, PER_PAGE)
            counts = self._store.publications.states().get(marketplace_id) or {}
            slugs = self._store.endpoints.slugs([row.endpoint_id for row in found.items])
        rows = [(slugs.get(row.endpoint_id, "?"), row) for row in found.items]
        return Progress(counts, under_way, rows, found.total, page)
