"""What the API answers about feedback."""

from typing import Any

from marshmallow import fields, validate

from ...core.schemas import Strict
from ...core.schemas.feedback import KINDS, STARS
from . import shapes
from .shapes import count, many, one, time


def _average() -> fields.Float:
    return fields.Float(required=True, allow_none=True, validate=validate.Range(min=STARS[0], max=STARS[-1]))


class FeedbackShape(Strict):
    """What one person said; without a marketplace it came by this space's own form.

    After a report of an error the endpoint is tried: `checked_at`, and `finding`.
    """

    id = shapes.text(format="uuid")
    at = time(null=False)
    kind = shapes.text(*KINDS)
    rating = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=STARS[0], max=STARS[-1]))
    text = shapes.text()
    author = shapes.text()
    marketplace_id = shapes.text(null=True)
    marketplace_name = shapes.text(null=True)
    checked_at = time()
    finding = shapes.text()


class FeedbackTakenShape(Strict):
    """Feedback that was taken in."""

    id = shapes.text(format="uuid")
    at = time(null=False)
    kind = shapes.text(*KINDS)


def _counts(name: str, members: Any) -> type[Strict]:
    return type(name, (Strict,), {str(member): count() for member in members})


class FeedbackSummaryShape(Strict):
    """All of an endpoint's feedback in numbers; the average is null where nobody gave stars."""

    kinds = one(_counts("FeedbackKindsShape", KINDS))
    ratings = one(_counts("FeedbackStarsShape", STARS))
    average_rating = _average()


class FeedbackPage(Strict):
    """One page of an endpoint's feedback, and all of it in numbers."""

    items = many(FeedbackShape)
    total = count()
    page = count()
    per_page = count()
    summary = one(FeedbackSummaryShape)
