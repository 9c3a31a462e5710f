"""The calls that carry health reports; a reading that a marketplace will not take spoils no other."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from ..errors import MarketplaceError, RejectedError
from ..hosting.adapter import Adapter
from ..marketplaces.marketplaces import Marketplaces, concerns_marketplace
from ..marketplaces.pacer import Pacer
from ..records import Marketplace, Reading, Space
from ..store import Store
from .order import batches

log = logging.getLogger(__name__)

MOST_SPLITS = 20
"""How many further calls may be spent at once on finding the reading for which a batch is refused."""


class ReportCalls:
    """Sends readings, batch by batch. Used by one thread for one marketplace."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        marketplaces: Marketplaces,
        pacer: Pacer,
        space: Callable[[], Space],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._marketplaces = marketplaces
        self._pacer = pacer
        self._space = space
        self._refused: dict[str, set[str]] = defaultdict(set)

    def send(self, marketplace: Marketplace, readings: Sequence[Reading], size: int) -> tuple[set[str], set[str]]:
        """Send the readings, at most ``size`` at once; return the slugs that were taken, and those that were refused.

        What is in neither was not sent, or nobody knows: it is to be sent again. A batch that is refused is sent again
        in halves; the readings for which it was are sent by themselves from then on, until they are taken.
        """
        taken: set[str] = set()
        refused = self._refused[marketplace.id]
        waiting = list(reversed(list(batches(readings, size, frozenset(refused)))))
        splits = MOST_SPLITS
        while waiting:
            batch = waiting.pop()
            if not self._pacer.admit_report(marketplace):
                log.info("Health is not reported to %s for now: it is not to be called", marketplace.name)
                break
            error, slugs = self._call(marketplace, batch), {reading.slug for reading in batch}
            if error is None:
                taken |= slugs
                refused -= slugs
            elif not isinstance(error, RejectedError) or concerns_marketplace(error):
                continue
            elif len(batch) == 1:
                refused |= slugs
            elif splits:
                splits -= 1
                half = len(batch) // 2
                waiting += [batch[half:], batch[:half]]
        return taken, refused & {reading.slug for reading in readings}

    def _call(self, marketplace: Marketplace, batch: Sequence[Reading]) -> MarketplaceError | None:
        failed: MarketplaceError | None = None
        try:
            said = self._adapter.report_health(marketplace, self._space(), batch)
            log.debug("Health was reported to %s: %s", marketplace.name, said)
        except MarketplaceError as error:
            log.warning("Health could not be reported to %s: %s", marketplace.name, error.message)
            failed = error
        with self._store.write():
            self._marketplaces.observe(marketplace, failed)
        return failed
