"""Endpoints in the store."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ..errors import ConfigurationError
from ..publishing.listing import as_listed
from ..records import Backend, Endpoint, Page, Policy
from ..secrets import SecretBox
from . import models
from .prepared import Prepared
from .table import TableAccess, open_json, seal_json

_table = models.Endpoint
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class EndpointName:
    """What lists show of an endpoint."""

    id: str
    slug: str
    name: str
    tags: tuple[str, ...]


class EndpointTable(TableAccess):
    """Endpoints by slug and by id. A slug stays taken until a deleted endpoint is withdrawn everywhere."""

    def __init__(self, database: Any, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box
        self._by_slug = Prepared(_table, "WHERE slug = ?", self._record)
        self._by_id = Prepared(_table, "WHERE id = ?", self._record)

    def by_slug(self, slug: str) -> Endpoint | None:
        """Return the endpoint, deleted ones too (see ``deleted_at``), or None."""
        return self._by_slug.first(self._database, slug)

    def by_id(self, endpoint_id: str) -> Endpoint | None:
        """Return the endpoint, deleted ones too, or None."""
        return self._by_id.first(self._database, endpoint_id)

    def by_ids(self, ids: Sequence[str]) -> dict[str, Endpoint]:
        """Return those of the endpoints that there are, deleted ones too, by their ids."""
        found: dict[str, Endpoint] = {}
        for start in range(0, len(ids), _CHUNK):
            query = _table.select().where(_table.id.in_(ids[start : start + _CHUNK]))
            found |= {row["id"]: self._record(row) for row in self._rows(query)}
        return found

    def page(self, page: int = 1, per_page: int = 50) -> Page:
        """Return one page of the endpoints that are not deleted, by slug."""
        query = _table.select().where(_table.deleted_at.is_null()).order_by(_table.slug)
        return self._page(query, page, per_page, self._record)

    def all(self) -> list[Endpoint]:
        """Return every endpoint that is not deleted, by slug."""
        query = _table.select().where(_table.deleted_at.is_null()).order_by(_table.slug)
        return [self._record(row) for row in self._rows(query)]

    def any(self) -> bool:
        """Tell whether there is one that is not deleted."""
        return self._first(_table.select(_table.id).where(_table.deleted_at.is_null())) is not None

    def slugs(self, ids: Collection[str] | None = None) -> dict[str, str]:
        """Return slugs by id: of these endpoints, those being deleted too; without ``ids`` of all that are not."""
        wanted = _table.deleted_at.is_null() if ids is None else _table.id.in_(list(ids))
        return dict(self._raw(_table.select(_table.id, _table.slug).where(wanted)))

    def names(self) -> list[EndpointName]:
        """Return the names of every endpoint that is not deleted, by slug; nothing is decrypted for that."""
        query = _table.select(_table.id, _table.slug, _table.name, _table.tags).where(_table.deleted_at.is_null())
        rows = self._raw(query.order_by(_table.slug))
        return [EndpointName(one, slug, name, tuple(json.loads(tags))) for one, slug, name, tags in rows]

    def every_slug(self) -> dict[str, str]:
        """Return the slugs of every endpoint by id, those being deleted too; nothing is decrypted for that."""
        return dict(self._raw(_table.select(_table.id, _table.slug)))

    def every(self) -> list[Endpoint]:
        """Return every endpoint, those being deleted too."""
        return [self._record(row) for row in self._rows(_table.select())]

    def add(self, endpoint: Endpoint) -> bool:
        """Store a new endpoint; False when its slug is taken, also by one being deleted."""
        if self.by_slug(endpoint.slug):
            return False
        self._insert(_table, self._row(endpoint))
        return True

    def save(self, endpoint: Endpoint) -> bool:
        """Store an edited endpoint; False when its new slug is taken."""
        other = self.by_slug(endpoint.slug)
        if other and other.id != endpoint.id:
            return False
        row = self._row(endpoint)
        self._run(_table.update(**row).where(_table.id == endpoint.id))
        self._compare(endpoint.id, row["held"])
        return True

    def mark_deleted(self, endpoint_id: str, now: datetime) -> None:
        """Keep the endpoint only until its listings are withdrawn."""
        self._run(_table.update(deleted_at=now).where(_table.id == endpoint_id))

    def remove_withdrawn(self) -> int:
        """Drop the deleted endpoints that are listed nowhere any more; return how many."""
        publication = models.Publication
        held = publication.select(publication.endpoint_id).where(
            (publication.status != "not_published") | publication.due_at.is_null(False)
        )
        gone = _table.select(_table.id).where(_table.deleted_at.is_null(False), _table.id.not_in(held))
        ids = [row["id"] for row in self._rows(gone)]
        if ids:
            self._run(publication.delete().where(publication.endpoint_id.in_(ids)))
            self._run(_table.delete().where(_table.id.in_(ids)))
        return len(ids)

    def fill_held(self) -> None:
        """Note of endpoints that a former publicist stored what they would be listed as; call it inside ``write()``."""
        for row in self._rows(_table.select().where(_table.held.cast("TEXT") == "{}")):
            # Which secret cannot be read any more is told where it is needed: a space can be opened without.
            with suppress(ConfigurationError):
                held = as_listed(self._record(row))
                self._run(_table.update(held=held).where(_table.id == row["id"]))
                self._compare(row["id"], held)

    def _compare(self, endpoint_id: str, held: Mapping[str, Any]) -> None:
        """Note which listings of the endpoint show something else."""
        rows = models.Publication
        outdated = (rows.listed_as.cast("TEXT") != "{}") & (rows.listed_as != held)
        self._run(rows.update(outdated=outdated).where(rows.endpoint_id == endpoint_id))

    def _row(self, endpoint: Endpoint) -> dict[str, Any]:
        fields = set(_table._meta.fields) - {"held"}  # noqa: SLF001 - peewee's own way
        row = {name: getattr(endpoint, name) for name in fields} | {"held": as_listed(endpoint)}
        row["tags"] = list(endpoint.tags)
        row["policies"] = [asdict(policy) for policy in endpoint.policies]
        for side in ("dataset", "model"):
            backend = getattr(endpoint, side)
            row[side] = seal_json(self._box, asdict(backend)) if backend else None
        return row

    def _record(self, row: dict[str, Any]) -> Endpoint:
        sides = {
            side: Backend(**open_json(self._box, row[side])) if row[side] else None for side in ("dataset", "model")
        }
        policies = tuple(Policy(**policy) for policy in row["policies"])
        plain = {name: value for name, value in row.items() if name != "held"}
        return Endpoint(**{**plain, **sides, "tags": tuple(row["tags"]), "policies": policies})
