"""Reading all pages of a catalogue's listings: a part is an error, never a result."""

from collections.abc import Sequence
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.records import RemoteListing
from .exchange import Exchange
from .listings import remote_listing
from .schemas import PER_PAGE, PageSchema

MAX_BYTES = 32 * 1024 * 1024


def read_page(exchange: Exchange, *, page: int, per_page: int) -> Any:
    """Return one page as loaded. Raises MarketplaceUnavailable when it has not the items it must have."""
    params = {"page": str(page), "per_page": str(per_page)}
    found = exchange.read("/listings", PageSchema(), params=params, max_bytes=MAX_BYTES)
    expected = max(0, min(per_page, found["total"] - (page - 1) * per_page))
    if len(found["items"]) != expected:
        raise _failed(exchange, f"page {page} holds {len(found['items'])} listings where {expected} belong")
    return found


def read_all(exchange: Exchange) -> Sequence[RemoteListing]:
    """Return every listing once.

    Raises MarketplaceUnavailable when a page is short, when ``total`` or ``revision`` changes while we read,
    or when a listing shows up twice: pages have moved, and a listing may have slipped between two of them.
    """
    first = read_page(exchange, page=1, per_page=PER_PAGE)
    items = list(first["items"])
    for page in range(2, -(-first["total"] // PER_PAGE) + 1):
        found = read_page(exchange, page=page, per_page=PER_PAGE)
        if (found["total"], found["revision"]) != (first["total"], first["revision"]):
            raise _failed(exchange, f"the list changed before page {page} was read")
        items += found["items"]
    for identity in ("id", "slug"):
        if len({item[identity] for item in items}) != len(items):
            raise _failed(exchange, f"two of its listings have the same {identity}")
    return [remote_listing(item) for item in items]


def _failed(exchange: Exchange, why: str) -> MarketplaceUnavailable:
    return MarketplaceUnavailable(
        f"The listings of {exchange.marketplace.name} were not read whole: {why}. Nothing follows from them."
    )
