"""The kind ``custom``: any catalogue that speaks a protocol publicist has a description of."""

from .hooks import (
    connect,
    create_listing,
    fetch_feedback,
    fetch_listings,
    find_listing,
    marketplace_kinds,
    render_listing,
    report_health,
    slug_available,
    update_listing,
    withdraw_listing,
)

__all__ = [
    "connect",
    "create_listing",
    "fetch_feedback",
    "fetch_listings",
    "find_listing",
    "marketplace_kinds",
    "render_listing",
    "report_health",
    "slug_available",
    "update_listing",
    "withdraw_listing",
]
