"""People who sign in, and what their role lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """Somebody who is signed in. ``kind`` tells a user from an API token that was signed in with."""

    session_id: str
    name: str
    role: Role
    kind: Literal["user", "token"] = "user"

    def may(self, scope: str) -> bool:
        """Tell whether the role has ``scope``: ``read``, ``publish`` or ``admin``."""
        return scope in ROLE_SCOPES[self.role]
