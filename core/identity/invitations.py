"""One-time links: the set-up link of a new space, invitations to make an account, and links to a new password."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from ..actors import acting_as
from ..errors import Conflict, NotFound
from ..events import note_user
from ..records import Invitation, Role, User
from ..redact import remember
from ..schemas.account import UserDraft, load_user
from ..secrets import Secret
from ..store import Store
from .accounts import Accounts
from .codes import digest, new_code

HOLDS = timedelta(days=7)
HOLDS_FOR_PASSWORD = timedelta(days=1)


class Invitations:
    """Makes links, and does for whoever opens one what it was made for. A link works once."""

    def __init__(self, store: Store, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock

    def all(self) -> list[Invitation]:
        """Return the invitations that still hold, newest first."""
        with self._store.session():
            return self._store.invitations.all(self._clock())

    def open_setup(self) -> Secret:
        """Return the code of a new set-up link, for the first owner; former ones hold no longer. Raises Conflict."""
        with self._store.write():
            if self._store.accounts.any():
                raise Conflict(
                    "This space has accounts already, so that it has no set-up link.",
                    remedy="Add one with `publicist user add`, or set a password with `publicist user password`.",
                )
            self._store.invitations.drop_setup()
            return self._add("owner", "", None)

    def invite(self, role: Role, note: str) -> Secret:
        """Return the code of a link by which somebody makes an account of this role within a week."""
        draft = load_user({"name": note, "role": role})
        with self._store.write():
            self._store.invitations.prune(self._clock())
            return self._add(draft.role, draft.name, HOLDS)

    def renew(self, user_id: str) -> Secret:
        """Return the code of a link by which a user chooses a new password within a day; former ones hold no longer.

        Until it is used, the password that they have is good. Raises NotFound.
        """
        with self._store.write():
            user = self._accounts.get(user_id)
            self._store.invitations.prune(self._clock())
            self._store.invitations.drop_of(user.id)
            note_user(self._store, user, "password_link", "Made a link to a new password.", self._clock())
            return self._add(user.role, user.name, HOLDS_FOR_PASSWORD, user.id)

    def find(self, code: str) -> Invitation:
        """Return what a link was made for. Raises NotFound when it holds no longer, or never did."""
        with self._store.session():
            return self._holding(code)

    def accept(self, code: str, name: str, password: Secret) -> User:
        """Make the account of somebody who opened a link.

        Raises:
            NotFound: the link holds no longer; it works once.
            InvalidInput: the name is taken, or name or password do not do; the link still holds.
        """
        draft: UserDraft = load_user({"name": name, "role": self.find(code).role})
        user, hashed = self._accounts.prepare(draft, password)
        with acting_as("user", user.name), self._store.write():
            found = self._holding(code)
            if found.user_id or not self._store.invitations.take(found.id):
                raise _gone()
            self._accounts.insert(user, hashed)
        return user

    def choose_password(self, code: str, password: Secret) -> User:
        """Give whoever opened a link of :meth:`renew` the password that they chose; their sessions end.

        Raises:
            NotFound: the link holds no longer; it works once.
            InvalidInput: the password does not do; the link still holds.
        """
        user = self._accounts.get(self.find(code).user_id or "")
        hashed = self._accounts.hashed(password, user.name)
        with acting_as("user", user.name), self._store.write():
            found = self._holding(code)
            if found.user_id != user.id or not self._store.invitations.take(found.id):
                raise _gone()
            return self._accounts.replace_password(user.id, hashed)

    def withdraw(self, invitation_id: str) -> None:
        """Have an invitation hold no longer."""
        with self._store.write():
            self._store.invitations.take(invitation_id)

    def _holding(self, code: str) -> Invitation:
        found = self._store.invitations.by_digest(digest(code), self._clock())
        if found is None or (found.setup and self._store.accounts.any()):
            raise _gone()
        return found

    def _add(self, role: Role, note: str, holds: timedelta | None, user_id: str | None = None) -> Secret:
        """Store a link; the one that holds for ever is the set-up link."""
        code, now = new_code(), self._clock()
        remember(code)
        expires_at = now + holds if holds else None
        made = Invitation(str(uuid.uuid4()), role, note, holds is None, now, expires_at, user_id)
        self._store.invitations.add(made, digest(code.reveal()))
        return code


def _gone() -> NotFound:
    return NotFound(
        "This link holds no longer: it was used, withdrawn, or replaced by a newer one.",
        remedy="Ask an owner for a new one. Without any account yet, `publicist user setup-link` prints one on the "
        "machine that this space runs on.",
    )
