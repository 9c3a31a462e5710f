"""Publishing as its users ask for it: publish, unpublish, availability, preflight, publications."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import InvalidInput, MarketplaceError, NotFound, PublicistError
from ..events import note_publication
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..marketplaces.marketplaces import Marketplaces
from ..parallel import for_all
from ..records import (
    Availability,
    BackendHealth,
    Endpoint,
    ErrorInfo,
    Finding,
    Limits,
    Marketplace,
    Preview,
    Publication,
    Result,
    Space,
)
from ..schemas.publish import Targets
from ..space.network import reachability
from ..store import Store
from ..text import check_slug
from . import preflight as checks
from . import publication as life
from .listing import describe, query_path
from .worker import Worker

NOT_TRIED = "Not published"
"""The message of a result whose marketplace was not even tried: preflight stopped it."""


class Publisher:
    """The use cases around publications. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        adapter: Adapter,
        endpoints: Endpoints,
        marketplaces: Marketplaces,
        worker: Worker,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._endpoints = endpoints
        self._marketplaces = marketplaces
        self._worker = worker
        self._space = space
        self._clock = clock

    def publish(self, slug: str, targets: Targets) -> list[Result]:
        """Publish an endpoint and wait up to ``targets.wait`` seconds for the outcomes.

        Returns:
            One result a marketplace, in the order in which they were added or named. Preflight and marketplaces fail
            in their results; only an unsound request raises (NotFound, InvalidInput).
        """
        endpoint = self._endpoints.get(slug)
        marketplaces = self._targets(targets)
        general, particular = self._findings(endpoint, marketplaces, force=targets.force)
        blocked = {
            marketplace.id: stop
            for marketplace in marketplaces
            if (stop := _first_block([*general, *particular[marketplace.id]]))
        }
        going = [marketplace for marketplace in marketplaces if marketplace.id not in blocked]
        self._wish(endpoint, going, "listed")
        self._work(endpoint, going, targets.wait)
        rows = self._rows(endpoint)
        return [
            _blocked(marketplace, blocked[marketplace.id], rows.get(marketplace.id))
            if marketplace.id in blocked
            else result_of(marketplace, rows[marketplace.id])
            for marketplace in marketplaces
        ]

    def unpublish(self, slug: str, targets: Targets) -> list[Result]:
        """Withdraw an endpoint's listings, everywhere or where named, and wait for the outcomes as publish does."""
        endpoint = self._endpoints.get(slug)
        before = self._rows(endpoint)
        everywhere = [item for item in self._marketplaces.all() if item.id in before]
        chosen = everywhere if targets.everywhere else self._targets(targets)
        going = [item for item in chosen if item.id in before and _to_withdraw(before[item.id])]
        self._wish(endpoint, going, "absent")
        self._work(endpoint, going, targets.wait)
        rows = self._rows(endpoint)
        if targets.everywhere:
            chosen = going
        return [
            result_of(item, rows[item.id])
            if item in going
            else Result(item, success=True, status="not_published", message="It was not published there")
            for item in chosen
        ]

    def go_on(self, slug: str) -> None:
        """Begin what is due of the endpoint's publications: there may be no runner to do it. Waits for nothing."""
        self._worker.work([row.id for row in self._rows(self._endpoints.get(slug)).values()], 0)

    def delete(self, slug: str, *, unpublish: bool, wait: float) -> bool:
        """Delete an endpoint, with ``unpublish`` a listed one, and wait for its listings to be withdrawn.

        Returns:
            True when it is gone, False while listings are still being withdrawn. Raises NotFound, Conflict.
        """
        endpoint = self._endpoints.get(slug)
        ids = [row.id for row in self._rows(endpoint).values()]
        if self._endpoints.delete(slug, unpublish=unpublish):
            return True
        self._worker.work(ids, wait)
        with self._store.session():
            return self._store.endpoints.by_id(endpoint.id) is None

    def preflight(
        self, slug: str, marketplace_ids: Sequence[str] = (), *, force: bool = False, ask: bool = True
    ) -> list[Finding]:
        """Return everything that blocks publishing or could be better.

        With ``ask``, dataset and model are tried and the marketplaces are asked for the slug; without, only what is
        known here is told, at once.
        """
        endpoint = self._endpoints.get(slug)
        marketplaces = self.named(marketplace_ids) if marketplace_ids else self._usable()
        general, particular = self._findings(endpoint, marketplaces, force=force, ask=ask, tries=ask)
        nowhere = [] if marketplaces else [checks.no_marketplace()]
        return [*nowhere, *general, *(one for found in particular.values() for one in found)]

    def preview(self, slug: str, targets: Targets, *, ask: bool = True) -> Preview:
        """Return what publishing would meet and send; nothing is written anywhere. ``ask`` is as in preflight."""
        endpoint = self._endpoints.get(slug)
        marketplaces = self._targets(targets)
        findings = self.preflight(slug, [item.id for item in marketplaces], force=targets.force, ask=ask)
        rows = self._rows(endpoint)
        payloads = {item.id: self._payload(endpoint, item, rows.get(item.id)) for item in marketplaces}
        return Preview(findings, payloads)

    def availability(self, slug: str) -> tuple[bool, list[tuple[Marketplace, Availability]]]:
        """Return whether the slug is free here (or held by the endpoint that has it), and on each marketplace."""
        problems = check_slug(slug)
        if problems:
            raise InvalidInput({"slug": list(problems)})
        with self._store.session():
            endpoint = self._store.endpoints.by_slug(slug)
            rows = (
                {row.marketplace_id: row for row in self._store.publications.of_endpoint(endpoint.id)}
                if endpoint
                else {}
            )
        marketplaces = self._usable()
        answers = for_all(lambda item: self._available(item, slug, rows.get(item.id)), marketplaces)
        return endpoint is None or endpoint.deleted_at is None, list(zip(marketplaces, answers, strict=True))

    def publications(self, slug: str) -> tuple[Endpoint, list[tuple[Marketplace, Publication | None]]]:
        """Return the endpoint and its publication on every marketplace, None where it was never published."""
        endpoint = self._endpoints.get(slug)
        rows = self._rows(endpoint)
        return endpoint, [(item, rows.get(item.id)) for item in self._marketplaces.all()]

    def test_backends(self, endpoint: Endpoint) -> dict[str, BackendHealth]:
        """Try the endpoint's dataset and model now, both at once."""
        sides = [side for side in ("dataset", "model") if getattr(endpoint, side)]
        return dict(zip(sides, for_all(lambda side: self._try(getattr(endpoint, side)), sides), strict=True))

    def _try(self, backend: Any) -> BackendHealth:
        try:
            return self._adapter.check_backend(backend, self._space())
        except MarketplaceError as error:
            return BackendHealth(ok=False, message=error.message, reachable=error.answered)

    def _findings(
        self,
        endpoint: Endpoint,
        marketplaces: Sequence[Marketplace],
        *,
        force: bool,
        ask: bool = False,
        tries: bool = True,
    ) -> tuple[list[Finding], dict[str, list[Finding]]]:
        """Return what concerns the endpoint (``tries``: how its sides answer), and what each marketplace.

        With ``ask`` the marketplaces are asked whether the slug is free.
        """
        health = self.test_backends(endpoint) if tries else {}
        general = checks.check_endpoint(endpoint, health, force=force)
        rows = self._rows(endpoint) if ask else {}

        def check(item: Marketplace) -> list[Finding]:
            asked = (
                self._available(item, endpoint.slug, rows.get(item.id)) if ask and item.status != "disabled" else None
            )
            return checks.check_marketplace(self._facts(endpoint, item, asked))

        return general, dict(zip([item.id for item in marketplaces], for_all(check, marketplaces), strict=True))

    def _facts(
        self, endpoint: Endpoint, marketplace: Marketplace, asked: Availability | None
    ) -> checks.MarketplaceFacts:
        kind, space = self._plugins.marketplace_kinds.get(marketplace.kind), self._space()
        capabilities = self._plugins.capabilities(marketplace)
        return checks.MarketplaceFacts(
            marketplace=marketplace,
            limits=kind.limits if kind else Limits(),
            listing=describe(endpoint, self._adapter.seen_from(marketplace, space), query_path(endpoint.slug)),
            reach=reachability(space, marketplace.url, capabilities, has_own_credential=bool(marketplace.credentials)),
            availability=asked,
        )

    def _available(self, marketplace: Marketplace, slug: str, row: Publication | None) -> Availability:
        if row is not None and row.remote_slug == slug:
            return Availability(True, "This endpoint holds it there already.")
        try:
            return self._adapter.slug_available(marketplace, self._space(), slug)
        except PublicistError as error:
            return Availability(None, f"Cannot tell: {error.message}")

    def _payload(self, endpoint: Endpoint, item: Marketplace, row: Publication | None) -> Mapping[str, Any] | None:
        try:
            return self._worker.render(endpoint, item, self._space(), row).fields
        except PublicistError:
            return None

    def _targets(self, targets: Targets) -> list[Marketplace]:
        return self._usable() if targets.everywhere else self.named(targets.marketplace_ids)

    def _usable(self) -> list[Marketplace]:
        return [item for item in self._marketplaces.all() if item.status != "disabled" and not item.removing]

    def named(self, ids: Sequence[str]) -> list[Marketplace]:
        """Return the marketplaces of these ids. Raises InvalidInput with all that there are not."""
        known = {item.id: item for item in self._marketplaces.all()}
        unknown = [name for name in ids if name not in known]
        if unknown:
            raise InvalidInput(
                {"marketplace_ids": [f"There is no marketplace with the id {name}." for name in unknown]},
                remedy="GET /api/v1/marketplaces (CLI: `publicist marketplace list`) shows the ids.",
            )
        return [known[name] for name in ids]

    def _wish(self, endpoint: Endpoint, marketplaces: Sequence[Marketplace], wanted: Any) -> None:
        """Write the wish down for every marketplace at once: from here on it survives anything."""
        now = self._clock()
        with self._store.write():
            if (held := self._store.endpoints.by_id(endpoint.id)) is None or held.deleted_at:
                raise NotFound(f"The endpoint {endpoint.slug!r} has just been deleted.")
            for marketplace in marketplaces:
                row = self._store.publications.of(endpoint.id, marketplace.id)
                fresh = row or Publication(str(uuid.uuid4()), endpoint.id, marketplace.id, "absent", 0, "not_published")
                wish = life.want(fresh, wanted, now, by_person=True)
                (self._store.publications.save if row else self._store.publications.add)(wish)
                note_publication(self._store, fresh, wish, now)

    def _work(self, endpoint: Endpoint, marketplaces: Sequence[Marketplace], seconds: float) -> None:
        ids = {item.id for item in marketplaces}
        self._worker.work([row.id for row in self._rows(endpoint).values() if row.marketplace_id in ids], seconds)

    def _rows(self, endpoint: Endpoint) -> dict[str, Publication]:
        with self._store.session():
            return {row.marketplace_id: row for row in self._store.publications.of_endpoint(endpoint.id)}


def _to_withdraw(row: Publication) -> bool:
    known = row.remote_id is not None or row.retiring_remote_id is not None
    return row.wanted == "listed" or known or row.outcome_unknown


def _first_block(findings: Sequence[Finding]) -> Finding | None:
    return next((one for one in findings if one.level == "blocks"), None)


def _blocked(marketplace: Marketplace, stop: Finding, row: Publication | None) -> Result:
    """A marketplace that was not even tried; a listing that is there already stays as it is."""
    status = row.status if row and row.status == "published" else "failed"
    return Result(marketplace, False, status, NOT_TRIED, ErrorInfo(stop.cause, stop.message, stop.remedy))


def result_of(marketplace: Marketplace, row: Publication) -> Result:
    """Return what came of a wish, as its row stands."""
    if row.due_at is None and not row.gave_up:
        return Result(marketplace, True, row.status, row.message)
    if row.gave_up:
        return Result(marketplace, False, row.status, "Given up; it needs a change or another try", row.error)
    return Result(marketplace, False, "pending", "Still being tried", row.error)
