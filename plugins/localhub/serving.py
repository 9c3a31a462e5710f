"""Which satellite a write means. One rule for create, sync, health and the profile's domain; it counts spaces only.

=========================  =======================================
an id was sent             the caller's satellite of that id, else 404
no id, one space           that one, whatever URL is reported
no id, two spaces or more  422 with a ``count``
no id, no space            none; a health report or a domain registers one
=========================  =======================================

All functions run inside the caller's write.
"""

import uuid
from typing import Any

from marshmallow import ValidationError

from .errors import coded, listed
from .hub import Hub
from .models import Satellite, User
from .origins import origin
from .problems import entry


def own(hub: Hub, user: User, satellite_id: uuid.UUID) -> Any:
    """Return the caller's satellite of that id. Somebody else's looks like a missing one: 404."""
    mine = Satellite.select().where(Satellite.user == user.id, Satellite.id == str(satellite_id))
    found = hub.database.first(mine)
    if found is None:
        raise coded(404, "NOT_FOUND", "There is no such satellite", resource="satellite")
    return found


def meant(hub: Hub, user: User, satellite_id: uuid.UUID | None) -> Any:
    """Return the satellite that a write means, or None when the account has no space."""
    if satellite_id is not None:
        return own(hub, user, satellite_id)
    spaces = hub.database.rows(_of(user).where(Satellite.kind == "space"))
    if len(spaces) > 1:
        message = "The account runs several spaces: say which one by its satellite_id"
        raise coded(422, "AMBIGUOUS_SATELLITE", message, count=len(spaces))
    return spaces[0] if spaces else None


def serve_from(hub: Hub, user: User, url: str, satellite_id: uuid.UUID | None) -> Any:
    """Make the satellite that is meant serve from ``url``: register it, move it, or find it there already."""
    base_url = _origin(url)
    satellite = meant(hub, user, satellite_id)
    if satellite is None:
        return register(hub, user, "space", base_url)
    return move(hub, user, satellite, base_url)


def register(hub: Hub, user: User, kind: str, base_url: str) -> Any:
    """Return the account's satellite at that origin, made if need be. Raises 409 if it is of the other kind."""
    found = hub.database.first(_of(user).where(Satellite.base_url == base_url))
    if found is not None and found.kind != kind:
        message = f"This origin is registered as a {found.kind}"
        raise coded(409, "SATELLITE_KIND_MISMATCH", message, expected=kind, actual=found.kind)
    if found is None:
        new = {"id": str(uuid.uuid4()), "kind": kind, "base_url": base_url, "created_at": hub.stamp()}
        hub.database.run(Satellite.insert(user=user.id, **new))
        found = own(hub, user, uuid.UUID(new["id"]))
    return found


def move(hub: Hub, user: User, satellite: Satellite, base_url: str) -> Any:
    """Give a satellite another origin; its listings stay attached. Raises 409 if a sibling holds that origin."""
    held = hub.database.first(_of(user).where(Satellite.base_url == base_url, Satellite.row != satellite.row))
    if held is not None:
        message = "Another satellite of this account has this origin"
        raise coded(409, "CONFLICT", message, resource="satellite", field="base_url")
    hub.database.run(Satellite.update(base_url=base_url).where(Satellite.row == satellite.row))
    return own(hub, user, uuid.UUID(satellite.id))


def _of(user: User) -> Any:
    return Satellite.select().where(Satellite.user == user.id).order_by(Satellite.row)


def _origin(url: str) -> str:
    try:
        return origin(url)
    except ValidationError as error:
        raise listed([entry("value_error", ["body", "url"], str(error.messages[0]), url)]) from error
