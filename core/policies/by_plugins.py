"""Policies of types that plugins offer: a plugin decides, and whatever it does instead of deciding denies."""

import logging
import re
from dataclasses import replace
from decimal import Decimal

from ..errors import MarketplaceError
from ..hosting.errors import is_wait
from ..hosting.manager import Plugins
from ..records import Asker, Decision, Endpoint, Policy, Query

log = logging.getLogger(__name__)

VIOLATION = "policy_violation"
OUTCOMES = ("allowed", "access_denied", "rate_limited", "payment_required", VIOLATION)
LONGEST_TOLD = 300
MOST_OWED = Decimal(10**12)
_CURRENCY = re.compile(r"[A-Za-z0-9]{0,16}")
"""It is told in a header, where other signs would mean something."""
FAILED = "A policy of this endpoint cannot be checked at present."


def check_plugin_policy(
    plugins: Plugins, policy: Policy, endpoint: Endpoint, asker: Asker, query: Query, seconds: float
) -> Decision:
    """Return what the plugin that offers the policy's type decides within ``seconds``; a denial if it does not."""
    try:
        decided: Decision = plugins.call_kind(
            f"PolicyType:{policy.type}",
            "check_policy",
            seconds,
            policy=policy,
            endpoint=endpoint,
            asker=asker,
            query=query,
        )
    except MarketplaceError as error:
        log.warning("The policy type %s could not be checked: %s", policy.type, error.message)
        return violation(policy)
    if not _is_sound(decided):
        log.warning("The policy type %s answered what is no decision", policy.type)
        return violation(policy)
    return replace(decided, message=told(decided.message), policy=policy.name, type=policy.type)


def violation(policy: Policy, message: str = FAILED) -> Decision:
    """Return the denial for a policy that cannot be checked."""
    return Decision(VIOLATION, message, policy.name, policy.type)


def told(said: str) -> str:
    """Return what a plugin says to the asker as one short, printable line."""
    words = " ".join(said.split())
    return "".join(char for char in words if char.isprintable())[:LONGEST_TOLD]


def _is_sound(decided: Decision) -> bool:
    return (
        decided.outcome in OUTCOMES
        and is_wait(decided.retry_after)
        and (decided.owed is None or 0 <= decided.owed <= MOST_OWED)
        and _CURRENCY.fullmatch(decided.currency) is not None
    )
