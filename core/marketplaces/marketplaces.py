"""The marketplaces that this space publishes to."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..errors import (
    AuthenticationFailed,
    Conflict,
    InvalidInput,
    MarketplaceError,
    MarketplaceUnavailable,
    NotFound,
    OutcomeUnknown,
    PluginFault,
    PublicistError,
)
from ..events import note_marketplace
from ..hosting.adapter import Adapter
from ..hosting.guard import Unfinished
from ..hosting.manager import Plugins
from ..publishing import publication as life
from ..records import Account, Marketplace, MarketplaceStatus, Space
from ..schemas.marketplace import MarketplaceDraft, load_marketplace_patch
from ..store import Store
from .pacer import Pacer


class Marketplaces:
    """Adds, tests, edits, disables and removes marketplaces, and keeps their status true."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        adapter: Adapter,
        pacer: Pacer,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
        tested: Callable[[Marketplace, Space, Account | MarketplaceError], None],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._pacer = pacer
        self._space = space
        self._clock = clock
        self._tested = tested

    def all(self) -> list[Marketplace]:
        """Return every marketplace, oldest first."""
        with self._store.session():
            return self._store.marketplaces.all()

    def counts(self) -> dict[str, int]:
        """Return how many endpoints are listed on each, by marketplace id."""
        with self._store.session():
            return self._store.publications.counts()

    def get(self, name_or_id: str) -> Marketplace:
        """Return the marketplace by its id or its name. Raises NotFound."""
        with self._store.session():
            found = self._store.marketplaces.by_id(name_or_id) or self._store.marketplaces.by_name(name_or_id)
        if found is None:
            raise NotFound(
                f"There is no marketplace {name_or_id!r}.",
                remedy="`publicist marketplace list` shows them all.",
            )
        return found

    def add(self, draft: MarketplaceDraft, *, test: bool = True) -> Marketplace:
        """Add a marketplace, and test the connection unless ``test`` is False.

        A connection that fails is no reason to lose what was typed: the marketplace is kept, with status ``error``.
        Raises InvalidInput when the name is taken.
        """
        now = self._clock()
        marketplace = Marketplace(
            id=str(uuid.uuid4()),
            kind=draft.kind,
            name=draft.name,
            url=draft.url.rstrip("/"),
            settings=draft.settings,
            credentials=draft.credentials,
            sync_policy=draft.sync_policy,
            status="active",
            status_cause=None,
            status_reason=None if test else "Not tested yet.",
            status_since=now,
            account=None,
            created_at=now,
        )
        with self._store.write():
            self._must_be_free(marketplace)
            self._store.marketplaces.add(marketplace)
            note_marketplace(self._store, None, marketplace, now)
        return self.test(marketplace.id) if test else marketplace

    def edit(self, name_or_id: str, data: Any, *, test: bool = True) -> Marketplace:
        """Change a marketplace as ``data`` says (unclean); its address or account only while nothing is listed there.

        A changed connection is tested, unless ``test`` is False. Raises Conflict, InvalidInput, NotFound.
        """
        with self._store.write():
            before = self.get(name_or_id)
            patch = load_marketplace_patch(data, before, self._plugins.marketplace_kind(before.kind))
            after = replace(before, **patch)
            self._must_be_free(after)
            if _identity(before) != _identity(after):
                self._must_be_empty(before, "Its address or account cannot change while endpoints are listed there.")
            self._store.marketplaces.save(after, only=["name", "url", "settings", "credentials", "sync_policy"])
            note_marketplace(self._store, before, after, self._clock())
            connects = bool({"url", "settings", "credentials"} & set(patch))
            if connects:
                self._store.pacing.accept_credentials(before.id)
        return self.test(after.id) if test and connects and after.status != "disabled" else self.get(after.id)

    def test(self, name_or_id: str) -> Marketplace:
        """Try the connection and return the marketplace with the status that came of it."""
        marketplace, space = self.get(name_or_id), self._space()
        try:
            account = self._adapter.connect(marketplace, space)
        except PublicistError as error:
            fault = error if isinstance(error, MarketplaceError) else PluginFault(error.message, remedy=error.remedy)
            with self._store.write():
                self._set_status(marketplace, "error", fault)
                self._pacer.observe(marketplace, fault)
            self._tested(marketplace, space, fault)
            return self.get(marketplace.id)
        with self._store.write():
            found = replace(marketplace, account=account.name, capabilities=account.capabilities)
            self._store.marketplaces.save(found, only=["account", "capabilities"])
            self._set_status(marketplace, "active", None)
            self._pacer.observe(marketplace, None)
        self._tested(marketplace, space, account)
        return self.get(marketplace.id)

    def enable(self, name_or_id: str) -> Marketplace:
        """Take a disabled marketplace into use again, and test it."""
        marketplace = self.get(name_or_id)
        with self._store.write():
            self._save_status(marketplace, "active", None)
        return self.test(marketplace.id)

    def disable(self, name_or_id: str) -> Marketplace:
        """Stop working for the marketplace; calls under way still record how they ended. Listings stay as they are."""
        marketplace = self.get(name_or_id)
        with self._store.write():
            self._save_status(marketplace, "disabled", None)
        return self.get(marketplace.id)

    def remove(self, name_or_id: str) -> None:
        """Forget a marketplace. Raises Conflict while endpoints are listed there: that would orphan the listings."""
        with self._store.write():
            marketplace = self.get(name_or_id)
            self._must_be_empty(marketplace, "Removing it would leave orphaned listings behind.")
            self.forget(marketplace)

    def observe(self, marketplace: Marketplace, error: MarketplaceError | None) -> None:
        """Take notice of how a call ended; runs inside the caller's transaction."""
        self._pacer.observe(marketplace, error)
        current = self._store.marketplaces.by_id(marketplace.id)
        if current is None or current.status == "disabled":
            return
        if error is None:
            # A conflict (another space's address) ends when a connection or a changed setting proves it, not by a read.
            # So does a list that hides listings: only a whole reading that agrees ends that.
            distrusted = current.status == "error" and self._store.plans.distrusted(current.id)
            if current.status == "error" and current.status_cause != "conflict" and not distrusted:
                self._set_status(current, "active", None)
        elif concerns_marketplace(error):
            self._set_status(current, "error", error)
        self.finish_removal(current)

    def finish_removal(self, marketplace: Marketplace) -> None:
        """Forget a marketplace that is being removed once nothing is there; runs inside the caller's transaction."""
        if marketplace.removing and not self._store.publications.held(marketplace.id):
            self.forget(marketplace)

    def forget(self, marketplace: Marketplace) -> None:
        """Forget a marketplace, whatever is there; runs inside the caller's transaction."""
        self._store.marketplaces.remove(marketplace.id)
        self._store.endpoints.remove_withdrawn()
        note_marketplace(self._store, marketplace, None, self._clock())

    def _set_status(self, marketplace: Marketplace, status: MarketplaceStatus, error: MarketplaceError | None) -> None:
        """Record a status; one that works again takes up what had given up because of the marketplace."""
        current = self._store.marketplaces.by_id(marketplace.id)
        if current is None or current.status == "disabled":
            return
        self._save_status(current, status, error)
        if status == "active":
            for row in self._store.publications.of_marketplace(marketplace.id):
                if (
                    row.gave_up
                    and row.error
                    and row.error.cause in ("authentication_failed", "conflict", "plugin_fault")
                ):
                    self._store.publications.save(life.want(row, row.wanted, self._clock(), by_person=False))

    def _save_status(self, current: Marketplace, status: MarketplaceStatus, error: MarketplaceError | None) -> None:
        cause = error.cause_code if error else None
        same = (current.status, current.status_cause) == (status, cause)
        changed = replace(
            current,
            status=status,
            status_cause=cause,
            status_reason=f"{error.message} {error.remedy}" if error else None,
            status_since=current.status_since if same else self._clock(),
        )
        self._store.marketplaces.save(changed, only=["status", "status_cause", "status_reason", "status_since"])
        note_marketplace(self._store, current, changed, self._clock())

    def _must_be_free(self, marketplace: Marketplace) -> None:
        other = self._store.marketplaces.by_name(marketplace.name)
        if other is not None and other.id != marketplace.id:
            raise InvalidInput({"name": [f"Another marketplace is called {marketplace.name!r} already."]})

    def _must_be_empty(self, marketplace: Marketplace, why: str) -> None:
        if held := len(self._store.publications.held(marketplace.id)):
            listings = "1 listing is" if held == 1 else f"{held} listings are"
            raise Conflict(
                f"{listings} on {marketplace.name}, or may be. {why}",
                remedy="Unpublish the endpoints from it first, or remove it together with its listings "
                "(`publicist marketplace remove NAME --unpublish`; ?unpublish=true).",
            )


def concerns_marketplace(error: MarketplaceError) -> bool:
    """Whether a failed call says something about the marketplace, not about the one listing."""
    broad = AuthenticationFailed | MarketplaceUnavailable | PluginFault | OutcomeUnknown
    said = isinstance(error, broad) or error.cause_code in ("conflict", "marketplace_unavailable")
    return said and not isinstance(error, Unfinished)


def _identity(marketplace: Marketplace) -> tuple[str, Any]:
    """Where and who we are there. A renewed key counts as the same account, or no key could ever be rotated."""
    return marketplace.url, marketplace.settings.get("username")
