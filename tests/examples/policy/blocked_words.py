"""Queries with certain words get no answer: the policy type ``blocked_words``."""

import re
from collections.abc import Sequence

from publicist.core.hookspecs import hookimpl
from publicist.core.records import Decision, Policy, PolicyType, Query


@hookimpl
def policy_types() -> Sequence[PolicyType]:
    return [PolicyType("blocked_words", "Blocked words", 'config: {"words": ["…"]}')]


@hookimpl
def check_policy(policy: Policy, query: Query) -> Decision:
    blocked = {str(word).casefold() for word in policy.config["words"]}
    said = set(re.findall(r"\w+", query.text.casefold()))
    if blocked & said:
        return Decision("policy_violation", "This endpoint does not answer questions about that.")
    return Decision("allowed")
