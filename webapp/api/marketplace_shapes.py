"""What the API answers about marketplaces and the kinds there are."""

from typing import get_args

from marshmallow import fields

from ...core.records import BreakerState, MarketplaceStatus, SyncPolicy
from ...core.schemas import Strict
from .shapes import count, flag, many, mapping, one, paged_shape, text, texts, time


class BreakerShape(Strict):
    """Whether a marketplace is called: `open` while it does not answer, `half_open` while one call tries it."""

    state = text(*get_args(BreakerState))
    open_since = time()
    next_try = time()
    failures = count()


class MarketplaceShape(Strict):
    """A connection; of its credentials only which are stored."""

    id = text(format="uuid")
    kind = text()
    name = text()
    url = text()
    status = text(*get_args(MarketplaceStatus))
    status_cause = text(null=True)
    status_reason = text(null=True)
    status_since = time()
    endpoint_count = count()
    account = text(null=True)
    sync_policy = text(*get_args(SyncPolicy))
    settings = mapping()
    credentials = texts(description="Names of those that are stored.")
    created_at = time()
    removing = flag(description="It is forgotten once the last listing there is withdrawn.")
    breaker = one(BreakerShape)
    blocked_until = text(null=True, format="date-time", description="Until when it asked to be left alone.")
    rate = fields.Float(required=True, metadata={"description": "The most calls a minute."})
    concurrency = count()


class FaultShape(Strict):
    """Why something failed, and what to do."""

    cause = text()
    message = text()
    remedy = text()


class RemnantShape(Strict):
    """What is listed on a marketplace, or (`outcome_unknown`) may be: its slug, id and address there."""

    endpoint_slug = text()
    slug = text()
    remote_id = text(null=True)
    url = text()
    outcome_unknown = flag()
    error = one(FaultShape, null=True)


class RemovalShape(Strict):
    """What is still there while a marketplace is being removed, or what was left behind there."""

    marketplace_id = text(format="uuid")
    marketplace_name = text()
    status = text("removing", "removed")
    listings = many(RemnantShape)


class SettingFieldShape(Strict):
    """One field that a kind asks for."""

    name = text()
    title = text()
    secret = flag()
    required = flag()
    help = text()


class MarketplaceKindShape(Strict):
    """A kind of marketplace that a plugin offers."""

    name = text()
    title = text()
    description = text()
    default_url = text()
    settings = many(SettingFieldShape)
    limits = mapping()
    capabilities = mapping()


class BackendKindShape(Strict):
    """A kind of dataset or model that a plugin offers."""

    name = text()
    title = text()
    description = text()
    settings = many(SettingFieldShape)


MarketplacePage = paged_shape("MarketplacePage", MarketplaceShape)
MarketplaceKindPage = paged_shape("MarketplaceKindPage", MarketplaceKindShape)
BackendKindPage = paged_shape("BackendKindPage", BackendKindShape)
