"""SyftHub: the marketplace of the Syft network, as a kind of marketplace."""

from collections.abc import Sequence

from ...core.hookspecs import Call, hookimpl
from ...core.records import (
    Account,
    Asker,
    Availability,
    Listing,
    Marketplace,
    MarketplaceKind,
    Payload,
    Reading,
    RemoteListing,
    TokenIssuer,
)
from . import askers, health, listings, mapping, place, tunnel
from .hub import Hub
from .kind import SYFTHUB


@hookimpl
def marketplace_kinds() -> Sequence[MarketplaceKind]:
    """Offer the one kind."""
    return (SYFTHUB,)


@hookimpl
def connect(marketplace: Marketplace, call: Call) -> Account:
    """Prove the credential with a fresh login, and tell whose account it is and how our address stands."""
    hub = Hub(marketplace, call)
    message = place.check(hub)
    username = hub.username()
    domain = tunnel.domain(hub, username)
    offered = f" It offers a tunnel that would end at {domain}; none runs yet." if domain else ""
    return Account(username, message + offered, SYFTHUB.capabilities, domain)


@hookimpl
def slug_available(marketplace: Marketplace, slug: str, call: Call) -> Availability:
    """Look through the account's own list: slugs are unique within an account."""
    return listings.availability(Hub(marketplace, call), slug)


@hookimpl
def fetch_listings(marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
    """Read every listing of the account."""
    return listings.fetch(Hub(marketplace, call))


@hookimpl
def find_listing(marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
    """Find one listing of the account."""
    return listings.find(Hub(marketplace, call), slug)


@hookimpl
def render_listing(listing: Listing) -> Payload:
    """Put a listing into the hub's form."""
    return mapping.payload(listing)


@hookimpl
def create_listing(marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
    """Make a listing at our address."""
    return listings.create(Hub(marketplace, call), payload)


@hookimpl
def update_listing(
    marketplace: Marketplace, payload: Payload, remote_id: str, remote_slug: str, call: Call
) -> RemoteListing:
    """Change a listing."""
    return listings.update(Hub(marketplace, call), payload, remote_id, remote_slug)


@hookimpl
def withdraw_listing(marketplace: Marketplace, remote_id: str, remote_slug: str, call: Call) -> None:
    """Delete a listing."""
    listings.withdraw(Hub(marketplace, call), remote_id, remote_slug)


@hookimpl
def report_health(marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
    """Tell how our endpoints are."""
    return health.report(Hub(marketplace, call), readings)


@hookimpl
def token_issuer(marketplace: Marketplace, call: Call) -> TokenIssuer:
    """Tell whose tokens to take, with the keys they are signed with."""
    return askers.issuer(Hub(marketplace, call), call.http)


@hookimpl
def verify_token(marketplace: Marketplace, token: str, call: Call) -> Asker | None:
    """Ask the hub who a token belongs to."""
    return askers.verify(Hub(marketplace, call), token)
