"""The satellite token itself: RS256, the hub's key id in its header, an audience, a short life, no name in it."""

from collections.abc import Collection
from typing import Any

import jwt
from jwt.types import Options

from .hub import Hub
from .keys import KEY_ID

# Expiry and audience are compared here: the clock may be a test's, and each failure has a name of its own.
_OPTIONS: Options = {
    "verify_exp": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_iat": False,
    "require": ["sub", "iss", "aud", "exp", "iat", "role"],
}


def mint(hub: Hub, subject: str, role: str, audience: str) -> str:
    """Return a token that vouches for ``subject`` towards ``audience``."""
    now = int(hub.now().timestamp())
    claims = {
        "sub": subject,
        "iss": hub.settings.issuer,
        "aud": audience,
        "iat": now,
        "exp": now + hub.settings.satellite_seconds,
        "role": role,
    }
    return jwt.encode(claims, hub.keys.signing_key, algorithm="RS256", headers={"kid": KEY_ID})


def verify(hub: Hub, token: str, audiences: Collection[str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return a token's claims and None or, for one that does not hold, nothing and the answer that says why."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError:
        return _refused("invalid_token_format", "This is no token")
    if kid is None:
        return _refused("missing_kid", "The token's header names no key")
    if kid != KEY_ID:
        return _refused("unknown_key", "The token names a key that this hub does not have")
    return _decoded(hub, token, audiences)


def _decoded(hub: Hub, token: str, audiences: Collection[str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    try:
        public = hub.keys.signing_key.public_key()
        claims = jwt.decode(token, public, algorithms=["RS256"], options=_OPTIONS)
    except jwt.InvalidSignatureError:
        return _refused("invalid_signature", "The token was not signed by this hub, or was changed since")
    except jwt.InvalidTokenError:
        return _refused("decode_error", "The token cannot be read")
    if claims["exp"] <= hub.now().timestamp():
        return _refused("token_expired", "The token's time is over")
    if claims["iss"] != hub.settings.issuer:
        return _refused("invalid_issuer", "The token was issued by another hub")
    if claims["aud"] not in audiences:
        return _refused("audience_mismatch", f"The token is for '{claims['aud']}', not for you")
    return claims, None


def _refused(error: str, message: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"valid": False, "error": error, "message": message}
