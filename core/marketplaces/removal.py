"""Removing a marketplace with what is listed there: withdrawn in order, or left behind knowingly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import Conflict
from ..events import note_publication
from ..publishing import publication as life
from ..publishing.worker import Worker
from ..records import Marketplace, Publication, Remnant
from ..store import Store
from .marketplaces import Marketplaces


@dataclass(frozen=True, slots=True)
class Removal:
    """Removes marketplaces. What it begins is finished by any worker, also after a restart."""

    store: Store
    marketplaces: Marketplaces
    worker: Worker
    clock: Callable[[], datetime]

    def unpublish(self, name_or_id: str, wait: float) -> list[Remnant]:
        """Withdraw everything from a marketplace, and forget it when the last withdrawal is confirmed.

        Asking again tries again what was given up meanwhile.

        Args:
            wait: seconds to wait for that.

        Returns:
            What is still there; nothing when the marketplace is gone.

        Raises:
            Conflict: it is disabled, so that nothing can be withdrawn. NotFound.
        """
        with self.store.write():
            marketplace = self._begin(name_or_id)
            if marketplace.status == "disabled":
                raise Conflict(
                    f"{marketplace.name} is disabled: nothing is withdrawn from there.",
                    remedy="Enable it first, or leave its listings behind (?orphan=true; CLI: --orphan).",
                )
            now = self.clock()
            for row in self.store.publications.of_marketplace(marketplace.id):
                if row.wanted == "listed" or _is_there(row):
                    wish = life.want(row, "absent", now, by_person=True)
                    self.store.publications.save(wish)
                    note_publication(self.store, row, wish, now)
            self.marketplaces.finish_removal(marketplace)
        self.worker.recover()
        self.worker.work(list({left.row.id for left in self.left(marketplace.id)}), wait)
        return self.left(marketplace.id)

    def orphan(self, name_or_id: str, wait: float) -> list[Remnant]:
        """Forget a marketplace and leave its listings there.

        Calls under way are waited for, so that nothing is made there unnoticed.

        Args:
            wait: seconds to wait for them.

        Returns:
            What is left behind, unknown ones included.

        Raises:
            Conflict: calls are still under way after ``wait``; asking again goes on. NotFound.
        """
        with self.store.write():
            marketplace = self._begin(name_or_id)
            for row in self.store.publications.of_marketplace(marketplace.id):
                # Another revision: a call under way then records only what it learnt, and makes nothing due.
                wish = life.want(row, row.wanted, self.clock(), by_person=False)
                self.store.publications.save(life.with_status(replace(wish, due_at=None)))
        self.worker.recover()
        self.worker.drain(list({left.row.id for left in self.left(marketplace.id)}), wait)
        with self.store.write():
            left = self.left(marketplace.id)
            if any(not life.lease_free(one.row, self.clock()) for one in left):
                raise Conflict(
                    f"Calls to {marketplace.name} are still under way; what they make would be left behind unnoticed.",
                    remedy="Ask again in a moment; nothing new is begun there meanwhile.",
                )
            self.marketplaces.forget(marketplace)
        return left

    def left(self, marketplace_id: str) -> list[Remnant]:
        """Return what is listed on a marketplace, or may be, by the endpoint's slug."""
        with self.store.session():
            rows = self.store.publications.held(marketplace_id)
            slugs = self.store.endpoints.every_slug()
        found = [(slugs.get(row.endpoint_id), life.recovered(row), row) for row in rows]
        remnants = [one for slug, seen, row in found if slug for one in _remnants(slug, seen, row)]
        return sorted(remnants, key=lambda one: one.slug)

    def _begin(self, name_or_id: str) -> Marketplace:
        """Mark the marketplace as being removed: nothing new is published there."""
        marketplace = replace(self.marketplaces.get(name_or_id), removing=True)
        self.store.marketplaces.save(marketplace, only=["removing"])
        return marketplace


def _remnants(endpoint_slug: str, seen: Publication, row: Publication) -> Iterator[Remnant]:
    """Yield the listing, and before it the one of a former slug that was still to be withdrawn."""
    retiring = row.retiring_remote_id
    if retiring is not None:
        yield Remnant(endpoint_slug, row.retiring_remote_slug or endpoint_slug, retiring, "", False, row)
    if retiring is None or row.remote_id is not None or seen.outcome_unknown:
        slug = row.remote_slug or endpoint_slug
        yield Remnant(endpoint_slug, slug, row.remote_id, row.remote_url, seen.outcome_unknown, row)


def _is_there(row: Publication) -> bool:
    known = row.remote_id is not None or row.retiring_remote_id is not None
    return known or row.outcome_unknown or row.lease is not None
