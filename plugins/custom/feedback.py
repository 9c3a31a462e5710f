"""Reading what people said of our listings in a catalogue: all pages from a time on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, fields, validate

from ...core.errors import MarketplaceUnavailable
from ...core.records import Feedback
from . import pages
from .exchange import Exchange, timestamp
from .schemas import ID, PER_PAGE, SLUG, Exactly, Lenient

MOST = 20_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class FeedbackSchema(Lenient):
    """What one person said."""

    id = fields.String(required=True, validate=ID)
    slug = fields.String(required=True, validate=SLUG)
    at = fields.AwareDateTime(format="iso", required=True)
    kind = fields.String(required=True, validate=validate.Length(1, 100))
    rating = Exactly(int, load_default=None, allow_none=True, validate=validate.Range(1, 5))
    text = Exactly(str, load_default="", allow_none=True)
    author = Exactly(str, load_default="", allow_none=True)


class PageSchema(Lenient):
    """One page of it."""

    items = fields.List(
        fields.Nested(FeedbackSchema, unknown=EXCLUDE), required=True, validate=validate.Length(max=PER_PAGE)
    )
    total = Exactly(int, required=True, validate=validate.Range(0, MOST))
    revision = fields.String(required=True)


def read_all(exchange: Exchange, listed: Mapping[str, str], since: datetime | None) -> Sequence[Feedback]:
    """Return what was said of the ``listed`` listings (endpoint ids by remote id), from ``since`` on.

    Pages may move while they are read: what slips between two of them comes with the next reading, which begins
    earlier than this one ends.
    """
    items = _items(exchange, since or EVER)
    if not items:
        return []
    endpoints = {item.slug: listed[item.remote_id] for item in pages.read_all(exchange) if item.remote_id in listed}
    return [_feedback(exchange, item, endpoints[item["slug"]]) for item in items if item["slug"] in endpoints]


def _items(exchange: Exchange, since: datetime) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page, total = 1, 1
    while len(items) < total:
        found = _page(exchange, since, page)
        if not found["items"] and len(items) < found["total"]:
            said = f"page {page} of the feedback is empty where {found['total'] - len(items)} are missing"
            raise MarketplaceUnavailable(f"{exchange.marketplace.name} does not add up: {said}.")
        items, total, page = [*items, *found["items"]], found["total"], page + 1
    return items


def _page(exchange: Exchange, since: datetime, page: int) -> dict[str, Any]:
    params = {"since": timestamp(since), "page": str(page), "per_page": str(PER_PAGE)}
    loaded: dict[str, Any] = exchange.read("/feedback", PageSchema(), params=params, max_bytes=pages.MAX_BYTES)
    return loaded


def _feedback(exchange: Exchange, item: Mapping[str, Any], endpoint_id: str) -> Feedback:
    return Feedback(
        id="",
        endpoint_id=endpoint_id,
        marketplace_id=exchange.marketplace.id,
        remote_id=item["id"],
        kind=item["kind"],
        rating=item["rating"],
        text=item["text"] or "",
        author=item["author"] or "",
        at=item["at"].astimezone(UTC),
    )
