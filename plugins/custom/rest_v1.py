"""The built-in description ``rest-v1``: see the page *The rest-v1 protocol* of the documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from ...core.errors import ListingGone, MarketplaceUnavailable, NotSupported
from ...core.hookspecs import Call
from ...core.records import (
    Account,
    Availability,
    Capabilities,
    Feedback,
    Json,
    Limits,
    Listing,
    Marketplace,
    Payload,
    Reading,
    RemoteListing,
)
from . import feedback, pages
from .exchange import Exchange, timestamp
from .listings import body_of, remote_listing, render
from .refusals import is_not_found, refusal
from .schemas import PER_PAGE, CatalogueSchema, ListingSchema, SlugSchema, TakenSchema

NAME = "rest-v1"
LIMITS = Limits(page_size=PER_PAGE)
CAPABILITIES = Capabilities(idempotent_create=True)


class RestV1:
    """Speaks `rest-v1`. Holds nothing: every method is given the marketplace and the call."""

    def connect(self, marketplace: Marketplace, call: Call) -> Account:
        """Read the capability document, then one page of one listing: the document may be open to all.

        Raises NotSupported for a catalogue of another protocol, AuthenticationFailed for a refused key.
        """
        exchange = Exchange(marketplace, call)
        catalogue = _capability_document(exchange)
        if catalogue["protocol"] != NAME:
            raise NotSupported(f"{marketplace.name} speaks {catalogue['protocol']!r}, not {NAME}.")
        pages.read_page(exchange, page=1, per_page=1)
        return _account(catalogue)

    def slug_available(self, marketplace: Marketplace, slug: str, call: Call) -> Availability:
        """Ask for the slug. A catalogue without that route cannot tell."""
        exchange = Exchange(marketplace, call)
        answer = exchange.send("GET", f"/slugs/{quote(slug, safe='')}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return Availability(None, f"{marketplace.name} does not tell whether a slug is free.")
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(answer, marketplace)
        found = exchange.loaded(answer, SlugSchema())
        return Availability(found["available"], found["reason"] or _reason(found["available"]))

    def fetch_listings(self, marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
        """Return all listings of the account, or raise MarketplaceUnavailable."""
        return pages.read_all(Exchange(marketplace, call))

    def find_listing(self, marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
        """Return our listing of that slug; None only if the catalogue itself says that there is none."""
        exchange = Exchange(marketplace, call)
        answer = exchange.send("GET", f"/listings/{quote(slug, safe='')}")
        if is_not_found(answer):
            return None
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(answer, marketplace)
        found = remote_listing(exchange.loaded(answer, ListingSchema()))
        if found.slug != slug:
            raise MarketplaceUnavailable(f"{marketplace.name} was asked for {slug} and answered {found.slug}.")
        return found

    def render_listing(self, listing: Listing) -> Payload:
        """Return the canonical form."""
        return render(listing)

    def create_listing(self, marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
        """Make the listing under the call's idempotency key. Raises SlugConflict among others."""
        exchange = Exchange(marketplace, call)
        headers = {"Idempotency-Key": call.idempotency_key} if call.idempotency_key else None
        answer = exchange.send("POST", "/listings", json=body_of(payload), headers=headers)
        made = remote_listing(exchange.written(answer, ListingSchema()))
        if made.slug != payload.slug:
            raise exchange.unknown(f"{marketplace.name} was given {payload.slug} and answered {made.slug}.")
        return made

    def update_listing(self, marketplace: Marketplace, payload: Payload, remote_id: str, call: Call) -> RemoteListing:
        """Replace the listing. Raises ListingGone when the catalogue says that it is not there."""
        exchange = Exchange(marketplace, call)
        answer = exchange.send("PUT", f"/listings/{quote(remote_id, safe='')}", json=body_of(payload))
        if is_not_found(answer):
            raise ListingGone(f"{marketplace.name} has no listing {remote_id} of {payload.slug} any more.")
        changed = remote_listing(exchange.written(answer, ListingSchema()))
        if (changed.remote_id, changed.slug) != (remote_id, payload.slug):
            raise exchange.unknown(f"{marketplace.name} was to change {payload.slug} and answered {changed.slug}.")
        return changed

    def withdraw_listing(self, marketplace: Marketplace, remote_id: str, call: Call) -> None:
        """Take the listing away. Only a 204, or the catalogue's word that it is not there, is success."""
        exchange = Exchange(marketplace, call)
        answer = exchange.send("DELETE", f"/listings/{quote(remote_id, safe='')}")
        if answer.status == HTTPStatus.NO_CONTENT or is_not_found(answer):
            return
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(answer, marketplace)
        raise exchange.unknown(f"{marketplace.name} answered {answer.status} to a withdrawal, not 204.")

    def report_health(self, marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
        """Send the readings without their messages, which may tell of addresses inside our network."""
        exchange = Exchange(marketplace, call)
        answer = exchange.send("POST", "/health", json={"readings": [_reading(reading) for reading in readings]})
        taken = exchange.written(answer, TakenSchema())
        return f"{taken['accepted']} of {len(readings)} readings taken, {len(taken['ignored'])} ignored"

    def fetch_feedback(
        self, marketplace: Marketplace, listed: Mapping[str, str], since: datetime | None, call: Call
    ) -> Sequence[Feedback]:
        """Return the feedback of every page; what is of no listing of ours is left out."""
        return feedback.read_all(Exchange(marketplace, call), listed, since)


def _capability_document(exchange: Exchange) -> Any:
    """Read ``/``, or ``/v1`` where the base URL shows a page for people."""
    answer = exchange.send("GET", "/")
    if answer.status == HTTPStatus.NOT_FOUND or "json" not in answer.headers.get("Content-Type", "").lower():
        return exchange.read("/v1", CatalogueSchema())
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise refusal(answer, exchange.marketplace)
    return exchange.loaded(answer, CatalogueSchema())


def _account(catalogue: dict[str, Any]) -> Account:
    features, limits = catalogue["features"], catalogue["limits"]
    capabilities = replace(
        CAPABILITIES,
        health_push=features["health"],
        health_batch=limits["health_batch"],
        health_ttl_seconds=limits["health_ttl_seconds"],
        feedback=features["feedback"],
    )
    return Account(catalogue["account"] or catalogue["name"], _message(catalogue), capabilities)


def _message(catalogue: dict[str, Any]) -> str:
    tighter = [
        f"{field} {catalogue['limits'][field]}"
        for field in ("name", "summary", "description", "tags", "tag")
        if catalogue["limits"][field] < getattr(LIMITS, field)
    ]
    health = "takes health reports" if catalogue["features"]["health"] else "takes no health reports"
    return f"{catalogue['name']} {health}." + (f" Its limits: {', '.join(tighter)}." if tighter else "")


def _reason(available: bool | None) -> str:
    return {True: "The slug is free.", False: "The slug is taken.", None: "The marketplace cannot tell."}[available]


def _reading(reading: Reading) -> dict[str, Json]:
    return {
        "slug": reading.slug,
        "state": reading.state,
        "checked_at": timestamp(reading.checked_at),
        "latency_ms": reading.latency_ms,
    }
