"""API tokens to be made."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from ..errors import InvalidInput
from .base import Strict, load
from .fields import Items, Line, Moment

SCOPES = ("read", "publish", "admin")
_LAST_YEAR = 3000


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """An API token as asked for: ``expires_at`` in UTC, or None for never."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None


class TokenSchema(Strict):
    """An API token to be made."""

    name = Line(100, visible=True, required=True, metadata={"description": "What it is for."})
    scopes = Items(
        fields.String(validate=validate.OneOf(SCOPES)),
        len(SCOPES),
        least=1,
        unique=True,
        required=True,
        metadata={"description": "What it may do: read, publish, admin."},
    )
    expires_at = Moment(
        allow_none=True,
        load_default=None,
        metadata={"description": "When it ends, with a time zone; never if it is left out."},
    )


def load_token(data: Any, now: datetime) -> TokenDraft:
    """Return the token asked for. Raises InvalidInput, also when it would have ended by ``now``."""
    clean = load(TokenSchema(), data)
    expires_at = clean["expires_at"]
    if expires_at is not None and (expires_at <= now or expires_at.year >= _LAST_YEAR):
        raise InvalidInput({"expires_at": [f"Must lie in the future, and before the year {_LAST_YEAR}."]})
    ends = expires_at.astimezone(UTC) if expires_at else None
    return TokenDraft(clean["name"], tuple(scope for scope in SCOPES if scope in clean["scopes"]), ends)
