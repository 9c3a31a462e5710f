"""How often one may query: which windows a query must fit into. Pure; they are kept by the ledger.

Of an endpoint's rate limits those apply whose ``applied_to`` fits the person most closely (an address, then a domain or
another pattern, then everyone), and all of these at once: that is how tiers are made.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..records import Asker, Decision, Endpoint, Policy
from .people import NOBODY, closeness, names_people
from .rates import Rate, read_rates, say_rates
from .shown import EVERYONE

TYPE = "rate_limit"
LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``rate.count`` queries in ``rate.seconds``, counted together under ``key``; ``policy`` demands it."""

    key: str
    rate: Rate
    policy: str
    scope: str


def windows_for(endpoint: Endpoint, asker: Asker) -> tuple[Window, ...]:
    """Return every window that the asker's next query must fit into, each once."""
    found = [
        _window(endpoint, policy, asker, rate)
        for policy in closest(endpoint.policies, asker)
        for rate in _rates(policy)
    ]
    return tuple({(window.key, window.rate): window for window in reversed(found)}.values())[::-1]


def closest(policies: Sequence[Policy], asker: Asker) -> list[Policy]:
    """Return the rate limits that apply to the asker: those whose ``applied_to`` fits most closely."""
    fit = [(closeness(_whom(policy), asker), policy) for policy in policies if policy.type == TYPE]
    best = max((close for close, _ in fit), default=NOBODY)
    return [policy for close, policy in fit if close == best > NOBODY]


def limit_needs_email(policy: Policy) -> bool:
    """Whether it takes the asker's address to tell if the limit is theirs."""
    return names_people(_whom(policy))


def limited(window: Window, retry_after: float) -> Decision:
    """Return the refusal by a full window that has room again in ``retry_after`` seconds."""
    message = f"{say_rates([window.rate], window.scope)}: ask again later."
    return Decision(LIMITED, message, window.policy, TYPE, retry_after=retry_after)


def _window(endpoint: Endpoint, policy: Policy, asker: Asker, rate: Rate) -> Window:
    scope = str(policy.config.get("scope", "per_user"))
    whom = _group(policy) if scope == "global" else asker.person
    return Window(f"{endpoint.id}/{scope}/{whom}", rate, policy.name, scope)


_read = lru_cache(1000)(read_rates)
"""Reading a text takes longer than the rest, and each query needs it."""


def _rates(policy: Policy) -> tuple[Rate, ...]:
    return _read(policy.config["limit"])


def _whom(policy: Policy) -> Sequence[str]:
    whom: Sequence[str] = policy.config.get("applied_to", [EVERYONE])
    return whom


def _group(policy: Policy) -> str:
    """Return what tells the people who share a window from others who share one."""
    return hashlib.sha256("\n".join(sorted(_whom(policy))).encode()).hexdigest()[:16]
