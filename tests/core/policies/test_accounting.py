"""What a query costs, and what is owed before it is answered."""

from decimal import Decimal
from typing import Any

import pytest
from publicist.core.policies.accounting import say_amount, tariff_of

from ..asking import policy


def rule(price: Any, **config: Any) -> Any:
    return policy("accounting", config.pop("name", ""), price=price, **config)


@pytest.mark.parametrize(
    ("policies", "charged", "owed"),
    [
        ([], "0", "0"),
        ([rule("0.05")], "0.05", "0"),
        ([rule(0.05)], "0.05", "0"),
        ([rule("0.05", require_payment=True)], "0.05", "0.05"),
        ([rule("0.1", unit="document")], "0.3", "0"),
        ([rule("0.1", unit="document", require_payment=True)], "0.3", "0.5"),
        ([rule(0, require_payment=True)], "0", "0"),
        ([rule("0.05"), rule("0.1", unit="document")], "0.35", "0"),
        ([rule("0.05", require_payment=True), rule("0.1", unit="document")], "0.35", "0.05"),
        ([rule("1", require_payment=True), rule("2", require_payment=True)], "3", "3"),
    ],
)
def test_prices_add_up(policies: list[Any], charged: str, owed: str) -> None:
    tariff = tariff_of(policies)
    assert tariff.charge(3) == Decimal(charged)
    assert tariff.owed(5) == Decimal(owed)


def test_other_policies_cost_nothing() -> None:
    assert tariff_of([policy("access"), policy("rate_limit", limit="1/m")]).currency == ""


def test_prices_in_two_currencies_are_no_sum() -> None:
    with pytest.raises(ValueError, match="EUR, USD"):
        tariff_of([rule(1), rule(1, currency="EUR")])


def test_a_demand_says_what_is_owed_and_which_policy_asks_for_it() -> None:
    tariff = tariff_of([rule(1, name="tracked"), rule("0.50", name="paid", require_payment=True, currency="USD")])
    decision = tariff.demand(tariff.owed(5), "The proof is spent.")
    assert (decision.outcome, decision.policy, decision.type) == ("payment_required", "paid", "accounting")
    assert (decision.owed, decision.currency) == (Decimal("0.5"), "USD")
    assert decision.message == "The proof is spent. 0.5 USD must be paid before this endpoint answers."


@pytest.mark.parametrize(("amount", "said"), [("0.50", "0.5"), ("100", "100"), ("1E+2", "100"), ("0", "0")])
def test_an_amount_is_said_in_its_shortest_form(amount: str, said: str) -> None:
    assert say_amount(Decimal(amount)) == said
