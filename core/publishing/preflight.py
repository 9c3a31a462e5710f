"""What stands in the way of publishing, and what would be wiser. Pure: facts in, findings out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import CAUSES
from ..records import Availability, BackendHealth, Endpoint, Finding, Limits, Listing, Marketplace
from ..space.network import Reach
from .listing import check_limits

THIN = 60
"""A description of fewer characters than this tells a searcher too little."""


@dataclass(frozen=True, slots=True)
class MarketplaceFacts:
    """What is known about publishing on one marketplace; ``availability`` is None where it was not asked."""

    marketplace: Marketplace
    limits: Limits
    listing: Listing
    reach: Reach
    availability: Availability | None = None


def check_endpoint(endpoint: Endpoint, health: Mapping[str, BackendHealth], *, force: bool = False) -> list[Finding]:
    """Return what concerns the endpoint itself, wherever it is published.

    Args:
        health: what ``dataset`` and ``model`` said when they were tried, for those that were.
        force: publish although they do not answer: that becomes advice.
    """
    return [*_readiness(endpoint), *_backends(health, force), *_advice(endpoint)]


def check_marketplace(facts: MarketplaceFacts) -> list[Finding]:
    """Return what concerns publishing on this one marketplace."""
    return [*_usable(facts), *_fields(facts), *_slug(facts), *_network(facts)]


def no_marketplace() -> Finding:
    """Return the finding for a space that is connected to no usable marketplace."""
    return Finding(
        "blocks",
        "no_marketplace",
        "validation",
        "This space is connected to no active marketplace.",
        "Add one: `publicist marketplace add` (SyftHub is offered), or enable one that is disabled.",
    )


def _readiness(endpoint: Endpoint) -> list[Finding]:
    found = []
    if not endpoint.published:
        found.append(
            Finding(
                "blocks",
                "not_ready",
                "validation",
                "The endpoint's `published` is false.",
                CAUSES["not_published"],
                field="published",
            )
        )
    if endpoint.dataset is None and endpoint.model is None:
        found.append(
            Finding(
                "blocks",
                "not_configured",
                "validation",
                "The endpoint has neither a dataset nor a model.",
                "Configure what answers its queries.",
                field="dataset",
            )
        )
    return found


def _backends(health: Mapping[str, BackendHealth], force: bool) -> list[Finding]:
    level: Literal["blocks", "advice"] = "advice" if force else "blocks"
    return [
        Finding(
            level,
            "unhealthy",
            "endpoint_unhealthy",
            f"The {side} does not answer: {said.message}",
            CAUSES["endpoint_unhealthy"],
            field=side,
        )
        for side, said in health.items()
        if not said.ok
    ]


def _advice(endpoint: Endpoint) -> list[Finding]:
    types = {policy.type for policy in endpoint.policies}
    told = len(endpoint.summary) + len(endpoint.description)
    advice = [
        (
            "access" not in types,
            "no_access_policy",
            "policies",
            "There is no access policy: everyone whom a marketplace vouches for may query.",
            "Add a policy of type `access` that says who may query.",
        ),
        (
            "rate_limit" not in types,
            "no_rate_limit",
            "policies",
            "There is no rate limit: nothing prevents abuse.",
            "Add a policy of type `rate_limit`, such as 100/m per user.",
        ),
        (
            told < THIN,
            "thin_description",
            "summary",
            f"The description has {told} characters; people will not know what they get.",
            f"Write at least {THIN} characters about what the endpoint knows and answers.",
        ),
        (
            not endpoint.tags,
            "no_tags",
            "tags",
            "There are no tags: it is found by name only.",
            "Add a few tags that describe the content.",
        ),
    ]
    return [
        Finding("advice", code, "validation", message, remedy, field=field)
        for applies, code, field, message, remedy in advice
        if applies
    ]


def _usable(facts: MarketplaceFacts) -> list[Finding]:
    marketplace = facts.marketplace
    if marketplace.removing:
        said = f"{marketplace.name} is being removed; nothing new is published there."
        return [
            Finding(
                "blocks", "marketplace_removing", "conflict", said, CAUSES["conflict"], marketplace_id=marketplace.id
            )
        ]
    if marketplace.status != "disabled":
        return []
    return [
        Finding(
            "blocks",
            "marketplace_disabled",
            "marketplace_disabled",
            f"{marketplace.name} is disabled.",
            CAUSES["marketplace_disabled"],
            marketplace_id=marketplace.id,
        )
    ]


def _fields(facts: MarketplaceFacts) -> list[Finding]:
    return [
        Finding(
            "blocks",
            "limits",
            "validation",
            f"{facts.marketplace.name} does not accept the {field}: {message}",
            f"Change the {field}.",
            field=field,
            marketplace_id=facts.marketplace.id,
        )
        for field, messages in check_limits(facts.listing, facts.limits).items()
        for message in messages
    ]


def _slug(facts: MarketplaceFacts) -> list[Finding]:
    if facts.availability is None or facts.availability.available is not False:
        return []
    return [
        Finding(
            "blocks",
            "slug_taken",
            "slug_conflict",
            f"{facts.marketplace.name}: {facts.availability.reason}",
            CAUSES["slug_conflict"],
            field="slug",
            marketplace_id=facts.marketplace.id,
        )
    ]


def _network(facts: MarketplaceFacts) -> list[Finding]:
    reach, marketplace_id = facts.reach, facts.marketplace.id
    if not reach.ok:
        return [
            Finding(
                "blocks",
                "unreachable",
                reach.cause or "network_unreachable",
                reach.message or "The marketplace cannot reach this space.",
                reach.remedy or CAUSES["network_unreachable"],
                field="public_url",
                marketplace_id=marketplace_id,
            )
        ]
    if not reach.warning:
        return []
    return [
        Finding(
            "advice",
            "no_tunnel",
            "network_unreachable",
            reach.warning,
            reach.remedy or CAUSES["network_unreachable"],
            field="public_url",
            marketplace_id=marketplace_id,
        )
    ]
