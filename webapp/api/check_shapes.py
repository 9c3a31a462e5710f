"""What the API answers about checks."""

from marshmallow import fields

from ...core.schemas import Strict
from .marketplace_shapes import SettingFieldShape
from .shapes import flag, many, mapping, one, paged_shape, text, time


class CheckKindShape(Strict):
    """A kind of check that a plugin offers."""

    name = text()
    title = text()
    description = text()
    settings = many(SettingFieldShape)


class AddedCheckShape(Strict):
    """A check that was added to an endpoint."""

    id = text(format="uuid")
    kind = text()
    name = text()
    settings = mapping()
    created_at = time(null=False)


class FindingOfCheckShape(Strict):
    """What a check saw."""

    name = text()
    ok = flag()
    reachable = flag(description="Whether it answered at all.")
    message = text()
    latency_ms = fields.Float(required=True, allow_none=True)
    warning = text(description="What will go wrong if nobody acts; empty if nothing will.")


class TriedCheckShape(AddedCheckShape):
    """A check, and what it saw when it was run once; null where it was not."""

    result = one(FindingOfCheckShape, null=True)


class LookShape(Strict):
    """What was seen when an endpoint was looked at; nothing where it is in maintenance, or nothing can be checked."""

    endpoint_slug = text()
    results = many(FindingOfCheckShape)


CheckKindPage = paged_shape("CheckKindPage", CheckKindShape)
AddedCheckPage = paged_shape("AddedCheckPage", AddedCheckShape)
