"""Accounts to be made, and roles."""

from dataclasses import dataclass
from typing import Any, get_args

from marshmallow import fields, validate

from ..records import Role, User
from .base import Strict, load
from .fields import Line

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class UserDraft:
    """An account as asked for, or for an invitation the note that says for whom it is."""

    name: str
    role: Role


class UserSchema(Strict):
    """An account to be made."""

    name = Line(60, visible=True, required=True)
    role = fields.String(validate=validate.OneOf(ROLES, error=f"Must be one of: {', '.join(ROLES)}."), required=True)


def load_user(data: Any) -> UserDraft:
    """Return the account asked for. Raises InvalidInput."""
    return UserDraft(**load(UserSchema(), data))


def user_json(user: User) -> dict[str, Any]:
    """Return a user for ``--json``."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "created_at": user.created_at.isoformat(),
        "signed_in_at": user.signed_in_at.isoformat() if user.signed_in_at else None,
    }
