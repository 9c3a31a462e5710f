"""Republishing: what only a person changes on a listing (slug, type, dataset, model, response type), in one step."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ..endpoints.endpoints import Endpoints
from ..errors import PublicistError
from ..events import note_publication
from ..hosting.adapter import Adapter
from ..marketplaces.marketplaces import Marketplaces
from ..publishing import publication as life
from ..publishing.listing import needs_republish
from ..publishing.publisher import Publisher, result_of
from ..publishing.worker import Worker
from ..records import Endpoint, ErrorInfo, Marketplace, Publication, Result, Space
from ..schemas.publish import Targets
from ..store import Store

NOT_TRIED = "Not republished"
"""The message of a result whose listing was left as it was."""


class Republisher:
    """Lists endpoints anew where they need it. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        endpoints: Endpoints,
        marketplaces: Marketplaces,
        publisher: Publisher,
        worker: Worker,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._publisher = publisher
        self._worker = worker
        self._space = space
        self._clock = clock

    def republish(self, slug: str, targets: Targets) -> list[Result]:
        """List an endpoint anew, everywhere it needs it or where named, and wait for the outcomes as publish does.

        A new slug must be known to be free there; the new listing then stands beside the old one until that is
        withdrawn. With the same slug the listing is withdrawn, then created.

        Returns:
            One result a marketplace. Raises NotFound, InvalidInput.
        """
        endpoint = self._endpoints.get(slug)
        chosen = self._chosen(slug, targets)
        stopped: dict[str, Result] = {}
        for item, row in chosen:
            if result := self._stop(endpoint, item, row, targets):
                stopped[item.id] = result
        going = [(item, row) for item, row in chosen if row is not None and item.id not in stopped]
        begun = [item.id for item, row in going if self._begin(endpoint, row)]
        self._worker.work([row.id for item, row in going if item.id in begun], targets.wait)
        after = {item.id: row for item, row in self._publisher.publications(slug)[1]}
        return [
            stopped.get(item.id) or self._result(item, after.get(item.id), begun=item.id in begun) for item, _ in chosen
        ]

    def _chosen(self, slug: str, targets: Targets) -> list[tuple[Marketplace, Publication | None]]:
        endpoint, places = self._publisher.publications(slug)
        if targets.everywhere:
            return [(item, row) for item, row in places if row and item.status != "disabled" and _needs(endpoint, row)]
        named = {item.id for item in self._publisher.named(targets.marketplace_ids)}
        return [(item, row) for item, row in places if item.id in named]

    def _stop(
        self, endpoint: Endpoint, marketplace: Marketplace, row: Publication | None, targets: Targets
    ) -> Result | None:
        """Return the result of a marketplace where nothing is begun, or None."""
        if row is None or row.remote_id is None or row.wanted != "listed":
            return _refused(
                marketplace, row, "conflict", "It is not listed there; there is nothing to list anew.", "Publish it."
            )
        if not _needs(endpoint, row):
            return Result(marketplace, True, row.status, "Nothing to republish: the listing follows by itself")
        findings = self._publisher.preflight(endpoint.slug, [marketplace.id], force=targets.force)
        for one in findings:
            if one.level == "blocks":
                return _refused(marketplace, row, one.cause, one.message, one.remedy)
        return self._slug_taken(endpoint, marketplace, row)

    def _slug_taken(self, endpoint: Endpoint, marketplace: Marketplace, row: Publication) -> Result | None:
        """Return the refusal unless the new slug is *known* to be free."""
        if endpoint.slug == row.remote_slug:
            return None
        try:
            said = self._adapter.slug_available(marketplace, self._space(), endpoint.slug)
        except PublicistError as error:
            return _refused(marketplace, row, error.cause_code, error.message, error.remedy)
        if said.available:
            return None
        if said.available is False:
            remedy = "Choose another slug for the endpoint, then republish."
            return _refused(marketplace, row, "slug_conflict", said.reason, remedy)
        remedy = "Unpublish it there, then publish it again."
        return _refused(
            marketplace, row, "not_supported", f"Whether the slug is free is not known: {said.reason}", remedy
        )

    def _begin(self, endpoint: Endpoint, seen: Publication) -> bool:
        """Write the wish down; False when the row is being worked on, or has changed since it was looked at."""
        now = self._clock()
        with self._store.write():
            row = self._store.publications.of(seen.endpoint_id, seen.marketplace_id)
            moved = row is None or (row.wanted_rev, row.remote_id) != (seen.wanted_rev, seen.remote_id)
            if row is None or moved or row.lease is not None or row.retiring_remote_id or row.outcome_unknown:
                return False
            after = life.republish(row, now, new_slug=endpoint.slug != row.remote_slug)
            self._store.publications.save(after)
            note_publication(self._store, row, after, now)
        return True

    def _result(self, marketplace: Marketplace, row: Publication | None, *, begun: bool) -> Result:
        if begun and row is not None:
            return result_of(marketplace, row)
        message = "The listing is being worked on at this moment."
        return _refused(marketplace, row, "conflict", message, "Try again in a moment.")


def _needs(endpoint: Endpoint, row: Publication) -> Sequence[str]:
    return needs_republish(endpoint, row.listed_as) if row.status == "published" and row.remote_id else ()


def _refused(marketplace: Marketplace, row: Publication | None, cause: str, message: str, remedy: str) -> Result:
    """What is listed there stays as it is."""
    status = row.status if row and row.status == "published" else "failed"
    return Result(marketplace, False, status, NOT_TRIED, ErrorInfo(cause, message, remedy))
