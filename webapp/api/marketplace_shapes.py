"""What the API answers about marketplaces and the kinds there are."""

from typing import get_args

from ...core.records import MarketplaceStatus, SyncPolicy
from ...core.schemas import Strict
from .shapes import count, flag, many, mapping, paged_shape, text, texts, time


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
