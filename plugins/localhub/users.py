"""Profiles: ``/users/…`` and ``/auth/me``."""

from typing import Any

from flask import Blueprint

from .account_schemas import Profile
from .errors import coded, plain
from .hub import Hub, current_hub, first, run
from .incoming import body
from .models import Satellite, User
from .serving import serve_from
from .sessions import required_user

blueprint = Blueprint("users", __name__)
_CLEARABLE = ("domain", "bio")
_IGNORED = ("wallet_address",)
_OWN = (
    "id",
    "username",
    "email",
    "full_name",
    "avatar_url",
    "role",
    "is_active",
    "created_at",
    "updated_at",
    "last_login_at",
    "aggregator_url",
    "bio",
    "is_email_public",
    "encryption_public_key",
)
_PUBLIC = ("username", "full_name", "avatar_url", "bio", "role", "is_email_public", "created_at")
_CONSTANT = {"auth_provider": "local", "is_email_verified": True, "wallet_address": None}


@blueprint.get("/auth/me")
@blueprint.get("/users/me")
def me() -> dict[str, Any]:
    """Show the account that is asking."""
    return _profile(required_user())


@blueprint.put("/users/me")
def change() -> dict[str, Any]:
    """Change part of the profile. Null clears the domain and the bio, and leaves the rest alone."""
    user, sent = required_user(), body(Profile)
    fields = {
        name: value
        for name, value in sent.items()
        if name not in _IGNORED and (value is not None or name in _CLEARABLE)
    }
    hub = current_hub()
    with hub.database.write():
        _check_free(user, fields)
        if hub.has_satellites and "domain" in fields:
            _move(hub, user, fields.pop("domain"))
        run(User.update(**fields, updated_at=hub.stamp()).where(User.id == user.id))
    return _profile(first(User.select().where(User.id == user.id)))


@blueprint.get("/users/public/<username>")
def public(username: str) -> dict[str, Any]:
    """Show an account to anybody; the e-mail address only if its owner wants that."""
    user = first(User.select().where(User.username == username.lower(), User.is_active))
    if user is None:
        raise plain(404, "User not found")
    shown = {name: getattr(user, name) for name in _PUBLIC}
    return {**shown, "email": user.email if user.is_email_public else None, "domain": domain_of(current_hub(), user)}


@blueprint.get("/users/check-username/<username>")
def check_username(username: str) -> dict[str, Any]:
    """Tell whether a user name is free. Its form is not looked at."""
    name = username.lower()
    return {"available": not _held(User.username == name), "username": name}


@blueprint.get("/users/check-email/<email>")
def check_email(email: str) -> dict[str, Any]:
    """Tell whether an e-mail address is free. Its form is not looked at."""
    return {"available": not _held(User.email == email.lower()), "email": email.lower()}


def domain_of(hub: Hub, user: User) -> str | None:
    """Return an account's address: its domain or, with satellites, the oldest space's."""
    if not hub.has_satellites:
        return user.domain
    spaces = Satellite.select().where(Satellite.user == user.id, Satellite.kind == "space")
    oldest = hub.database.first(spaces.order_by(Satellite.row))
    return oldest.base_url if oldest else None


def _profile(user: User) -> dict[str, Any]:
    shown = {name: getattr(user, name) for name in _OWN}
    return {**shown, **_CONSTANT, "domain": domain_of(current_hub(), user)}


def _check_free(user: User, fields: dict[str, Any]) -> None:
    for name, column in (("username", User.username), ("email", User.email)):
        wanted = fields.get(name)
        if wanted is not None and _held((column == wanted) & (User.id != user.id)):
            raise coded(409, "CONFLICT", f"This {name} is taken", resource="user", field=name)


def _held(condition: Any) -> bool:
    return first(User.select().where(condition)) is not None


def _move(hub: Hub, user: User, domain: str | None) -> None:
    """Move the account's only space to a new domain. Null does nothing: a satellite has an origin."""
    if domain is not None:
        serve_from(hub, user, domain, None)
