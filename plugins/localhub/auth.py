"""Accounts and sessions: ``/auth/…``."""

import ipaddress
import re
import secrets
from typing import Any

from flask import Blueprint, request

from .account_schemas import Code, EmailOnly, Login, PasswordChange, Refresh, Registration
from .errors import coded, plain
from .hub import current_hub, first, run
from .incoming import body, form
from .models import User
from .sessions import (
    bearer,
    end_session,
    fits,
    hashed,
    required_user,
    session_claims,
    session_tokens,
    user_of,
)

blueprint = Blueprint("auth", __name__, url_prefix="/auth")
Answer = tuple[dict[str, Any], int]
_NOTHING = ("", 204)
_LONGEST_NAME = 50


@blueprint.get("/config")
def config() -> dict[str, bool]:
    """Tell that this hub sends no e-mail."""
    return {"require_email_verification": False, "smtp_configured": False, "password_reset_enabled": False}


@blueprint.post("/register")
def register() -> Answer:
    """Make an account. A taken user name is no failure: another one is derived from the e-mail address."""
    _check_signup()
    sent = body(Registration)
    hub = current_hub()
    now, secret = hub.stamp(), hashed(sent["password"])
    with hub.database.write():
        if _taken(User.email == sent["email"]):
            raise coded(409, "USER_ALREADY_EXISTS", "This e-mail address has an account", field="email")
        fields = {**sent, "username": free_username(sent["username"], sent["email"]), "password_hash": secret}
        del fields["password"]
        made = run(User.insert(**fields, created_at=now, updated_at=now))
    user = first(User.select().where(User.id == made))
    return {"user": brief(user), **session_tokens(user), "requires_email_verification": False}, 201


@blueprint.post("/login")
def login() -> dict[str, Any]:
    """Open a session. The body is a form; the name may be the e-mail address."""
    sent = form(Login)
    name = sent["username"].lower()
    user = first(User.select().where((User.username == name) | (User.email == name)))
    if user is None or not fits(user, sent["password"]):
        raise plain(401, "Wrong user name or password")
    if not user.is_active:
        raise plain(401, "This account is switched off")
    run(User.update(last_login_at=current_hub().stamp()).where(User.id == user.id))
    return {"user": brief(user), **session_tokens(user)}


@blueprint.post("/refresh")
def refresh() -> dict[str, str]:
    """Give a fresh pair of tokens. The refresh token that was shown goes on being good."""
    user = user_of(session_claims(body(Refresh)["refresh_token"], "refresh"))
    if user is None:
        raise plain(401, "Invalid refresh token")
    return session_tokens(user)


@blueprint.post("/logout")
def logout() -> tuple[str, int]:
    """End the session of the access token shown; a personal access token is not revoked by it."""
    required_user()
    claims = session_claims(bearer(), "access")
    if claims is not None:
        end_session(current_hub(), claims)
    return _NOTHING


@blueprint.put("/me/password")
def change_password() -> tuple[str, int]:
    """Change the password of the account that is asking."""
    user, sent = required_user(), body(PasswordChange)
    if not fits(user, sent["current_password"]):
        raise plain(400, "The current password is not right")
    changed = {"password_hash": hashed(sent["new_password"]), "updated_at": current_hub().stamp()}
    run(User.update(**changed).where(User.id == user.id))
    return _NOTHING


@blueprint.post("/register/resend-otp")
@blueprint.post("/password-reset/request")
def send_code() -> dict[str, str]:
    """Answer as if a code were sent, whether or not there is such an account."""
    body(EmailOnly)
    return {"message": "If there is such an account, a code is on its way."}


@blueprint.post("/register/verify-otp")
@blueprint.post("/password-reset/confirm")
def take_code() -> Answer:
    """Refuse every code, since none was sent."""
    body(Code)
    raise coded(400, "INVALID_OTP", "No code is waiting for this address")


def brief(user: User) -> dict[str, Any]:
    """Return an account as login and registration show it."""
    names = ("id", "username", "email", "full_name", "role", "is_active", "created_at")
    return {name: getattr(user, name) for name in names}


def free_username(wanted: str, email: str) -> str:
    """Return ``wanted``, or a free name made from the e-mail address when it is taken."""
    stem = re.sub(r"[^a-z0-9_-]", "", email.partition("@")[0])[: _LONGEST_NAME - 8].ljust(3, "0")
    name = wanted
    while _taken(User.username == name):
        name, stem = stem, f"{stem[: _LONGEST_NAME - 8]}{secrets.randbelow(1000)}"
    return name


def _taken(condition: Any) -> bool:
    return first(User.select().where(condition)) is not None


def _check_signup() -> None:
    """Let only this machine make accounts. A forwarded request came from somewhere else."""
    local = ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - not bound to
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if not (current_hub().settings.open_signup and local) or forwarded:
        raise plain(403, "This hub takes new accounts only from its own machine")
