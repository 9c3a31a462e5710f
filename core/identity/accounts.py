"""People who sign in: their names, roles and passwords."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ..actors import acting_as
from ..errors import Conflict, InvalidInput, NotAllowed, NotFound
from ..events import note_user
from ..records import Role, User
from ..schemas.account import UserDraft
from ..secrets import Secret
from ..store import Store
from .passwords import Passwords, check_password
from .throttle import Throttle, TooManyTries

WRONG = "The name or the password is wrong."
FORGOTTEN = "Try again, or ask an owner for a link to set a new one (Settings, People; or `publicist user password`)."
MOST_WAITING = 12
"""How many sign-ins are looked at at once: comparing is slow by intent, and must not take all threads of a server."""


class Accounts:
    """Makes, changes and removes accounts, and checks who signs in.

    Whoever changes an account ends its sessions in the same transaction: what was allowed before is not any more.
    """

    def __init__(self, store: Store, passwords: Passwords, throttle: Throttle, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def any(self) -> bool:
        """Tell whether there is anybody."""
        with self._store.session():
            return self._store.accounts.any()

    def all(self) -> list[User]:
        """Return everybody, by name."""
        with self._store.session():
            return self._store.accounts.all()

    def get(self, user_id: str) -> User:
        """Return a user by id. Raises NotFound."""
        with self._store.session():
            return self._held(user_id)

    def named(self, name: str) -> User:
        """Return a user by name. Raises NotFound."""
        with self._store.session():
            found = self._store.accounts.by_name(name)
        if found is None:
            raise NotFound(f"There is no account {name!r}.", remedy="`publicist user list` shows them all.")
        return found

    def add(self, draft: UserDraft, password: Secret) -> User:
        """Make an account. Raises InvalidInput: the name is taken, or the password does not do."""
        user, hashed = self.prepare(draft, password)
        with self._store.write():
            self.insert(user, hashed)
        return user

    def prepare(self, draft: UserDraft, password: Secret) -> tuple[User, str]:
        """Return the user to be made and the hash of the password. Raises InvalidInput when it does not do."""
        hashed = self.hashed(password, draft.name)
        return User(str(uuid.uuid4()), draft.name, draft.role, self._clock()), hashed

    def insert(self, user: User, hashed: str) -> None:
        """Store a user in the open transaction. Raises InvalidInput when the name is taken."""
        if not self._store.accounts.add(user, hashed):
            raise InvalidInput({"name": [f"There is an account {user.name!r} already; choose another name."]})
        note_user(self._store, user, "created", f"Made the account {user.name} ({user.role}).", user.created_at)

    def check(self, name: str, password: Secret, address: str, browser: str = "") -> User:
        """Return who signs in with this name and password.

        ``address`` and ``browser`` are those of :class:`~publicist.core.identity.throttle.Throttle`.

        Raises:
            TooManyTries: under this name or from this address it failed too often, or too many try at once.
            NotAllowed: they do not fit. Neither the words nor the time tell whether there is such a name.
        """
        with self._queued():
            self._throttle.take(name, address, browser)
            with self._store.session():
                user = self._store.accounts.by_name(name)
                hashed = self._store.accounts.password(user.id) if user else None
            if not self._passwords.fits(hashed, password) or user is None or hashed is None:
                raise NotAllowed(WRONG, remedy=FORGOTTEN)
        self._throttle.passed(name, address, browser)
        self._renew(user, hashed, password)
        return user

    def recognise(self, user: User, browser: str) -> None:
        """Note that somebody signed in with the browser of this mark: nobody else's failures slow them down there."""
        self._throttle.recognise(user.name, browser)

    def change_password(self, user_id: str, current: Secret, new: Secret, address: str, browser: str = "") -> None:
        """Change one's own password; every session ends.

        Raises InvalidInput at ``current`` or ``new``, and TooManyTries.
        """
        user = self.get(user_id)
        check_password(new, user.name, "new")
        self._throttle.take(user.name, address, browser)
        with self._store.session():
            hashed = self._store.accounts.password(user.id)
        if not self._passwords.fits(hashed, current):
            raise InvalidInput({"current": ["This is not your password."]})
        self._throttle.passed(user.name, address, browser)
        self.set_password(user.id, new, "new")

    def set_password(self, user_id: str, new: Secret, field: str = "password") -> None:
        """Give somebody a new password; their sessions end. Raises NotFound, and InvalidInput at ``field``."""
        hashed = self.hashed(new, self.get(user_id).name, field)
        with self._store.write():
            self.replace_password(user_id, hashed)

    def hashed(self, password: Secret, name: str, field: str = "password") -> str:
        """Return the hash of a password for the user of that name. Raises InvalidInput at ``field``."""
        check_password(password, name, field)
        return self._passwords.hash(password)

    def replace_password(self, user_id: str, hashed: str) -> User:
        """Store the hash of a new password in the open transaction. Raises NotFound.

        The user's sessions end, and so does every link by which the password could be changed once more.
        """
        user = self._held(user_id)
        self._store.accounts.set_password(user.id, hashed)
        self._store.web_sessions.end_of_user(user.id)
        self._store.invitations.drop_of(user.id)
        note_user(self._store, user, "password", "Changed the password.", self._clock())
        return user

    def change_role(self, user_id: str, role: Role) -> None:
        """Give somebody another role; their sessions end. Raises NotFound, and Conflict for the last owner."""
        with self._store.write():
            user = self._held(user_id)
            if user.role == role:
                return
            self._must_leave_an_owner(user)
            self._store.accounts.set_role(user.id, role)
            self._store.web_sessions.end_of_user(user.id)
            note_user(self._store, user, "role", f"{user.role} → {role}.", self._clock())

    def remove(self, user_id: str) -> None:
        """Remove somebody; their sessions end. Raises NotFound, and Conflict for the last owner."""
        with self._store.write():
            user = self._held(user_id)
            self._must_leave_an_owner(user)
            self._store.accounts.remove(user.id)
            self._store.web_sessions.end_of_user(user.id)
            self._store.invitations.drop_of(user.id)
            note_user(self._store, user, "removed", f"Removed the account {user.name} ({user.role}).", self._clock())

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """Keep a place in the queue of passwords that are compared. Raises TooManyTries when there is none."""
        if not self._places.acquire(blocking=False):
            raise TooManyTries(1, "Too many people are signing in at this moment.")
        try:
            yield
        finally:
            self._places.release()

    def _must_leave_an_owner(self, user: User) -> None:
        owners = self._store.accounts.hold_owners()
        # Whoever waited for another's change sees here what it made of this one.
        if self._held(user.id).role == "owner" and owners <= 1:
            raise Conflict(
                f"{user.name} is the last owner of this space: nobody could manage it any more.",
                remedy="Make somebody else an owner first.",
            )

    def _renew(self, user: User, hashed: str, password: Secret) -> None:
        """Note the sign-in, and hash the password anew where the parameters have changed."""
        renewed = self._passwords.hash(password) if self._passwords.is_dated(hashed) else None
        with acting_as("user", user.name), self._store.write():
            if renewed and self._store.accounts.password(user.id) == hashed:
                self._store.accounts.set_password(user.id, renewed)
            self._store.accounts.signed_in(user.id, self._clock())
            note_user(self._store, user, "signed_in", "Signed in.", self._clock())

    def _held(self, user_id: str) -> User:
        found = self._store.accounts.by_id(user_id)
        if found is None:
            raise NotFound("There is no such account.", remedy="Settings, People lists them all.")
        return found
