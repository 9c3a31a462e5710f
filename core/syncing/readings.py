"""One whole reading of a marketplace, beside what is wanted there at the moment it began."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..errors import MarketplaceError
from ..hosting.adapter import Adapter
from ..publishing import publication as life
from ..publishing.worker import Worker
from ..records import Endpoint, Marketplace, Payload, Publication, RemoteListing, Space
from ..store import Store
from .plan import HeldRow, Holdings, Plan, make_plan


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen.

    Attributes:
        marketplace: the one that was read.
        rows: its publications as they were before the reading began, by id.
        endpoints: the endpoints by id.
        payloads: what should be listed, by publication id.
        listings: what the marketplace shows, by remote id.
        plan: what follows from it, before the sync policy.
    """

    marketplace: Marketplace
    rows: Mapping[str, Publication]
    endpoints: Mapping[str, Endpoint]
    payloads: Mapping[str, Payload]
    listings: Mapping[str, RemoteListing]
    plan: Plan

    @property
    def slugs(self) -> dict[str, str]:
        """The endpoints' slugs by publication id."""
        held = {row.id: self.endpoints.get(row.endpoint_id) for row in self.rows.values()}
        return {key: endpoint.slug for key, endpoint in held.items() if endpoint is not None}


class Reader:
    """Reads marketplaces. It writes nothing anywhere."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        worker: Worker,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._worker = worker
        self._space = space
        self._clock = clock

    def look(self, marketplace: Marketplace) -> Sight:
        """Read all listings of the marketplace. Raises MarketplaceError; then nothing follows from what was read."""
        with self._store.session():
            rows = {row.id: row for row in self._store.publications.of_marketplace(marketplace.id)}
            endpoints = {item.id: item for item in self._store.endpoints.every()}
            ignored = self._store.plans.ignored(marketplace.id)
        space, now = self._space(), self._clock()
        listings = self._adapter.fetch_listings(marketplace, space)
        payloads, failed = self._payloads(marketplace, space, rows, endpoints)
        held = Holdings(
            space.installation_id,
            tuple(
                _held(row, endpoints[row.endpoint_id], now, failed=row.id in failed)
                for row in rows.values()
                if row.endpoint_id in endpoints
            ),
            ignored,
        )
        plan = make_plan(payloads, listings, held)
        return Sight(marketplace, rows, endpoints, payloads, {item.remote_id: item for item in listings}, plan)

    def _payloads(
        self,
        marketplace: Marketplace,
        space: Space,
        rows: Mapping[str, Publication],
        endpoints: Mapping[str, Endpoint],
    ) -> tuple[dict[str, Payload], set[str]]:
        """Return what is wanted by publication id, and the ids of those that cannot be put into the kind's form."""
        payloads: dict[str, Payload] = {}
        failed: set[str] = set()
        for row in rows.values():
            endpoint = endpoints.get(row.endpoint_id)
            if row.wanted != "listed" or endpoint is None:
                continue
            try:
                payloads[row.id] = self._worker.render(endpoint, marketplace, space, row)
            except MarketplaceError:
                failed.add(row.id)
        return payloads, failed


def _held(row: Publication, endpoint: Endpoint, now: datetime, *, failed: bool) -> HeldRow:
    draft = row.wanted == "listed" and not endpoint.published
    moving = row.retiring_remote_id is not None or row.republish or row.outcome_unknown
    return HeldRow(
        key=row.id,
        slug=row.remote_slug or endpoint.slug,
        rev=row.wanted_rev,
        confirmed=row.remote_id,
        remote_ids=frozenset(item for item in (row.remote_id, row.retiring_remote_id) if item is not None),
        busy=draft or failed or moving or not life.lease_free(row, now) or row.lease is not None,
        given_up=row.gave_up,
    )
