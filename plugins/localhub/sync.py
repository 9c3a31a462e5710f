"""``POST /endpoints/sync``: delete what the account owns and insert the list, or change nothing."""

from typing import Any

import peewee
from flask import Blueprint

from .catalogue import add, delete, listings
from .endpoints import shown, storable
from .errors import coded
from .hub import Hub, current_hub, rows
from .incoming import body
from .models import Endpoint, User
from .schemas import SatelliteSync, Sync
from .serving import meant
from .sessions import required_user
from .slugs import free, from_name

blueprint = Blueprint("sync", __name__, url_prefix="/endpoints/sync")


@blueprint.post("")
def sync() -> dict[str, Any]:
    """Replace one's listings; with satellites, those of one satellite and those without any.

    Ids, stars, uptime and health do not survive, and an empty list deletes all. ``archived`` is ignored.
    """
    user, hub = required_user(), current_hub()
    sent = body(SatelliteSync if hub.has_satellites else Sync)
    items = _with_slugs(sent["endpoints"])
    with hub.database.write():
        satellite = meant(hub, user, sent["satellite_id"]) if hub.has_satellites else None
        deleted = delete(hub, _replaced(hub, user, satellite))
        ids = _insert_all(hub, user, satellite, items)
    found = {one.id: shown(one) for one in rows(listings().where(Endpoint.id.in_(ids)))}
    return {"synced": len(ids), "deleted": deleted, "endpoints": [found[number] for number in ids]}


def _replaced(hub: Hub, user: User, satellite: Any) -> Any:
    mine = Endpoint.user == user.id
    if not hub.has_satellites:
        return mine
    unattached = Endpoint.satellite.is_null()
    return mine & (unattached | (Endpoint.satellite == satellite.row) if satellite else unattached)


def _with_slugs(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every item a slug. The batch is held against itself only; raises 400 for a slug asked for twice."""
    taken: set[str] = set()
    doubled = []
    for index, item in enumerate(items):
        slug = item["slug"] or from_name(item["name"], taken) or free("", taken)
        if slug in taken:
            error = f"The slug '{slug}' stands in the batch already"
            doubled.append({"index": index, "field": "slug", "error": error})
        taken.add(slug)
        item["slug"] = slug
    if doubled:
        raise coded(400, "VALIDATION_ERROR", f"{len(doubled)} items of the batch do not do", errors=doubled)
    return items


def _insert_all(hub: Hub, user: User, satellite: Any, items: list[dict[str, Any]]) -> list[int]:
    """Insert the items; a slug that a sibling satellite holds, or a text that cannot be stored, undoes it all."""
    try:
        if storable(items):
            return [add(hub, user, satellite, item) for item in items]
    except peewee.IntegrityError:
        raise _failed() from None
    raise _failed()


def _failed() -> Exception:
    return coded(500, "SYNC_FAILED", "The sync failed and nothing was changed")
