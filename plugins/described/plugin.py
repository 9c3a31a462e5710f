"""One description as a plugin: the hooks of a marketplace kind, bound to what the file says."""

from collections.abc import Sequence
from pathlib import Path

from ...core.errors import NotSupported
from ...core.hookspecs import Call, hookimpl
from ...core.records import (
    Account,
    Availability,
    Listing,
    Marketplace,
    MarketplaceKind,
    Payload,
    Reading,
    RemoteListing,
)
from .checks import load_file
from .description import Description, without_check
from .exchange import Exchange, visible
from .listings import render
from .operations import Operations


class DescribedPlugin:
    """A plugin with one kind; ``places`` are the lines of the file at which its parts stand."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.leaves = description.leaves
        self.places = description.places

    def unchecked(self) -> "DescribedPlugin":
        """Return the same, but a withdrawal does not look first whether the listing is still ours."""
        return DescribedPlugin(without_check(self.description))

    def _work(self, marketplace: Marketplace, call: Call) -> Operations:
        return Operations(Exchange(self.description, marketplace, call))

    @hookimpl
    def marketplace_kinds(self) -> Sequence[MarketplaceKind]:
        """Offer the one kind."""
        return [self.description.kind]

    @hookimpl
    def connect(self, marketplace: Marketplace, call: Call) -> Account:
        """Prove the credential."""
        return self._work(marketplace, call).connect()

    @hookimpl
    def slug_available(self, marketplace: Marketplace, slug: str, call: Call) -> Availability:
        """Tell whether the slug is free."""
        return self._work(marketplace, call).available(slug)

    @hookimpl
    def fetch_listings(self, marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
        """Read every page."""
        return self._work(marketplace, call).fetch()

    @hookimpl
    def find_listing(self, marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
        """Look one listing up."""
        return self._work(marketplace, call).find(slug)

    @hookimpl
    def render_listing(self, marketplace: Marketplace, listing: Listing) -> Payload:
        """Put a listing into canonical form."""
        return render(self.description, visible(self.description, marketplace)["settings"], listing)

    @hookimpl
    def create_listing(self, marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
        """Make the listing."""
        return self._work(marketplace, call).create(payload, call.idempotency_key)

    @hookimpl
    def update_listing(
        self, marketplace: Marketplace, payload: Payload, remote_id: str, remote_slug: str, call: Call
    ) -> RemoteListing:
        """Change the listing."""
        return self._work(marketplace, call).update(payload, remote_id, remote_slug, call.idempotency_key)

    @hookimpl
    def withdraw_listing(self, marketplace: Marketplace, remote_id: str, remote_slug: str, call: Call) -> None:
        """Take the listing away."""
        self._work(marketplace, call).withdraw(remote_id, remote_slug, call.idempotency_key)

    @hookimpl
    def report_health(self, marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
        """Send one batch of readings."""
        if not self.description.kind.capabilities.health_push:
            raise NotSupported(f"{marketplace.name} takes no health reports.")
        return self._work(marketplace, call).report(readings)


def load(path: Path) -> DescribedPlugin:
    """Return the plugin that a file makes. Raises DescriptionFault with every fault in it."""
    return DescribedPlugin(load_file(path))
