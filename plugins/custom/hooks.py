"""The hooks of the kind ``custom``: each finds the marketplace's description and hands the work to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...core.hookspecs import Call, hookimpl
from ...core.records import (
    Account,
    Availability,
    Feedback,
    Listing,
    Marketplace,
    MarketplaceKind,
    Payload,
    Reading,
    RemoteListing,
    SettingField,
)
from .descriptions import DEFAULT, description_of
from .rest_v1 import CAPABILITIES, LIMITS

KIND = MarketplaceKind(
    name="custom",
    title="Custom catalogue",
    description="A catalogue of your own that speaks the rest-v1 protocol.",
    settings=(
        SettingField("api_key", "API key", secret=True, help="Leave it empty if the catalogue needs none."),
        SettingField("description", "Protocol", help=f"How the catalogue is spoken to; {DEFAULT} if empty."),
    ),
    limits=LIMITS,
    capabilities=CAPABILITIES,
)


@hookimpl
def marketplace_kinds() -> Sequence[MarketplaceKind]:
    """Offer the one kind."""
    return [KIND]


@hookimpl
def connect(marketplace: Marketplace, call: Call) -> Account:
    """Read the capability document and prove the key."""
    return description_of(marketplace).connect(marketplace, call)


@hookimpl
def slug_available(marketplace: Marketplace, slug: str, call: Call) -> Availability:
    """Ask the catalogue for the slug."""
    return description_of(marketplace).slug_available(marketplace, slug, call)


@hookimpl
def fetch_listings(marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
    """Read every page."""
    return description_of(marketplace).fetch_listings(marketplace, call)


@hookimpl
def find_listing(marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
    """Look one listing up."""
    return description_of(marketplace).find_listing(marketplace, slug, call)


@hookimpl
def render_listing(marketplace: Marketplace, listing: Listing) -> Payload:
    """Put a listing into the description's canonical form."""
    return description_of(marketplace).render_listing(listing)


@hookimpl
def create_listing(marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
    """Make the listing, once however often it is sent under one idempotency key."""
    return description_of(marketplace).create_listing(marketplace, payload, call)


@hookimpl
def update_listing(marketplace: Marketplace, payload: Payload, remote_id: str, call: Call) -> RemoteListing:
    """Replace what the listing shows."""
    return description_of(marketplace).update_listing(marketplace, payload, remote_id, call)


@hookimpl
def withdraw_listing(marketplace: Marketplace, remote_id: str, call: Call) -> None:
    """Take the listing away."""
    description_of(marketplace).withdraw_listing(marketplace, remote_id, call)


@hookimpl
def report_health(marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
    """Send one batch of readings."""
    return description_of(marketplace).report_health(marketplace, readings, call)


@hookimpl
def fetch_feedback(
    marketplace: Marketplace, listed: Mapping[str, str], since: datetime | None, call: Call
) -> Sequence[Feedback]:
    """Read what people said since then."""
    return description_of(marketplace).fetch_feedback(marketplace, listed, since, call)
