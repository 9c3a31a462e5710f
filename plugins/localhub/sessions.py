"""Passwords, session tokens, and who is asking."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

import jwt
from flask import g, request
from werkzeug.security import check_password_hash, generate_password_hash

from .errors import Fault, plain
from .hub import Hub, current_hub, first, run
from .models import AccessToken, User
from .times import parse, stamp

TOKEN_PREFIX = "syft_pat_"  # noqa: S105 - how such a token begins, not one
_ANY_TOKEN = "syft_"  # noqa: S105
_USED_AGAIN_AFTER = timedelta(minutes=1)


def hashed(password: str) -> str:
    """Return a password's hash at the hub's cost."""
    return generate_password_hash(password, f"scrypt:{current_hub().settings.password_cost}:8:1")


def fits(user: User, password: str) -> bool:
    """Tell whether ``password`` is the account's."""
    return check_password_hash(user.password_hash, password)


def token_hash(token: str) -> str:
    """Return what is stored of a personal access token."""
    return sha256(token.encode()).hexdigest()


def session_tokens(user: User) -> dict[str, str]:
    """Return a fresh pair of tokens, as login and refresh answer them."""
    settings = current_hub().settings
    return {
        "access_token": _signed(user, "access", settings.access_seconds),
        "refresh_token": _signed(user, "refresh", settings.refresh_seconds),
        "token_type": "bearer",
    }


def _signed(user: User, kind: str, seconds: int) -> str:
    hub = current_hub()
    claims = {
        "sub": str(user.id),
        "username": user.username,
        "role": user.role,
        "exp": int(hub.now().timestamp()) + seconds,
        "type": kind,
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(claims, hub.keys.session_secret, algorithm="HS256")


def session_claims(token: str, kind: str) -> dict[str, Any] | None:
    """Return the claims of a session token of ``kind`` that holds at present, else None."""
    hub = current_hub()
    try:
        # The hub's clock may be a test's, so the expiry is compared here.
        claims = jwt.decode(token, hub.keys.session_secret, algorithms=["HS256"], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        return None
    fresh = claims.get("exp", 0) > hub.now().timestamp()
    return claims if fresh and claims.get("type") == kind and claims.get("jti") not in hub.logged_out else None


def user_of(claims: dict[str, Any] | None) -> Any:
    """Return the active account of a session, or None."""
    if claims is None:
        return None
    return first(User.select().where(User.id == int(claims["sub"]), User.is_active))


def end_session(hub: Hub, claims: dict[str, Any]) -> None:
    """Let an access token hold no longer; refresh tokens stay good, as on the real hub."""
    now = hub.now().timestamp()
    for old in [token for token, expiry in hub.logged_out.items() if expiry <= now]:
        hub.logged_out.pop(old, None)
    hub.logged_out[claims["jti"]] = claims["exp"]


def bearer() -> str:
    """Return the request's bearer token, or an empty text."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def required_user() -> Any:
    """Return the account that is asking. Raises a 401 that, for personal access tokens, says what is wrong."""
    if "user" not in g:
        g.user = _authenticated(bearer())
    return g.user


def optional_user() -> Any:
    """Return the account that is asking, or None if there is none or its token does not hold."""
    if "viewer" not in g:
        try:
            g.viewer = required_user()
        except Fault:
            g.viewer = None
    return g.viewer


def _authenticated(token: str) -> Any:
    if token.startswith(_ANY_TOKEN):
        return _token_owner(token)
    user = user_of(session_claims(token, "access"))
    if user is None:
        raise plain(401, "Sign in first: no token, or one that does not hold")
    return user


def _token_owner(token: str) -> Any:
    now = current_hub().now()
    kept = first(AccessToken.select(AccessToken, User).join(User).where(AccessToken.token_hash == token_hash(token)))
    if kept is None:
        raise plain(401, "Invalid API token")
    if not kept.is_active:
        raise plain(401, "API token has been revoked")
    if kept.expires_at and parse(kept.expires_at) <= now:
        raise plain(401, "API token has expired")
    if not kept.user.is_active:
        raise plain(401, "User account is inactive")
    if kept.last_used_at is None or parse(kept.last_used_at) + _USED_AGAIN_AFTER < now:
        used = {"last_used_at": stamp(now), "last_used_ip": request.remote_addr}
        run(AccessToken.update(**used).where(AccessToken.id == kept.id))
    return kept.user
