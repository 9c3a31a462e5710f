"""Passwords: what one must be, and their argon2 hashes. None is kept or shown anywhere else."""

import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import InvalidInput
from ..secrets import Secret
from ..store.accounts import folded

LEAST = 12
MOST = 1024
AT_ONCE = 4
"""How many are hashed at once: each takes 64 MiB while it lasts."""


class Passwords:
    """Hashes passwords and compares them with their hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._seats = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: Secret) -> str:
        """Return what to keep of a password."""
        with self._seats:
            return self._hasher.hash(_spelt(password))

    def fits(self, hashed: str | None, password: Secret) -> bool:
        """Tell whether a password is the one that was hashed; without a hash it takes as long, and is False."""
        with self._seats:
            decoy = self._decoy  # made by whoever comes first, with a name that is known or not
            try:
                return self._hasher.verify(hashed or decoy, _spelt(password)) and hashed is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_dated(self, hashed: str) -> bool:
        """Tell whether a hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(hashed)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody has this password")


def check_password(password: Secret, name: str, field: str = "password") -> None:
    """Raise InvalidInput, at ``field``, when a password does not do for the user of that name."""
    faults = []
    if len(password.reveal()) < LEAST:
        faults.append(f"Must have at least {LEAST} characters.")
    if len(password.reveal()) > MOST:
        faults.append(f"Must have at most {MOST} characters.")
    if password.reveal() and folded(password.reveal()) == folded(name):
        faults.append("Must not be the name.")
    if faults:
        raise InvalidInput({field: faults})


def check_again(password: Secret, again: Secret, field: str = "again") -> None:
    """Raise InvalidInput, at ``field``, when a password was not typed the same way twice."""
    if password.reveal() != again.reveal():
        raise InvalidInput({field: ["It differs from the password above."]})


def _spelt(password: Secret) -> bytes:
    """Return a password as it is hashed: the same letters on every keyboard give the same bytes."""
    return unicodedata.normalize("NFKC", password.reveal()[: MOST + 1]).encode("utf-8", "surrogatepass")
