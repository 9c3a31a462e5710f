"""Reads the account's whole list, or fails: a part that looks whole would pass for listings that are gone.

The hub tells no total, orders by a time, and answers an empty page when its database fails. Each page
therefore begins with the last record of the one before; if that is not on it, the list moved or the page is a
lie, and the reading starts again.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ...core.errors import MarketplaceUnavailable
from .hub import Hub
from .mapping import is_record

PAGE_SIZE = 100
MAX_PAGES = 1000
MAX_BYTES = 32 * 1024 * 1024
"""For one page: a hundred of the longest readmes, at four bytes a character, are 20 MB."""

_TRIES = 3

Record = Mapping[str, Any]


def owned(hub: Hub) -> list[Record]:
    """Return every record of the account, switched-off ones too.

    Raises MarketplaceUnavailable when the hub does not give a whole list in three tries.
    """
    for _ in range(_TRIES):
        found = _read(hub)
        if found is not None:
            return found
    raise MarketplaceUnavailable(
        "The hub's list of our listings changed each time it was read.",
        remedy="Nothing to do if something is publishing there right now: it is read again.",
    )


def find(hub: Hub, slug: str) -> Record | None:
    """Return our record with this slug, active or not, None when there is certainly none.

    Raises MarketplaceUnavailable when the list does not show it, but a look at the slug does.
    """
    found = next((record for record in owned(hub) if record["slug"] == slug), None)
    if found is None and _exists(hub, slug):
        raise MarketplaceUnavailable(f"The hub's list of our listings lacks {slug!r}, which the hub says is there.")
    return found


def _read(hub: Hub) -> list[Record] | None:
    """Read page after page; None when two pages do not meet."""
    records: dict[int, Record] = {}
    last: int | None = None
    for number in range(MAX_PAGES):
        page = _page(hub, number * (PAGE_SIZE - 1))
        ids = [record["id"] for record in page]
        if last is not None and last not in ids:
            return None
        fresh = {record["id"]: record for record in page if record["id"] not in records}
        records.update(fresh)
        if len(page) < PAGE_SIZE:
            return list(records.values())
        if not fresh:
            break
        last = ids[-1]
    raise MarketplaceUnavailable("The hub's list of our listings has no end: it gives the same page again and again.")


def _page(hub: Hub, skip: int) -> list[Record]:
    params = {"skip": skip, "limit": PAGE_SIZE}
    page = hub.ask("GET", "/endpoints", "list our listings", params=params, max_bytes=MAX_BYTES)
    if not isinstance(page, list) or not all(is_record(record) for record in page):
        raise MarketplaceUnavailable("The hub's list of our listings is not a list of listings.")
    return page


def _exists(hub: Hub, slug: str) -> bool:
    """Ask by slug. The hub looks at active listings only, so that False proves nothing."""
    return hub.ask("GET", f"/endpoints/{quote(slug, safe='')}/exists", "look the slug up") is True
