"""Satellite tokens: minting them, verifying them, and the keys to do it without asking."""

from typing import Any

from flask import Blueprint, Response, jsonify
from marshmallow import ValidationError

from .account_schemas import Audience, Destination, SatelliteVerify, Verify
from .errors import coded
from .hub import Hub, current_hub, first, rows
from .incoming import body, query
from .models import Satellite, User
from .origins import origin
from .satellite_jwt import mint, verify
from .serving import own
from .sessions import required_user

blueprint = Blueprint("satellite_tokens", __name__)
root = Blueprint("satellite_keys", __name__)
_GUEST = "guest"
_GUEST_EMAIL = "guest@syfthub.org"


@blueprint.get("/token")
def token() -> dict[str, Any]:
    """Vouch for the account that is asking."""
    user = required_user()
    return _minted(str(user.id), user.role)


@blueprint.get("/token/guest")
def guest_token() -> dict[str, Any]:
    """Vouch for nobody in particular."""
    return _minted(_GUEST, _GUEST)


@blueprint.get("/token/audiences")
def audiences() -> dict[str, Any]:
    """List the user names of all active accounts."""
    required_user()
    active = rows(User.select().where(User.is_active).order_by(User.username))
    return {"allowed_audiences": [user.username for user in active], "idp_configured": True}


@blueprint.post("/verify")
def check() -> dict[str, Any]:
    """Say who a token vouches for. The answer is 200 for bad tokens too, with the reason."""
    user, hub = required_user(), current_hub()
    sent = body(SatelliteVerify if hub.has_satellites else Verify)
    claims, wrong = verify(hub, sent["token"], _accepted(hub, user, sent.get("satellite_id")))
    return wrong or _known(claims)


@root.get("/.well-known/jwks.json")
def key_set() -> Response:
    """Show the public keys, at the root of the host."""
    response = jsonify(current_hub().keys.key_set)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _minted(subject: str, role: str) -> dict[str, Any]:
    hub = current_hub()
    audience = _destination(hub) if hub.has_satellites else _owner(query(Audience)["aud"]).username
    return {"target_token": mint(hub, subject, role, audience), "expires_in": hub.settings.satellite_seconds}


def _owner(name: str) -> Any:
    if not name:
        raise coded(400, "MISSING_AUDIENCE", "Say whom the token is for")
    user = first(User.select().where(User.username == name.lower()))
    if user is None:
        raise coded(404, "AUDIENCE_NOT_FOUND", "There is no such account", audience=name)
    if not user.is_active:
        raise coded(400, "AUDIENCE_INACTIVE", "This account is switched off", audience=name)
    return user


def _destination(hub: Hub) -> str:
    """Return the satellite the token is for: the one at the resource's origin or, the older way, the only one."""
    sent = query(Destination)
    if sent["owner_username"] and sent["resource"]:
        return _at(hub, _owner(sent["owner_username"]), sent["resource"])
    owner = _owner(sent["aud"])
    found = hub.database.rows(Satellite.select().where(Satellite.user == owner.id))
    if not found:
        raise coded(404, "AUDIENCE_NOT_FOUND", "This account runs no satellite", audience=sent["aud"])
    if len(found) > 1:
        message = "This account runs several satellites: send owner_username and resource"
        raise coded(422, "AMBIGUOUS_AUDIENCE", message, audience=sent["aud"], count=len(found))
    return str(found[0].id)


def _at(hub: Hub, owner: User, resource: str) -> str:
    try:
        address = origin(resource)
    except ValidationError:
        address = ""
    here = Satellite.select().where(Satellite.user == owner.id, Satellite.base_url == address)
    found = hub.database.first(here)
    if found is None:
        message = "No satellite of this account is registered at this address"
        raise coded(422, "UNREGISTERED_DESTINATION", message, destination=resource)
    return str(found.id)


def _accepted(hub: Hub, user: User, satellite_id: Any) -> list[str]:
    """Return the audiences an account may verify: its user name and, where there are any, its satellites."""
    if satellite_id is not None:
        return [own(hub, user, satellite_id).id]
    mine = Satellite.select().where(Satellite.user == user.id)
    return [user.username, *(one.id for one in hub.database.rows(mine))]


def _known(claims: dict[str, Any]) -> dict[str, Any]:
    shown = {name: claims[name] for name in ("sub", "role", "aud", "exp", "iat")}
    if claims["sub"] == _GUEST:
        return {"valid": True, **shown, "email": _GUEST_EMAIL, "username": _GUEST}
    if not str(claims["sub"]).isdigit():
        return _refused("invalid_user_id", "The token's subject is no account id")
    user = first(User.select().where(User.id == int(claims["sub"])))
    if user is None:
        return _refused("user_not_found", "The token's account is not there any more")
    if not user.is_active:
        return _refused("user_inactive", "The token's account is switched off")
    return {"valid": True, **shown, "email": user.email, "username": user.username}


def _refused(error: str, message: str) -> dict[str, Any]:
    return {"valid": False, "error": error, "message": message}
