"""Endpoints as their provider works with them: what changes here is synced to every marketplace."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..errors import Conflict, InvalidInput, NotFound
from ..events import note_endpoint, note_publication
from ..publishing import publication as life
from ..records import Endpoint, Page, Publication, Wanted
from ..schemas.draft import EndpointDraft, new_endpoint, patched
from ..store import Store

CHECK_SLUG = "Check the slug with whoever offers it."
"""What somebody is told who asks for an endpoint that is not theirs."""


class Endpoints:
    """Makes, edits and deletes endpoints; every change marks the listings that it concerns as due."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def get(self, slug: str) -> Endpoint:
        """Return the endpoint. Raises NotFound."""
        with self._store.session():
            endpoint = self._store.endpoints.by_slug(slug)
        if endpoint is None or endpoint.deleted_at:
            raise NotFound(f"There is no endpoint {slug!r}.", remedy="`publicist endpoint list` shows them all.")
        return endpoint

    def listed(self, slug: str) -> Endpoint:
        """Return the endpoint, if it is listed somewhere and is to stay so. Raises NotFound; read for every query."""
        with self._store.session():
            endpoint = self._store.endpoints.by_slug(slug)
            there = self._store.publications.listed_on(endpoint.id) if endpoint else []
        if endpoint is None or endpoint.deleted_at or not there:
            raise NotFound(f"There is no endpoint {slug!r}.", remedy=CHECK_SLUG)
        return endpoint

    def page(self, page: int = 1, per_page: int = 50) -> Page:
        """Return one page of the endpoints, by slug."""
        with self._store.session():
            return self._store.endpoints.page(page, per_page)

    def create(self, draft: EndpointDraft) -> Endpoint:
        """Store a new endpoint; without a slug, one made from its name. Raises InvalidInput for a taken slug."""
        endpoint = new_endpoint(draft, str(uuid.uuid4()), self._clock())
        with self._store.write():
            if not self._store.endpoints.add(endpoint):
                raise self._taken(endpoint.slug)
            note_endpoint(self._store, None, endpoint, endpoint.created_at)
        return endpoint

    def edit(self, slug: str, patch: Mapping[str, Any], *, unpublish: bool = False) -> Endpoint:
        """Change an endpoint; listings follow by themselves.

        Args:
            patch: clean values by field name, see :func:`publicist.core.schemas.load_patch`.
            unpublish: allow ``published: false`` on a listed endpoint, which withdraws it everywhere.

        Raises:
            InvalidInput: the new slug is taken here, or the sides do not fit the response type.
            Conflict: ``published: false`` on a listed endpoint without ``unpublish``.
        """
        with self._store.write():
            before = self.get(slug)
            endpoint = patched(before, patch, self._clock())
            if endpoint is before:
                return before
            rows = self._store.publications.of_endpoint(endpoint.id)
            if not unpublish:
                _must_stay(before, endpoint, rows)
            if not self._store.endpoints.save(endpoint):
                raise self._taken(endpoint.slug)
            note_endpoint(self._store, before, endpoint, endpoint.updated_at)
            self._enqueue(rows, endpoint, withdrawn=before.published and not endpoint.published)
        return endpoint

    def tried(self, slug: str, patch: Mapping[str, Any]) -> Endpoint:
        """Return what :meth:`edit` would make of an endpoint, and raise what it would raise; nothing is written."""
        with self._store.session():
            before = self.get(slug)
            endpoint = patched(before, patch, self._clock())
            _must_stay(before, endpoint, self._store.publications.of_endpoint(endpoint.id))
            held = self._store.endpoints.by_slug(endpoint.slug)
        if held is not None and held.id != endpoint.id:
            raise self._taken(endpoint.slug)
        return endpoint

    def delete(self, slug: str, *, unpublish: bool = False) -> bool:
        """Delete an endpoint; a listed one only with ``unpublish``, and then once its listings are withdrawn.

        Returns:
            True when it is gone already, False while withdrawals are under way (its slug stays taken until then).
        """
        now = self._clock()
        with self._store.write():
            endpoint = self.get(slug)
            rows = self._store.publications.of_endpoint(endpoint.id)
            if not unpublish and any(_is_there(row) for row in rows):
                raise Conflict(
                    f"{slug} is listed on a marketplace; deleting it would leave an orphaned listing.",
                    remedy="Unpublish it first, or repeat the request with ?unpublish=true (CLI: --unpublish).",
                )
            self._store.endpoints.mark_deleted(endpoint.id, now)
            note_endpoint(self._store, endpoint, None, now)
            for row in rows:
                if _is_there(row) or row.wanted == "listed":
                    self._want(row, "absent", by_person=True)
            self._store.endpoints.remove_withdrawn()
            return self._store.endpoints.by_id(endpoint.id) is None

    def _enqueue(self, rows: list[Publication], endpoint: Endpoint, *, withdrawn: bool) -> None:
        """Mark what should be listed as due; it is all withdrawn when the owner takes `published` back."""
        wanted: Wanted = "listed" if endpoint.published else "absent"
        for row in rows:
            if row.wanted == "listed" and (endpoint.published or withdrawn):
                self._want(row, wanted, by_person=not endpoint.published)

    def _want(self, row: Publication, wanted: Wanted, *, by_person: bool) -> None:
        after = life.want(row, wanted, self._clock(), by_person=by_person)
        self._store.publications.save(after)
        note_publication(self._store, row, after, self._clock())

    def _taken(self, slug: str) -> InvalidInput:
        held = self._store.endpoints.by_slug(slug)
        being_deleted = " (it is being withdrawn and deleted)" if held and held.deleted_at else ""
        return InvalidInput(
            {"slug": [f"Another endpoint here already has the slug {slug!r}{being_deleted}."]},
            remedy="Choose another slug.",
        )


def _must_stay(before: Endpoint, after: Endpoint, rows: list[Publication]) -> None:
    """Raise Conflict where a listed endpoint would be withdrawn by the way."""
    if before.published and not after.published and any(_is_there(row) for row in rows):
        raise Conflict(
            f"{before.slug} is listed; taking `published` back would withdraw it.",
            remedy="Unpublish it first, or repeat the request with ?unpublish=true (CLI: --unpublish).",
        )


def _is_there(row: Publication) -> bool:
    """Whether a marketplace shows the endpoint, or may show it."""
    known = row.remote_id is not None or row.retiring_remote_id is not None
    return known or row.outcome_unknown or (row.lease is not None and row.wanted == "listed")
