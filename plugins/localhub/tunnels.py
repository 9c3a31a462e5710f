"""Tunnels, which this hub does not offer; only the public keys of spaces are kept."""

from typing import Any

from flask import Blueprint

from .account_schemas import EncryptionKey
from .errors import plain
from .hub import first, run
from .incoming import body
from .models import User
from .sessions import required_user

blueprint = Blueprint("tunnels", __name__)


@blueprint.get("/users/me/tunnel-credentials")
@blueprint.get("/nats/credentials")
@blueprint.post("/peer-token")
def credentials() -> dict[str, Any]:
    """Answer as a hub without a tunnel service does."""
    required_user()
    raise plain(503, "This hub has no tunnel service")


@blueprint.post("/nats/guest-peer-token")
def guest_credentials() -> dict[str, Any]:
    """Answer as a hub without a tunnel service does."""
    raise plain(503, "This hub has no tunnel service")


@blueprint.put("/nats/encryption-key")
def keep_key() -> dict[str, str]:
    """Keep the space's public key."""
    user = required_user()
    run(User.update(**body(EncryptionKey)).where(User.id == user.id))
    return {"status": "ok"}


@blueprint.get("/nats/encryption-key/<username>")
def show_key(username: str) -> dict[str, Any]:
    """Show a space's public key to anybody."""
    user = first(User.select().where(User.username == username.lower()))
    if user is None:
        raise plain(404, "There is no such user")
    return {"encryption_public_key": user.encryption_public_key}
