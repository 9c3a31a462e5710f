"""What people say of an endpoint, as it comes in by the form or the API, and goes out as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from ..records import Feedback, FeedbackSummary
from .base import Strict, load
from .fields import Line, Text

KINDS = ("rating", "error_report", "feature_request", "comment")
LONGEST_TEXT = 2_000
LONGEST_AUTHOR = 80
STARS = range(1, 6)


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """What somebody said; ``rating`` is from 1 to 5, or None."""

    kind: str
    rating: int | None
    text: str
    author: str


class Stars(fields.Field[Any]):
    """A whole number from 1 to 5."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int or value not in STARS:
            raise ValidationError("Must be a whole number from 1 to 5.")
        return value


class FeedbackSchema(Strict):
    """What somebody says of an endpoint. A rating needs stars, everything else a text."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    rating = Stars(
        load_default=None,
        allow_none=True,
        metadata={"type": "integer", "minimum": 1, "maximum": 5, "description": "Stars; with any kind."},
    )
    text = Text(LONGEST_TEXT, load_default="", metadata={"description": "Plain text."})
    author = Line(LONGEST_AUTHOR, load_default="", metadata={"description": "A name to show to the provider."})

    @validates_schema
    def _check_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["kind"] == "rating" and data["rating"] is None:
            raise ValidationError("Choose from 1 to 5 stars.", "rating")
        if data["kind"] != "rating" and not data["text"]:
            raise ValidationError("Say in a few words what you mean.", "text")


def load_feedback(data: Any) -> FeedbackDraft:
    """Return what somebody said. Raises InvalidInput."""
    return FeedbackDraft(**load(FeedbackSchema(), data))


def load_feedback_form(form: Mapping[str, str]) -> FeedbackDraft:
    """Return what was filled into the form; fields that are not its own are not looked at. Raises InvalidInput."""
    stars = form.get("rating", "")
    rating: Any = int(stars) if len(stars) == 1 and stars in "12345" else stars or None
    texts = {name: form.get(name, "") for name in ("kind", "text", "author")}
    return load_feedback({**texts, "rating": rating})


def feedback_json(feedback: Feedback, marketplaces: Mapping[str, str]) -> dict[str, Any]:
    """Return feedback for the owner; ``marketplaces`` are names by id."""
    return {
        "id": feedback.id,
        "at": feedback.at.isoformat(),
        "kind": feedback.kind,
        "rating": feedback.rating,
        "text": feedback.text,
        "author": feedback.author,
        "marketplace_id": feedback.marketplace_id or None,
        "marketplace_name": marketplaces.get(feedback.marketplace_id),
        "checked_at": feedback.checked_at.isoformat() if feedback.checked_at else None,
        "finding": feedback.finding,
    }


def feedback_summary_json(summary: FeedbackSummary) -> dict[str, Any]:
    """Return the numbers for the owner: every kind and every number of stars, zeros too."""
    return {
        "kinds": {kind: summary.kinds.get(kind, 0) for kind in KINDS},
        "ratings": {str(stars): summary.ratings.get(stars, 0) for stars in STARS},
        "average_rating": summary.average,
    }
