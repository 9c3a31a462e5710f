"""Secrets: a value that does not show itself, and the box that keeps it encrypted at rest."""

import os
import secrets as stdlib_secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import ConfigurationError

KEY_FILE = "secret.key"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret text. Its ``repr`` and ``str`` are ``***``; only :meth:`reveal` gives the value."""

    value: str

    def reveal(self) -> str:
        """Return the value itself. Call it where it is sent or encrypted, and nowhere else."""
        return self.value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


class SecretBox:
    """Encrypts with the first of its keys and decrypts with any (MultiFernet), so that keys can be rotated.

    Args:
        keys: Fernet keys, newest first; several are given separated by commas or line breaks.
    """

    def __init__(self, keys: str) -> None:
        parts = [key for key in keys.replace(",", "\n").split() if key]
        try:
            self._fernet = MultiFernet([Fernet(key) for key in parts])
        except ValueError as error:
            raise ConfigurationError(
                "The secret key is not a Fernet key (32 bytes, base64url).",
                remedy="Set PUBLICIST_SECRET_KEY to the key that `publicist init` made; unset, the key file is used.",
            ) from error

    def seal(self, secret: Secret) -> str:
        """Return the encrypted text to store."""
        return self._fernet.encrypt(secret.reveal().encode()).decode()

    def open(self, sealed: str) -> Secret:
        """Return the secret that was sealed. Raises ConfigurationError when no key fits."""
        try:
            return Secret(self._fernet.decrypt(sealed.encode()).decode())
        except InvalidToken as error:
            raise ConfigurationError(
                "A stored secret cannot be read with the present secret key.",
                remedy="Put the former key back, second in PUBLICIST_SECRET_KEY; or enter the secrets anew.",
            ) from error


def load_keys(data_dir: Path, from_environment: str) -> str:
    """Return the keys: the environment's, else the key file's, which is made (mode 0600) when there is none."""
    if from_environment:
        return from_environment
    path = data_dir / KEY_FILE
    try:
        return path.read_text()
    except FileNotFoundError:
        return _make_key_file(path)


def _make_key_file(path: Path) -> str:
    """Write a fresh key so that of two processes starting at once both end with the same one."""
    draft = path.with_name(f"{path.name}.{stdlib_secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(Fernet.generate_key().decode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
