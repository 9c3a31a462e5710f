"""Payments that are handed over with queries: the marketplace of who asks says whether they hold."""

import logging
from collections.abc import Callable

from ..errors import MarketplaceError, MarketplaceUnavailable, NotSupported, RejectedError
from ..hosting.adapter import Adapter
from ..policies.by_plugins import told
from ..records import Asker, Endpoint, Marketplace, Payment, Space
from ..store import Store

log = logging.getLogger(__name__)

LONGEST_PROOF = 16_384
UNVERIFIABLE = "A payment cannot be verified here, for the marketplace you come from does not do it."
"""Said where a policy asks for what nobody can give; the owner reads it in a dry run, too."""


class Payments:
    """Has payments verified."""

    def __init__(self, store: Store, adapter: Adapter, space: Callable[[], Space]) -> None:
        self._store = store
        self._adapter = adapter
        self._space = space

    def fault(self, endpoint: Endpoint, asker: Asker, payment: Payment, key: str) -> str:
        """Return why the payment does not pay for a query, as a sentence for whoever asks; empty where it does.

        ``key`` is the same for every attempt to have this payment verified. Raises MarketplaceUnavailable when
        nobody can tell just now.
        """
        with self._store.session():
            marketplace = self._store.marketplaces.by_id(asker.marketplace_id)
        if marketplace is None:
            return UNVERIFIABLE
        if len(payment.proof) > LONGEST_PROOF:
            return "The payment is not one: it is too long."
        return self._ask(marketplace, endpoint, asker, payment, key)

    def _ask(self, marketplace: Marketplace, endpoint: Endpoint, asker: Asker, payment: Payment, key: str) -> str:
        try:
            check = self._adapter.verify_payment(marketplace, self._space(), endpoint, asker, payment, key)
        except NotSupported:
            return UNVERIFIABLE
        except RejectedError as error:
            log.info("A payment was refused by %s: %s", marketplace.name, error.message)
            return "The payment was refused."
        except MarketplaceError as error:
            log.warning("A payment cannot be verified at %s: %s", marketplace.name, error.message)
            raise MarketplaceUnavailable(
                "The payment cannot be verified just now; it was not taken.", cause="busy"
            ) from error
        return "" if check.ok is True else told(check.message) or "The payment does not hold."
