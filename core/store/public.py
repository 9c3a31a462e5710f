"""What anybody may know of endpoints: those that are listed somewhere, for everybody."""

import json
from dataclasses import dataclass
from typing import Any

import peewee

from . import models
from .table import TableAccess

_endpoint, _rows = models.Endpoint, models.Publication


@dataclass(frozen=True, slots=True)
class PublicEndpoint:
    """A listed endpoint as its listings show it."""

    id: str
    slug: str
    name: str
    tags: tuple[str, ...]


class PublicTable(TableAccess):
    """Reads without opening a secret: pages that anybody may ask for must be cheap."""

    def endpoints(self) -> list[PublicEndpoint]:
        """Return the endpoints with visibility ``public`` that are listed on at least one marketplace, by name."""
        order = self._plain_order(_endpoint.name), self._plain_order(_endpoint.slug)
        return [_record(*row) for row in self._raw(_public().order_by(*order))]

    def endpoint(self, slug: str) -> PublicEndpoint | None:
        """Return the one of that slug, if it is among them."""
        return next((_record(*row) for row in self._raw(_public().where(_endpoint.slug == slug))), None)


def _public() -> Any:
    there = (_rows.endpoint_id == _endpoint.id) & _rows.remote_id.is_null(False) & (_rows.wanted == "listed")
    listed = peewee.fn.EXISTS(_rows.select(_rows.id).where(there))
    return _endpoint.select(_endpoint.id, _endpoint.slug, _endpoint.name, _endpoint.tags).where(
        _endpoint.deleted_at.is_null(), _endpoint.visibility == "public", listed
    )


def _record(endpoint_id: str, slug: str, name: str, tags: str) -> PublicEndpoint:
    return PublicEndpoint(endpoint_id, slug, name, tuple(json.loads(tags)))
