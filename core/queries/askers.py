"""Who asks: what comes with a query, turned into a person that a marketplace vouches for, or into a guest.

The marketplace is found by the token: its issuer, its audience and its signature. Only those count that list the
endpoint now, as our own record of it says at this moment, so that an unpublish ends their tokens at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import NotAuthenticated
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..marketplaces.marketplaces import Marketplaces
from ..records import Asker, Endpoint, Marketplace, Space, TokenIssuer
from ..records.query import GUEST
from ..store import Store
from .issuers import Issuers, unavailable
from .vouchers import Vouchers

if TYPE_CHECKING:
    from .satellite import Claims

MISFITS = frozenset({"invalid_issuer", "audience_mismatch", "unknown_key", "invalid_signature"})
"""What a marketplace's new keys, or new name for us, may explain; its answer is then asked for anew."""

Known = Sequence[tuple[Marketplace, TokenIssuer]]


class Askers:
    """Tells who sends a query. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        plugins: Plugins,
        marketplaces: Marketplaces,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._marketplaces = marketplaces
        self._clock = clock
        self._issuers = Issuers(store, adapter, space, clock)
        self._vouchers = Vouchers(adapter, space, clock)

    def identify(self, endpoint: Endpoint, token: str | None, *, need_email: bool) -> Asker:
        """Return who sends a query to the endpoint; without a token that is a guest.

        ``need_email`` asks the marketplace for the person's e-mail. Call it outside any transaction.

        Raises:
            NotAuthenticated: the token does not hold here.
            MarketplaceUnavailable: it cannot be told at present whether it does, or whose e-mail it is.
        """
        if not token:
            return Asker("", "", GUEST, guest=True)
        from .satellite import expiry, read_claims

        read_claims(token)
        marketplace, claims = self._verified(endpoint, token)
        asker = Asker(
            marketplace.id,
            marketplace.name,
            claims["sub"],
            role=_word(claims, "role"),
            guest=GUEST in (claims["sub"], _word(claims, "role")),
            expires_at=expiry(claims),
        )
        if asker.guest:
            return replace(asker, subject=GUEST)
        return self._named(marketplace, token, asker) if need_email else asker

    def _verified(self, endpoint: Endpoint, token: str) -> "tuple[Marketplace, Claims]":
        there = self._listing(endpoint)
        try:
            marketplace, _ = self._verify(token, self._known(there))
            # Only the one that vouches is asked for newer keys: nobody waits for another that is away.
            issuer = self._issuers.current(marketplace)
            return self._verify(token, [(marketplace, issuer)] if issuer else [])
        except NotAuthenticated as misfit:
            if misfit.reason not in MISFITS:
                raise
        return self._verified_anew(there, token)

    def _verified_anew(self, there: Sequence[Marketplace], token: str) -> "tuple[Marketplace, Claims]":
        """Try once more, with what the marketplaces say now. Their rate of being asked is bounded."""
        for item in there:
            self._issuers.renew(item)
        known = self._known(there)
        try:
            return self._verify(token, known)
        except NotAuthenticated:
            self._refuse_elsewhere(there, token)
            if len(known) < len(there):
                raise unavailable() from None  # those that are silent may be the ones that vouch for it
            raise

    def _refuse_elsewhere(self, there: Sequence[Marketplace], token: str) -> None:
        """Raise NotAuthenticated (``not_published_there``) for a sound token of a marketplace that is not meant."""
        ids = {item.id for item in there}
        others = [item for item in self._marketplaces.all() if item.id not in ids]
        try:
            self._verify(token, self._known(others))
        except NotAuthenticated:
            return
        raise NotAuthenticated(
            "The marketplace that issued the token does not list this endpoint.", reason="not_published_there"
        )

    def _verify(self, token: str, known: Known) -> "tuple[Marketplace, Claims]":
        from .satellite import verify  # what it needs takes long to read in, and most commands prove no token

        return verify(token, known, self._clock())

    def _known(self, marketplaces: Sequence[Marketplace]) -> Known:
        return [(item, issuer) for item in marketplaces if (issuer := self._issuers.known(item))]

    def _listing(self, endpoint: Endpoint) -> Sequence[Marketplace]:
        """Return the marketplaces in use that list the endpoint, as we wish them to, and that vouch for people."""
        with self._store.session():
            ids = self._store.publications.listed_on(endpoint.id)
            found = [self._store.marketplaces.by_id(id_) for id_ in ids]
        used = [item for item in found if item and item.status != "disabled"]
        return [item for item in used if self._plugins.capabilities(item).tokens]

    def _named(self, marketplace: Marketplace, token: str, asker: Asker) -> Asker:
        told = self._vouchers.ask(marketplace, token, asker.expires_at or self._clock())
        if told is None or told.guest or told.subject != asker.subject or not told.email:
            raise NotAuthenticated("The marketplace does not say whose token this is.", reason="not_vouched_for")
        return replace(asker, email=told.email.casefold(), username=told.username, role=told.role or asker.role)


def _word(claims: "Claims", name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
