"""Personal access tokens: ``/auth/tokens…``. Their scopes are kept but, as on the real hub, never enforced."""

import secrets
from typing import Any

from flask import Blueprint, request

from .account_schemas import NewToken, TokenName
from .errors import listed, plain
from .hub import current_hub, first, rows, run
from .incoming import body, path_id, query
from .models import AccessToken
from .problems import entry
from .query_schemas import TokenPage
from .sessions import TOKEN_PREFIX, required_user, token_hash
from .times import stamp

blueprint = Blueprint("tokens", __name__, url_prefix="/auth/tokens")
MOST_TOKENS = 50
_SHOWN = 16
_FIELDS = (
    "id",
    "name",
    "token_prefix",
    "scopes",
    "expires_at",
    "last_used_at",
    "last_used_ip",
    "is_active",
    "created_at",
    "updated_at",
)


@blueprint.post("")
def create() -> tuple[dict[str, Any], int]:
    """Make a token; the answer is the only one that holds it."""
    user, sent = required_user(), body(NewToken)
    _check(sent)
    hub = current_hub()
    token, now = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}", hub.stamp()
    values = {**sent, "expires_at": sent["expires_at"] and stamp(sent["expires_at"])}
    with hub.database.write():
        active = AccessToken.select().where(AccessToken.user == user.id, AccessToken.is_active)
        if hub.database.count(active) >= MOST_TOKENS:
            raise plain(400, f"An account has at most {MOST_TOKENS} active API tokens")
        shown = {"token_hash": token_hash(token), "token_prefix": token[:_SHOWN]}
        made = run(AccessToken.insert(user=user.id, **values, **shown, created_at=now, updated_at=now))
    return {**_shown(_own(made)), "token": token}, 201


@blueprint.get("")
def index() -> dict[str, Any]:
    """List one's tokens, newest first."""
    user, page = required_user(), query(TokenPage)
    found = AccessToken.select().where(AccessToken.user == user.id).order_by(AccessToken.id.desc())
    if not page["include_inactive"]:
        found = found.where(AccessToken.is_active)
    total = current_hub().database.count(found)
    return {"tokens": [_shown(one) for one in rows(found.offset(page["skip"]).limit(page["limit"]))], "total": total}


@blueprint.route("/<number>", methods=["GET", "PATCH", "DELETE"])
def one(number: str) -> Any:
    """Show a token, rename it, or revoke it. A revoked one stays, switched off."""
    required_user()
    token = _own(path_id(number, "token_id"))
    if request.method == "GET":
        return _shown(token)
    change = {"is_active": False} if request.method == "DELETE" else body(TokenName)
    changed = AccessToken.update(**change, updated_at=current_hub().stamp())
    run(changed.where(AccessToken.id == token.id))
    return ("", 204) if request.method == "DELETE" else _shown(_own(token.id))


def _check(sent: dict[str, Any]) -> None:
    expiry = sent["expires_at"]
    given = request.get_json(force=True)
    if not sent["scopes"]:
        raise listed([entry("value_error", ["body", "scopes"], "At least one scope is needed", given["scopes"])])
    if expiry is not None and expiry <= current_hub().now():
        text = "The expiry must lie in the future"
        raise listed([entry("value_error", ["body", "expires_at"], text, given["expires_at"])])


def _own(number: int) -> Any:
    mine = AccessToken.user == required_user().id
    token = first(AccessToken.select().where(mine, AccessToken.id == number))
    if token is None:
        raise plain(404, "API token not found")
    return token


def _shown(token: AccessToken) -> dict[str, Any]:
    return {name: getattr(token, name) for name in _FIELDS}
