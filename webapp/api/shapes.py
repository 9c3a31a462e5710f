"""What all answers are made of: fields that are always there, and lists in pages."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from ...core.schemas import Strict


def text(*choices: str, null: bool = False, **meta: Any) -> fields.String:
    """Return a text that is always there, perhaps null, perhaps one of ``choices``."""
    one_of = validate.OneOf([*choices, None] if null else choices) if choices else None
    return fields.String(required=True, allow_none=null, validate=one_of, metadata=meta)


def time(*, null: bool = True) -> fields.String:
    """Return a time in ISO 8601, in UTC."""
    return text(null=null, format="date-time")


def flag(*, null: bool = False, **meta: Any) -> fields.Boolean:
    """Return a truth value that is always there, perhaps null."""
    return fields.Boolean(required=True, allow_none=null, metadata=meta)


def count() -> fields.Integer:
    """Return a whole number from 0."""
    return fields.Integer(required=True, validate=validate.Range(min=0))


def number() -> fields.Float:
    """Return a number that is always there."""
    return fields.Float(required=True)


def texts(**meta: Any) -> fields.List[Any]:
    """Return a list of texts that is always there."""
    return fields.List(fields.String(), required=True, metadata=meta)


def mapping(**meta: Any) -> fields.Dict:
    """Return an object whose names are not fixed."""
    return fields.Dict(keys=fields.String(), required=True, metadata=meta)


def one(shape: type[Schema], *, null: bool = False) -> fields.Nested:
    """Return an object that is always there, perhaps null."""
    return fields.Nested(shape, required=True, allow_none=null)


def many(shape: type[Schema]) -> fields.List[Any]:
    """Return a list of objects."""
    return fields.List(fields.Nested(shape), required=True)


def paged_shape(name: str, shape: type[Schema]) -> type[Schema]:
    """Return the shape of a list of such objects, one page of it."""
    members: dict[str, Any] = {"items": many(shape), "total": count(), "page": count(), "per_page": count()}
    return type(name, (Strict,), members)


def page_of(items: Sequence[Any], query: Any) -> dict[str, Any]:
    """Return the page of ``items`` that the query parameters ask for."""
    page, per_page = query["page"], query["per_page"]
    start = (page - 1) * per_page
    return {"items": list(items[start : start + per_page]), "total": len(items), "page": page, "per_page": per_page}
