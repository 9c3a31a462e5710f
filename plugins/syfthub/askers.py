"""Who asks: whose tokens the hub mints for this space, the keys it signs them with, and whom one belongs to.

Nowhere does the hub say which issuer its tokens name (it need not be its own address). So it is asked for one, from
ourselves to ourselves, and the token is read and thrown away.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.http import Client
from ...core.records import Asker, TokenIssuer
from .answers import failure
from .dialect import dialect
from .hub import Hub
from .notes import AUDIENCE

KEYS = "/.well-known/jwks.json"
GUEST = "guest"
_BROKEN = frozenset({"verification_error"})
"""What the hub says of itself where it should say something of the token."""


def issuer(hub: Hub, http: Client) -> TokenIssuer:
    """Return the hub's issuer and keys; the audience is our user name or, where the hub has them, our satellite."""
    name, audience = _own_names(hub)
    hub.notes.write(AUDIENCE, id=audience)
    return TokenIssuer(name, (audience,), _keys(http, hub.root))


def verify(hub: Hub, token: str) -> Asker | None:
    """Return whom the hub says a token for this space belongs to, or None when it does not vouch for it.

    With satellites the hub takes a token for any space of the account, unless it is told which: it always is.
    """
    sent: dict[str, Any] = {"token": token}
    if dialect(hub) == "satellites":
        sent["satellite_id"] = hub.notes.read(AUDIENCE).get("id") or _own_names(hub)[1]
    answer = hub.send("POST", "/verify", json=sent, safe=True)
    if not answer.ok:
        raise failure(answer, "say who asks")
    said = answer.json()
    if not isinstance(said, dict) or not isinstance(said.get("valid"), bool) or said.get("error") in _BROKEN:
        raise MarketplaceUnavailable("The hub does not say whether the token is good.")
    return _asker(hub, said) if said["valid"] else None


def _own_names(hub: Hub) -> tuple[str, str]:
    """Return the issuer and the audience of a token that the hub mints for this space."""
    username, has_satellites = hub.username(), dialect(hub, fresh=True) == "satellites"
    place = {"owner_username": username, "resource": hub.own} if has_satellites else {"aud": username}
    said = hub.ask("GET", "/token", "show whose name its tokens bear", params=place)
    claims = _claims(said.get("target_token") if isinstance(said, dict) else None)
    name, audience = claims.get("iss"), claims.get("aud")
    if not (isinstance(name, str) and isinstance(audience, str) and name and audience):
        raise MarketplaceUnavailable("The hub's token for this space names no issuer or no audience.")
    if (audience.casefold() == username.casefold()) == has_satellites:
        raise MarketplaceUnavailable("The hub's token for this space is not meant for this space.")
    return name, audience


def _claims(token: Any) -> Mapping[str, Any]:
    """Return what a token says. The hub itself has just sent it, so its signature would prove nothing more."""
    import jwt  # it takes long to read in, and most commands meet no token

    try:
        return jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise MarketplaceUnavailable("The hub's token for this space cannot be read.") from error


def _keys(http: Client, root: str) -> Mapping[str, Any]:
    answer = http.get(f"{root}{KEYS}", absolute=True)
    if not answer.ok:
        raise failure(answer, "show the keys that it signs tokens with")
    keys = answer.json()
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise MarketplaceUnavailable("What the hub shows as its keys is no key set.")
    return keys


def _asker(hub: Hub, said: Mapping[str, Any]) -> Asker:
    subject, role = str(said.get("sub") or ""), str(said.get("role") or "")
    ends = said.get("exp")
    return Asker(
        marketplace_id=hub.marketplace.id,
        marketplace_name=hub.marketplace.name,
        subject=subject,
        email=str(said.get("email") or "").casefold(),
        username=str(said.get("username") or ""),
        role=role,
        guest=GUEST in (subject, role),
        expires_at=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None,
    )
