"""What a query costs: accounting policies. Pure.

The prices of several policies add up. They must be in one currency, for a sum in two is no sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..records import Decision, Policy

TYPE = "accounting"
OWED = "payment_required"


@dataclass(frozen=True, slots=True)
class Tariff:
    """What is charged for an answer, in ``currency``: ``per_query``, and ``per_document`` that it gives.

    ``prepaid_query`` and ``prepaid_document`` are the parts of it that must be paid before the answer; ``policy``
    asks for them.
    """

    currency: str = ""
    per_query: Decimal = Decimal(0)
    per_document: Decimal = Decimal(0)
    prepaid_query: Decimal = Decimal(0)
    prepaid_document: Decimal = Decimal(0)
    policy: str = ""

    def owed(self, most_documents: int) -> Decimal:
        """Return what is to be paid before an answer that may hold so many documents."""
        return self.prepaid_query + self.prepaid_document * most_documents

    def charge(self, documents: int) -> Decimal:
        """Return what an answer with so many documents costs."""
        return self.per_query + self.per_document * documents

    def demand(self, owed: Decimal, why: str = "") -> Decision:
        """Return the refusal that says what is owed, and ``why`` what was handed over does not pay for it."""
        sum_owed = f"{say_amount(owed)} {self.currency} must be paid before this endpoint answers."
        return Decision(OWED, f"{why} {sum_owed}".strip(), self.policy, TYPE, owed=owed, currency=self.currency)


def tariff_of(policies: Sequence[Policy]) -> Tariff:
    """Return what the accounting policies come to together. Raises ValueError where they differ in their currency."""
    rules = [policy for policy in policies if policy.type == TYPE]
    currencies = {str(policy.config.get("currency", "USD")) for policy in rules}
    if len(currencies) > 1:
        raise ValueError(f"The accounting policies are in several currencies: {', '.join(sorted(currencies))}.")
    first = [policy for policy in rules if policy.config.get("require_payment") is True]
    return Tariff(
        currency="".join(currencies),
        per_query=_sum(rules, "query"),
        per_document=_sum(rules, "document"),
        prepaid_query=_sum(first, "query"),
        prepaid_document=_sum(first, "document"),
        policy=first[0].name if first else "",
    )


def say_amount(amount: Decimal) -> str:
    """Return an amount in its shortest form: ``0.5``, ``100``."""
    return f"{abs(amount.normalize()):f}"


def _sum(policies: Sequence[Policy], unit: str) -> Decimal:
    prices = (Decimal(str(p.config["price"])) for p in policies if p.config.get("unit", "query") == unit)
    return sum(prices, Decimal(0))
