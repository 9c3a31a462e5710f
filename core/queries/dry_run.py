"""Would this person get through, and which rule decides? Told without using anything up."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..errors import InvalidInput
from ..hosting.manager import CORE_POLICIES
from ..policies.access import TYPE as ACCESS
from ..policies.access import check_access, check_guest
from ..policies.accounting import TYPE as ACCOUNTING
from ..policies.accounting import say_amount, tariff_of
from ..policies.by_plugins import VIOLATION
from ..policies.ledger import Full
from ..policies.rate_limits import TYPE as RATE_LIMIT
from ..policies.rate_limits import Window, closest, limited, windows_for
from ..policies.rates import read_rates, say_rates
from ..records import Asker, Decision, Endpoint, Policy, PolicyStep
from ..store import Store

REFUSALS = ("access_denied", "rate_limited", VIOLATION)
"""The outcomes that stop a person; a payment that is required does not, for it can be made."""
OF_OTHERS = "This limit is not theirs: it is aimed at others, or another one fits them more closely."
OWN_USE = "How much of it they have used up shows only with their token."
BY_PLUGIN = "A plugin decides on the query itself."
NO_PLUGIN = "No plugin offers this type of policy: every query is refused."

Look = Callable[[Sequence[Window]], Full | None]


def imagined(store: Store, email: str, marketplace: str, *, guest: bool) -> Asker:
    """Return an asker with that address from that marketplace (name or id); without one, from the only one there is.

    Raises InvalidInput for an unknown marketplace.
    """
    with store.session():
        known = store.marketplaces.all()
    fitting = [item for item in known if marketplace in (item.id, item.name)] if marketplace else known
    if marketplace and not fitting:
        raise InvalidInput(
            {"marketplace": [f"There is no marketplace {marketplace!r}."]},
            remedy="`publicist marketplace list` shows them all.",
        )
    place = fitting[0] if len(fitting) == 1 else None
    address = "" if guest else email.strip().casefold()
    return Asker(place.id if place else "", place.name if place else "", "", address, guest=guest)


def rehearse(endpoint: Endpoint, asker: Asker, plugin_types: Container[str], look: Look) -> list[PolicyStep]:
    """Return what each policy would say to the asker, in the order in which they are applied.

    Args:
        endpoint: what they would ask.
        asker: who would.
        plugin_types: the types of policy that plugins offer.
        look: finds the window without room.
    """
    steps = [
        *_access(endpoint, asker),
        *_limits(endpoint, asker, look),
        *_of_plugins(endpoint, plugin_types),
        *_accounting(endpoint),
    ]
    first = next((step for step in steps if step.outcome in REFUSALS), None)
    return [replace(step, decides=True) if step is first else step for step in steps]


def verdict(steps: Sequence[PolicyStep]) -> bool | None:
    """Return whether the person gets through: True (perhaps by paying), False, or None where a plugin has the say."""
    outcomes = {step.outcome for step in steps}
    if outcomes.intersection(REFUSALS):
        return False
    return None if "not_tried" in outcomes else True


def _access(endpoint: Endpoint, asker: Asker) -> Iterator[PolicyStep]:
    rules = _of_type(endpoint, ACCESS)
    for policy in rules:
        decision = check_access(policy, asker)
        yield _step(policy, decision.outcome, decision.message or "They have access.")
    if not rules:
        decision = check_guest(endpoint.policies, asker)
        free = "There is no access policy: everyone whom a marketplace vouches for has access."
        yield PolicyStep("", ACCESS, decision.outcome, decision.message or free)


def _limits(endpoint: Endpoint, asker: Asker, look: Look) -> Iterator[PolicyStep]:
    theirs = closest(endpoint.policies, asker)
    for policy in _of_type(endpoint, RATE_LIMIT):
        if policy not in theirs:
            yield _step(policy, "not_applied", OF_OTHERS)
            continue
        decision = _room(replace(endpoint, policies=(policy,)), asker, look)
        yield _step(policy, decision.outcome, decision.message or _say_limit(policy))


def _room(endpoint: Endpoint, asker: Asker, look: Look) -> Decision:
    """Look into the windows that all share; the person's own are known by their token only."""
    shared = [window for window in windows_for(endpoint, asker) if window.scope == "global"]
    full = look(shared)
    return limited(full.window, full.seconds) if full else Decision("allowed")


def _say_limit(policy: Policy) -> str:
    scope = str(policy.config.get("scope", "per_user"))
    said = f"{say_rates(read_rates(str(policy.config['limit'])), scope)}."
    return said if scope == "global" else f"{said} {OWN_USE}"


def _of_plugins(endpoint: Endpoint, plugin_types: Container[str]) -> Iterator[PolicyStep]:
    for policy in endpoint.policies:
        if policy.type not in CORE_POLICIES:
            known = policy.type in plugin_types
            yield _step(policy, "not_tried" if known else VIOLATION, BY_PLUGIN if known else NO_PLUGIN)


def _accounting(endpoint: Endpoint) -> Iterator[PolicyStep]:
    rules = _of_type(endpoint, ACCOUNTING)
    try:
        tariff_of(rules)
    except ValueError as error:
        yield from (_step(policy, VIOLATION, str(error)) for policy in rules)
        return
    yield from map(_charge, rules)


def _charge(policy: Policy) -> PolicyStep:
    price = Decimal(str(policy.config["price"]))
    currency = str(policy.config.get("currency", "USD"))
    cost = f"{say_amount(price)} {currency} per {policy.config.get('unit', 'query')}"
    if not price:
        return _step(policy, "allowed", "Free of charge.")
    if policy.config.get("require_payment") is not True:
        return _step(policy, "allowed", f"{cost} is put on their account.")
    said = f"{cost} must be paid before the answer."
    return replace(_step(policy, "payment_required", said), owed=price, currency=currency)


def _of_type(endpoint: Endpoint, kind: str) -> list[Policy]:
    return [policy for policy in endpoint.policies if policy.type == kind]


def _step(policy: Policy, outcome: str, message: str) -> PolicyStep:
    return PolicyStep(policy.name, policy.type, outcome, message)
