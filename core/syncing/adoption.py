"""Listings on our accounts that we did not make: shown, taken up, or ignored. Nothing else ever touches them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import Conflict, NotFound
from ..events import note_publication
from ..hosting.adapter import Adapter
from ..marketplaces.marketplaces import Marketplaces
from ..publishing import publication as life
from ..publishing.worker import Worker
from ..records import Endpoint, Listing, Marketplace, Publication, RemoteListing, Space
from ..schemas.endpoint import load_endpoint
from ..store import Store
from .marking import taken_up
from .plan import Unowned
from .readings import Reader

TAKEN_OVER = ("name", "summary", "description", "version", "category", "language")


class Adoption:
    """Takes up listings that are there already. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        endpoints: Endpoints,
        marketplaces: Marketplaces,
        reader: Reader,
        worker: Worker,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._reader = reader
        self._worker = worker
        self._space = space
        self._clock = clock

    def unowned(self, name_or_id: str) -> list[Unowned]:
        """Return the listings of the account that we did not make, ignored ones too. Raises MarketplaceError."""
        return list(self._reader.look(self._marketplaces.get(name_or_id)).plan.unowned)

    def adopt(self, name_or_id: str, slug: str, remote_id: str, endpoint_slug: str | None = None) -> Endpoint:
        """Take a listing up: from now on it follows an endpoint, as if we had made it.

        Args:
            slug: the listing's slug there.
            remote_id: the listing's id there, so that no other is meant.
            endpoint_slug: the endpoint that it is to follow, which then overwrites what it shows; without one a draft
                is made from what it shows, and nothing is changed until that draft is published. Under another slug
                than the endpoint's the listing keeps its own until it is republished.

        Raises:
            NotFound: there is no such listing, endpoint or marketplace.
            Conflict: the listing is ours already, another space made it, or the endpoint is listed there.
            InvalidInput: what the listing shows does not do as an endpoint.
            MarketplaceError: it could not be looked up.
        """
        marketplace = self._marketplaces.get(name_or_id)
        endpoint = self._endpoints.get(endpoint_slug) if endpoint_slug is not None else None
        found = self._found(marketplace, slug, remote_id)
        self._must_be_free(marketplace, found, endpoint)
        if endpoint is None:
            endpoint = self._endpoints.create(load_endpoint(self._draft(marketplace, found)))
        row = self._bind(marketplace, endpoint, found)
        if row.due_at is not None:
            self._worker.work([row.id], 0)
        return endpoint

    def ignore(self, name_or_id: str, slug: str, remote_id: str) -> None:
        """Mention a listing no more. Raises NotFound."""
        marketplace = self._marketplaces.get(name_or_id)
        found = self._found(marketplace, slug, remote_id)
        with self._store.write():
            self._store.plans.ignore(marketplace.id, found.remote_id, found.slug, self._clock())

    def _found(self, marketplace: Marketplace, slug: str, remote_id: str) -> RemoteListing:
        found = self._adapter.find_listing(marketplace, self._space(), slug)
        if found is None or found.remote_id != remote_id:
            raise NotFound(
                f"{marketplace.name} has no listing {slug!r} with the id {remote_id!r}.",
                remedy="`publicist marketplace unowned` shows those that there are.",
            )
        return found

    def _must_be_free(self, marketplace: Marketplace, found: RemoteListing, endpoint: Endpoint | None) -> None:
        with self._store.session():
            rows = self._store.publications.of_marketplace(marketplace.id)
        if any(found.remote_id in (row.remote_id, row.retiring_remote_id) for row in rows):
            raise Conflict(f"The listing {found.slug!r} is ours already.", remedy="`publicist status` shows it.")
        if found.installation_id not in (None, self._space().installation_id):
            raise Conflict(
                f"Another space made the listing {found.slug!r}, and keeps it up.",
                remedy="Withdraw it there first, then publish it here.",
            )
        held = next((row for row in rows if endpoint is not None and row.endpoint_id == endpoint.id), None)
        if held is not None and (held.remote_id or held.outcome_unknown or held.lease is not None):
            raise Conflict(
                "The endpoint is listed there already, or may be.",
                remedy="Unpublish it there first, or adopt the listing without naming an endpoint.",
            )

    def _bind(self, marketplace: Marketplace, endpoint: Endpoint, found: RemoteListing) -> Publication:
        now = self._clock()
        with self._store.write():
            held = self._store.publications.of(endpoint.id, marketplace.id)
            before = held or Publication(str(uuid.uuid4()), endpoint.id, marketplace.id, "absent", 0, "not_published")
            wish = life.want(before, "listed", now, by_person=True)
            row = taken_up(wish, found, endpoint, None, now)
            if not endpoint.published:
                row = replace(row, due_at=None, by_person=False)
            row = life.with_status(row)
            (self._store.publications.save if held else self._store.publications.add)(row)
            note_publication(self._store, before, row, now)
            self._store.plans.heed(marketplace.id, found.remote_id)
        return row

    def _draft(self, marketplace: Marketplace, found: RemoteListing) -> dict[str, Any]:
        """Return an endpoint's fields as the listing shows them, whatever the kind calls them."""
        names = self._names(marketplace)
        shown = {name: found.fields[theirs] for name, theirs in names.items() if found.fields.get(theirs)}
        fields: dict[str, Any] = {name: value for name, value in shown.items() if isinstance(value, str)}
        tags = found.fields.get("tags")
        if isinstance(tags, list):
            fields["tags"] = tags
        return {"name": found.slug, "slug": found.slug, **fields, "published": False}

    def _names(self, marketplace: Marketplace) -> Mapping[str, str]:
        """Return how the kind calls our fields: it renders a listing of which each text tells its own field."""
        marks = {name: f"0.{place}.7" for place, name in enumerate(TAKEN_OVER)}
        probe = Listing(
            slug="probe",
            type="model",
            response_type="raw",
            tags=(),
            visibility="public",
            policies=(),
            public_url="",
            query_path="/",
            installation_id="",
            **marks,
        )
        rendered = self._adapter.render(marketplace, probe).fields
        return {name: theirs for name, mark in marks.items() for theirs, value in rendered.items() if value == mark}
