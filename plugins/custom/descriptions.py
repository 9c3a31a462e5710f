"""Descriptions of protocols, by name. ``rest-v1`` is built in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ...core.errors import NotSupported
from ...core.hookspecs import Call
from ...core.records import Account, Availability, Feedback, Listing, Marketplace, Payload, Reading, RemoteListing
from .rest_v1 import RestV1

DEFAULT = "rest-v1"


class Description(Protocol):
    """What a description must be able to do; each method keeps the promise of the hook of its name."""

    def connect(self, marketplace: Marketplace, call: Call) -> Account:
        """Prove the credentials."""

    def slug_available(self, marketplace: Marketplace, slug: str, call: Call) -> Availability:
        """Tell whether a slug is free."""

    def fetch_listings(self, marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
        """Return all our listings, or raise."""

    def find_listing(self, marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
        """Return our listing of that slug, or None when it is certainly not there."""

    def render_listing(self, listing: Listing) -> Payload:
        """Return the canonical form. Pure."""

    def create_listing(self, marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
        """Make a listing."""

    def update_listing(self, marketplace: Marketplace, payload: Payload, remote_id: str, call: Call) -> RemoteListing:
        """Replace a listing."""

    def withdraw_listing(self, marketplace: Marketplace, remote_id: str, call: Call) -> None:
        """Take a listing away."""

    def report_health(self, marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
        """Send readings; return a note for the log."""

    def fetch_feedback(
        self, marketplace: Marketplace, listed: Mapping[str, str], since: datetime | None, call: Call
    ) -> Sequence[Feedback]:
        """Return what people said of our listings since then."""


BUILT_IN: Mapping[str, Description] = {DEFAULT: RestV1()}


def description_of(marketplace: Marketplace) -> Description:
    """Return the description that the marketplace's settings name. Raises NotSupported for an unknown one."""
    name = marketplace.settings.get("description") or DEFAULT
    found = BUILT_IN.get(name) if isinstance(name, str) else None
    if found is None:
        raise NotSupported(
            f"{marketplace.name}: there is no protocol called {name!r}.",
            remedy=f"Set the marketplace's protocol to one of: {', '.join(sorted(BUILT_IN))}.",
        )
    return found
