"""Satellites: ``/satellites…``, on hubs that have them."""

import uuid
from typing import Any

from flask import Blueprint

from .account_schemas import NewSatellite, SatelliteMove
from .catalogue import delete
from .errors import listed
from .hub import current_hub, rows, run
from .incoming import body
from .models import Endpoint, Satellite
from .problems import entry
from .serving import move, own, register
from .sessions import required_user

blueprint = Blueprint("satellites", __name__, url_prefix="/satellites")


@blueprint.get("")
def index() -> list[dict[str, Any]]:
    """List one's satellites of every kind, oldest first."""
    mine = Satellite.select().where(Satellite.user == required_user().id)
    return [shown(one) for one in rows(mine.order_by(Satellite.row))]


@blueprint.post("")
def create() -> tuple[dict[str, Any], int]:
    """Get or make the satellite at an origin; 201 either way."""
    user, sent = required_user(), body(NewSatellite)
    hub = current_hub()
    with hub.database.write():
        return shown(register(hub, user, sent["kind"], sent["base_url"])), 201


@blueprint.get("/<text>")
def show(text: str) -> dict[str, Any]:
    """Show one of one's satellites."""
    return shown(own(current_hub(), required_user(), _id(text)))


@blueprint.put("/<text>")
def change(text: str) -> dict[str, Any]:
    """Give a satellite another origin."""
    user, wanted = required_user(), _id(text)
    sent, hub = body(SatelliteMove), current_hub()
    with hub.database.write():
        return shown(move(hub, user, own(hub, user, wanted), sent["base_url"]))


@blueprint.delete("/<text>")
def remove(text: str) -> tuple[str, int]:
    """Delete a satellite and all its listings. Listings without a satellite stay."""
    user, wanted, hub = required_user(), _id(text), current_hub()
    with hub.database.write():
        satellite = own(hub, user, wanted)
        delete(hub, Endpoint.satellite == satellite.row)
        run(Satellite.delete().where(Satellite.row == satellite.row))
    return "", 204


def shown(satellite: Satellite) -> dict[str, Any]:
    """Return a satellite's record."""
    return {name: getattr(satellite, name) for name in ("id", "kind", "base_url", "last_seen_at", "created_at")}


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        place: list[str | int] = ["path", "satellite_id"]
        raise listed([entry("uuid_parsing", place, "This must be a UUID", text)]) from error
