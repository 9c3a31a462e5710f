"""``/endpoints/<slug>/feedback``: anybody may say something of a listed endpoint; its owner reads it."""

from typing import Any

from flask import request
from marshmallow import fields, validate

from ...core.schemas import FeedbackSchema, feedback_json, feedback_summary_json, load_feedback
from ...core.schemas.feedback import KINDS
from ..incoming import PageQuery
from ..operation import Api, Asked
from .feedback_shapes import FeedbackPage, FeedbackTakenShape

MOST_BYTES = 16 * 1024
"""The largest body that is read from strangers."""

api = Api("feedback", "Feedback")
public = Api("giving_feedback", "Feedback")


class FeedbackQuery(PageQuery):
    """Which feedback."""

    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS), metadata={"description": "Only this kind."})


def _prepare() -> None:
    request.max_content_length = MOST_BYTES


public.blueprint.before_request(_prepare)


@api.operation("GET", "/endpoints/<slug>/feedback", scope="read", gives=FeedbackPage, query=FeedbackQuery)
def list_feedback(asked: Asked, slug: str) -> Any:
    """List what people said of an endpoint, newest first; `summary` counts all of it."""
    services = asked.services
    found, summary = services.feedback.page(slug, **asked.query), services.feedback.summary(slug)
    names = {item.id: item.name for item in services.marketplaces.all()}
    items = [feedback_json(item, names) for item in found.items]
    page = {"items": items, "total": found.total, "page": found.page, "per_page": found.per_page}
    return {**page, "summary": feedback_summary_json(summary)}


@public.operation(
    "POST",
    "/endpoints/<slug>/feedback",
    scope=None,
    gives=FeedbackTakenShape,
    status=201,
    takes=FeedbackSchema,
    problems=(429,),
)
def give_feedback(asked: Asked, slug: str) -> Any:
    """Say something of a listed endpoint to its provider. No token is needed; little is taken from one address."""
    taken = asked.services.feedback.add(slug, load_feedback(asked.body), request.remote_addr or "")
    return {"id": taken.id, "at": taken.at.isoformat(), "kind": taken.kind}
