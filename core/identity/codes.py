"""Random codes that are handed out once: only their digest is kept."""

import hashlib
import secrets

from ..secrets import Secret


def new_code() -> Secret:
    """Return 32 random bytes as text that fits an address."""
    return Secret(secrets.token_urlsafe(32))


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex; for a code a fast hash does, since nobody guesses 32 random bytes."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
