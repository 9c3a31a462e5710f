"""The key that signs session cookies: made once, kept sealed in the store."""

import secrets

from ..core.secrets import Secret
from ..core.store import Store

NAME = "session_key"


def session_key(store: Store) -> str:
    """Return the space's key; all processes of a space share it, and it outlives them."""
    with store.session():
        if store.settings.secret(NAME) is None:
            store.settings.set_once(NAME, Secret(secrets.token_urlsafe(32)))
        held = store.settings.secret(NAME)
    return held.reveal() if held else session_key(store)
