"""Walking the publishing guide's *Troubleshooting* on the live system: all is looked at now, nothing is changed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import PublicistError
from ..health.maintenance import Maintenance
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..marketplaces.marketplaces import Marketplaces
from ..marketplaces.pacer import Pacer
from ..moments import to_second
from ..parallel import for_all
from ..publishing.publisher import Publisher
from ..queries.places import Places
from ..records import AddressCheck, Availability, Diagnosis, Endpoint, Marketplace, Publication, Space
from ..space.network import reachability
from ..store import Store
from ..usage.counting import Usage
from .diagnosis import diagnose, diagnose_space
from .symptoms import LATELY, EndpointFacts, Look, PlaceFacts

REPORTED = timedelta(days=7)


class Doctor:
    """Examines endpoints, and the space as a whole."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        adapter: Adapter,
        pacer: Pacer,
        endpoints: Endpoints,
        marketplaces: Marketplaces,
        publisher: Publisher,
        check_address: Callable[[], AddressCheck],
        usage: Usage,
        maintenance: Maintenance,
        places: Places,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._pacer = pacer
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._publisher = publisher
        self._check_address = check_address
        self._usage = usage
        self._maintenance = maintenance
        self._places = places
        self._space = space
        self._clock = clock

    def diagnose(self, slug: str) -> Diagnosis:
        """Examine one endpoint. Raises NotFound."""
        return self._diagnose(self._endpoints.get(slug), self._address())

    def diagnose_all(self) -> list[Diagnosis]:
        """Examine the space, then every endpoint that is ready to be published or that is listed, by slug."""
        address, now = self._address(), self._clock()
        with self._store.session():
            endpoints = self._store.endpoints.all()
            listed = {row.endpoint_id for row in self._store.publications.listed()}
            due = self._store.publications.next_due()
        space = diagnose_space(
            self._marketplaces.all(), address, due, now, [self._places.problem] if self._places.problem else []
        )
        chosen = [item for item in endpoints if item.published or item.id in listed]
        return [space, *(self._diagnose(item, address) for item in chosen)]

    def _diagnose(self, endpoint: Endpoint, address: AddressCheck | None) -> Diagnosis:
        now, seen, window = self._clock(), self._look_at(endpoint), self._maintenance.now(endpoint.id)
        with self._store.session():
            reports = self._store.feedback.reports(endpoint.id, now - REPORTED)
        return diagnose(
            EndpointFacts(
                endpoint,
                now,
                health=seen[0],
                places=seen[1:],
                address=address,
                denials=self._usage.denials(endpoint.id, now - LATELY),
                statuses=self._usage.statuses(endpoint.id, now - LATELY),
                reports=reports,
                maintenance_until=window.ends_at if window else None,
            )
        )

    def _look_at(self, endpoint: Endpoint) -> list[Any]:
        """Return how dataset and model are found, then what is seen on each marketplace; all are asked at once."""
        with self._store.session():
            rows = {row.marketplace_id: row for row in self._store.publications.of_endpoint(endpoint.id)}
        tasks: list[Callable[[], Any]] = [lambda: self._publisher.test_backends(endpoint)]
        tasks += [self._task(endpoint, item, rows.get(item.id)) for item in self._meant(rows)]
        return for_all(lambda task: task(), tasks)

    def _meant(self, rows: Mapping[str, Publication]) -> list[Marketplace]:
        """Return the marketplaces on which the endpoint is or should be; all that are in use where it is on none."""
        there = [item for item in self._marketplaces.all() if not item.removing]
        wanted = [item for item in there if (row := rows.get(item.id)) and (row.wanted == "listed" or row.remote_id)]
        return wanted or [item for item in there if item.status != "disabled"]

    def _task(self, endpoint: Endpoint, item: Marketplace, row: Publication | None) -> Callable[[], PlaceFacts]:
        return lambda: self._place(endpoint, item, row)

    def _place(self, endpoint: Endpoint, item: Marketplace, row: Publication | None) -> PlaceFacts:
        space, capabilities = self._space(), self._plugins.capabilities(item)
        reach = reachability(space, item.url, capabilities, has_own_credential=bool(item.credentials))
        why = self._left_alone(item)
        if why:
            return PlaceFacts(item, row, reach, Look(not_asked=why), tokens=capabilities.tokens)
        return PlaceFacts(
            item,
            row,
            reach,
            self._listing(item, space, (row and row.remote_slug) or endpoint.slug),
            None if row and row.remote_id is not None else self._available(item, space, endpoint.slug),
            capabilities.tokens,
            self._issuer_error(item, space) if capabilities.tokens else None,
        )

    def _left_alone(self, item: Marketplace) -> str:
        if item.status == "disabled":
            return "The marketplace is disabled."
        until = self._pacer.standing(item).blocked_until
        return f"It asked to be left alone until {to_second(until)}." if until else ""

    def _listing(self, item: Marketplace, space: Space, slug: str) -> Look:
        try:
            return Look(self._adapter.find_listing(item, space, slug))
        except PublicistError as error:
            return Look(error=error)

    def _available(self, item: Marketplace, space: Space, slug: str) -> Availability:
        try:
            return self._adapter.slug_available(item, space, slug)
        except PublicistError as error:
            return Availability(None, f"Cannot tell: {error.message}")

    def _issuer_error(self, item: Marketplace, space: Space) -> PublicistError | None:
        try:
            self._adapter.token_issuer(item, space)
        except PublicistError as error:
            return error
        return None

    def _address(self) -> AddressCheck | None:
        return self._check_address() if self._space().public_url else None
