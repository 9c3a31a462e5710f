"""What came of the policies for one query, and what its answer costs."""

import logging
from decimal import Decimal

from ..errors import TransientError
from ..policies.accounting import Tariff
from ..policies.ledger import Ledger
from ..records import Decision

log = logging.getLogger(__name__)

FREE = Decimal(0)


class Admission:
    """Whether one query may pass, and what is charged for its answer.

    Args:
        decision: what the policies said.
        tariff: what an answer costs; None where it is not metered.
        ledger: knows which queries were answered before.
        query: the query's key in the ledger; empty where it cannot be known again.
        repeat: whether the same query was admitted within the last minute.
    """

    def __init__(
        self, decision: Decision, tariff: Tariff | None, ledger: Ledger, query: str = "", *, repeat: bool = False
    ) -> None:
        self.decision = decision
        self.repeat = repeat
        """Whether this repeats a query that was admitted; once settled, whether it repeats one that was answered."""
        self._tariff = tariff
        self._ledger = ledger
        self._query = query
        self._settled: tuple[Decimal, str] | None = None

    def settle(self, documents: int) -> tuple[Decimal, str]:
        """Return what is charged for the answer, which holds so many documents, and in which currency.

        Called once the query is answered. Of several that are the same within a minute the first is charged, whichever
        was admitted first. Without an accounting policy the currency is empty.
        """
        if self._settled is None:
            self._settled = self._settle(documents)
        return self._settled

    def _settle(self, documents: int) -> tuple[Decimal, str]:
        if self._tariff is None or not self.decision.allowed:
            return FREE, ""
        self.repeat = bool(self._query) and not self._is_first()
        return FREE if self.repeat else self._tariff.charge(documents), self._tariff.currency

    def _is_first(self) -> bool:
        try:
            return self._ledger.first_answer(self._query)
        except TransientError:
            log.warning("Cannot tell whether a query was answered before; it is charged")
            return True
