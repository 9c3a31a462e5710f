"""The key that signs session cookies: made once, kept sealed in the store."""

import secrets

from ..core.secrets import Secret
from ..core.store import Store

NAME = "session_key"


def session_key(store: Store) -> str:
    """Return the space's key; all processes of a space share it, and it outlives them."""
    with store.write():
        held = store.settings.secret(NAME)
        if held is None:
            held = Secret(secrets.token_urlsafe(32))
            store.settings.set(NAME, held)
    return held.reveal()
