"""An endpoint's policies as a list that is edited: put in, moved or taken out, and what that opens up. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from ..errors import Conflict, NotFound
from ..records import Policy
from .access import TYPE as ACCESS
from .access import takes_guests
from .accounting import TYPE as ACCOUNTING
from .accounting import say_amount, tariff_of
from .rate_limits import TYPE as RATE_LIMIT
from .shown import EVERYONE

EVERYBODY_ASKS = "Everyone whom a marketplace vouches for may query; only guests may not."
GUESTS_TOO = "Guests may query, too: no other access policy keeps them out."
OTHERS_DECIDE = "Who may query is decided by the other access policies alone."
NO_LIMIT = "Nothing limits how often one may query."
BACK_TO_OTHERS = "The people it is aimed at fall under the other limits, if one is theirs; else nothing limits them."
FEWER_LIMITS = "The other limits hold; whoever only this one fits is not limited any more."
FREE = "Answers are free of charge."
OF_PLUGIN = "What this policy refuses is not refused any more."


def fingerprint(policies: Sequence[Policy]) -> str:
    """Return what tells these policies, in their order, from others; a form carries it, see :func:`unchanged`."""
    text = json.dumps([asdict(policy) for policy in policies], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def unchanged(policies: Sequence[Policy], seen: str) -> None:
    """Hold the policies to those that were seen. Raises Conflict where somebody changed them since."""
    if seen != fingerprint(policies):
        raise Conflict(
            "Somebody has changed the policies since this page was opened.",
            remedy="Look at them as they are now, then do it again.",
        )


def at(policies: Sequence[Policy], place: int) -> Policy:
    """Return the policy at a place, counted from 0. Raises NotFound."""
    if not 0 <= place < len(policies):
        raise NotFound("There is no such policy any more.", remedy="The list shows those that there are.")
    return policies[place]


def put(policies: Sequence[Policy], place: int | None, policy: Policy) -> tuple[Policy, ...]:
    """Return the list with the policy in that place, or without one at its end. Raises NotFound."""
    if place is None:
        return (*policies, policy)
    at(policies, place)
    return (*policies[:place], policy, *policies[place + 1 :])


def without(policies: Sequence[Policy], place: int) -> tuple[Policy, ...]:
    """Return the list without the policy in that place. Raises NotFound."""
    at(policies, place)
    return (*policies[:place], *policies[place + 1 :])


def moved(policies: Sequence[Policy], place: int, by: int) -> tuple[Policy, ...]:
    """Return the list with one policy moved by so many places, as far as there are any. Raises NotFound."""
    policy, rest = at(policies, place), list(without(policies, place))
    rest.insert(max(0, place + by), policy)
    return tuple(rest)


def opens_up(policies: Sequence[Policy], place: int) -> str:
    """Return what is allowed, or free, once the policy in that place is taken out, as a sentence. Raises NotFound."""
    policy, rest = at(policies, place), without(policies, place)
    others = [one for one in rest if one.type == policy.type]
    match policy.type:
        case "access":
            return _access(policies, rest, others)
        case "rate_limit":
            return _limit(policy, others)
        case "accounting":
            return _price(rest)
    return OF_PLUGIN


def _access(policies: Sequence[Policy], rest: Sequence[Policy], others: Sequence[Policy]) -> str:
    if not others:
        return EVERYBODY_ASKS
    return f"{OTHERS_DECIDE} {GUESTS_TOO}" if takes_guests(rest) and not takes_guests(policies) else OTHERS_DECIDE


def _limit(policy: Policy, others: Sequence[Policy]) -> str:
    if not others:
        return NO_LIMIT
    aimed = EVERYONE not in policy.config.get("applied_to", [EVERYONE])
    return BACK_TO_OTHERS if aimed else FEWER_LIMITS


def _price(rest: Sequence[Policy]) -> str:
    try:
        tariff = tariff_of(rest)
    except ValueError:
        return "The prices that are left are in several currencies: every query is refused until that is settled."
    costs = [
        f"{say_amount(price)} {tariff.currency} per {unit}"
        for price, unit in ((tariff.per_query, "query"), (tariff.per_document, "document"))
        if price
    ]
    return f"The price goes down to {' and '.join(costs)}." if costs else FREE


KNOWN = (ACCESS, RATE_LIMIT, ACCOUNTING)
"""The types in the order in which they are applied; those of plugins come before the last."""
