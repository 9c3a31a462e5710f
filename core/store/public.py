"""What anybody may know of endpoints: those that are listed somewhere, for everybody."""

from dataclasses import dataclass
from typing import Any

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
        return [_record(row) for row in self._rows(_public().order_by(_endpoint.name, _endpoint.slug))]

    def endpoint(self, slug: str) -> PublicEndpoint | None:
        """Return the one of that slug, if it is among them."""
        row = self._first(_public().where(_endpoint.slug == slug))
        return _record(row) if row else None


def _public() -> Any:
    listed = _rows.select(_rows.endpoint_id).where(_rows.remote_id.is_null(False), _rows.wanted == "listed")
    return _endpoint.select(_endpoint.id, _endpoint.slug, _endpoint.name, _endpoint.tags).where(
        _endpoint.deleted_at.is_null(), _endpoint.visibility == "public", _endpoint.id.in_(listed)
    )


def _record(row: dict[str, Any]) -> PublicEndpoint:
    return PublicEndpoint(**{**row, "tags": tuple(row["tags"])})
