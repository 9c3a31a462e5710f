"""People who sign in, and what their role lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["viewer", "publisher", "owner"]

ROLE_SCOPES: Mapping[Role, frozenset[str]] = {
    "viewer": frozenset({"read"}),
    "publisher": frozenset({"read", "publish"}),
    "owner": frozenset({"read", "publish", "admin"}),
}
"""What each role may do, in the words of API tokens."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. ``kind`` tells a user from an API token that was signed in with; ``id`` is its id."""

    session_id: str
    name: str
    role: Role
    kind: Literal["user", "token"] = "user"
    id: str = ""

    def may(self, scope: str) -> bool:
        """Tell whether the role has ``scope``: ``read``, ``publish`` or ``admin``."""
        return scope in ROLE_SCOPES[self.role]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in; the password is not in here."""

    id: str
    name: str
    role: Role
    created_at: datetime
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebSession:
    """A browser that is signed in, by a user or with an API token; ``agent`` is what the browser calls itself."""

    id: str
    user_id: str | None
    token_id: str | None
    created_at: datetime
    seen_at: datetime
    agent: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one account can be made; ``note`` says for whom.

    ``setup`` is the one by which the first account is made; it holds until there is one. With ``user_id`` it makes
    none: whoever has that account chooses a new password by it.
    """

    id: str
    role: Role
    note: str
    setup: bool
    created_at: datetime
    expires_at: datetime | None
    user_id: str | None = None
