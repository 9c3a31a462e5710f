"""Who may query: access policies. Pure.

A denial beats an allowance, every access policy must let the person pass, and guests are let in only where one says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..records import Asker, Decision, Policy
from .people import address_of, fits, listed, names_people
from .shown import EVERYONE

TYPE = "access"
DENIED = "access_denied"
NO_GUESTS = "This endpoint does not answer guests; ask with a token of a marketplace that lists it."
CLOSED = "This endpoint is closed at present."
NOT_YOU = "You have no access to this endpoint."
UNKNOWN = "This endpoint needs to know who asks, and the marketplace does not tell your address."
ELSEWHERE = "This endpoint does not answer people of the marketplace that you come from."


def check_access(policy: Policy, asker: Asker) -> Decision:
    """Return whether one access policy lets the asker pass. The owner of the space always does."""
    refusal = "" if asker.owner else _refusal(policy.config, asker)
    return Decision(DENIED if refusal else "allowed", refusal, policy.name, TYPE)


def check_guest(policies: Sequence[Policy], asker: Asker) -> Decision:
    """Return whether the asker may pass where no policy decided; a guest may not, unless an access policy says so."""
    allowed = not asker.guest or takes_guests(policies)
    return Decision("allowed") if allowed else Decision(DENIED, NO_GUESTS, type=TYPE)


def takes_guests(policies: Sequence[Policy]) -> bool:
    """Whether guests may query: there is an access policy, and all of them allow guests."""
    rules = [policy for policy in policies if policy.type == TYPE]
    return bool(rules) and all(policy.config.get("allow_guests") is True for policy in rules)


def access_needs_email(config: Mapping[str, Any]) -> bool:
    """Whether an access policy can be decided only by the asker's address."""
    return names_people(config.get("allowed_users", ())) or names_people(config.get("denied_users", ()))


def _refusal(config: Mapping[str, Any], asker: Asker) -> str:
    """Return why the asker is refused, as a sentence; empty where they are not."""
    allowed, denied = config.get("allowed_users", ()), config.get("denied_users", ())
    if EVERYONE in denied:
        return CLOSED
    places = config.get("marketplaces", ())
    if places and not any(fits(place, asker.marketplace_name) for place in places):
        return ELSEWHERE
    if asker.guest:
        invited = not allowed or EVERYONE in allowed
        return "" if config.get("allow_guests") is True and invited else NO_GUESTS
    if access_needs_email(config) and not address_of(asker):
        return UNKNOWN
    if listed(denied, asker) or (allowed and not listed(allowed, asker)):
        return NOT_YOU
    return ""
