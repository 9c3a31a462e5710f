"""One's own listings: ``/endpoints…``."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from .account_schemas import SatelliteChoice
from .catalogue import add, chosen_slug, contributors, delete, listings, searched, slugs_of, with_prepaid
from .errors import coded, crash, no_endpoint, plain
from .hub import Hub, current_hub, first, rows, run
from .incoming import body, path_id, query
from .models import Endpoint, User
from .query_schemas import OwnPage
from .render import address_of, whole
from .schemas import EndpointChange, NewEndpoint
from .serving import meant
from .sessions import required_user

blueprint = Blueprint("endpoints", __name__, url_prefix="/endpoints")
_NOTHING = ("", 204)


@blueprint.post("")
def create() -> tuple[dict[str, Any], int]:
    """List an endpoint. A taken slug is a plain 400."""
    user, sent = required_user(), body(NewEndpoint)
    hub = current_hub()
    chosen = query(SatelliteChoice)["satellite_id"] if hub.has_satellites else None
    with hub.database.write():
        taken = slugs_of(hub, user)
        slug = chosen_slug(sent, taken)
        if slug in taken:
            raise plain(400, "slug already exists - already taken")
        satellite = meant(hub, user, chosen) if hub.has_satellites else None
        if slug is None:
            raise crash()
        made = _insert(hub, user, satellite, {**sent, "slug": slug})
    return shown(first(listings().where(Endpoint.id == made))), 201


@blueprint.get("")
def index() -> list[dict[str, Any]]:
    """List one's own, switched-off ones too, newest first; there is no total."""
    user, page = required_user(), query(OwnPage)
    found = listings().where(Endpoint.user == user.id)
    if page["visibility"]:
        found = found.where(Endpoint.visibility == page["visibility"])
    if page["search"]:
        found = searched(found, page["search"], Endpoint.tags)
    return [shown(one) for one in rows(found.offset(page["skip"]).limit(page["limit"]))]


@blueprint.get("/<number>")
def show(number: str) -> dict[str, Any]:
    """Show an active listing: one's own, or somebody's public one."""
    user = required_user()
    listing = _active(Endpoint.id == path_id(number, "endpoint_id"))
    if listing.user_id != user.id and listing.visibility != "public":
        raise no_endpoint()
    return shown(listing)


@blueprint.patch("/<number>")
def change(number: str) -> dict[str, Any]:
    """Change part of a listing, by its id."""
    user = required_user()
    with current_hub().database.write():
        return _changed(_mine(user, path_id(number, "endpoint_id")))


@blueprint.patch("/slug/<slug>")
def change_by_slug(slug: str) -> dict[str, Any]:
    """Change part of a listing, by its slug."""
    user = required_user()
    with current_hub().database.write():
        return _changed(_by_slug(user, slug))


@blueprint.delete("/<number>")
def remove(number: str) -> ResponseReturnValue:
    """Delete a listing for good, by its id."""
    user, hub = required_user(), current_hub()
    with hub.database.write():
        delete(hub, Endpoint.id == _mine(user, path_id(number, "endpoint_id")).id)
    return _NOTHING


@blueprint.delete("/slug/<slug>")
def remove_by_slug(slug: str) -> ResponseReturnValue:
    """Delete a listing for good, by its slug."""
    user, hub = required_user(), current_hub()
    with hub.database.write():
        delete(hub, Endpoint.id == _by_slug(user, slug).id)
    return _NOTHING


@blueprint.get("/<slug>/exists")
def exists(slug: str) -> ResponseReturnValue:
    """Tell whether one has an *active* listing of that slug; a switched-off one answers false."""
    mine = Endpoint.select().where(Endpoint.user == required_user().id, Endpoint.slug == slug, Endpoint.is_active)
    return jsonify(first(mine) is not None)


@blueprint.patch("/<number>/admin")
def administer(number: str) -> ResponseReturnValue:
    """Refuse: this hub has no administrators."""
    required_user()
    path_id(number, "endpoint_id")
    raise coded(403, "PERMISSION_DENIED", "Only an administrator may do this")


def shown(listing: Endpoint) -> dict[str, Any]:
    """Return a listing's full record as the present viewer gets it."""
    return whole(listing, address_of(listing, satellites=current_hub().has_satellites), required_user().email)


def storable(value: Any) -> bool:
    """Tell whether the real hub's database could hold a value: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(one) for key, one in value.items())
    return all(map(storable, value)) if isinstance(value, list) else True


def _insert(hub: Hub, user: User, satellite: Any, fields: dict[str, Any]) -> int:
    if not storable(fields):
        raise plain(500, "Failed to create endpoint")
    if fields["archived"]:
        fields["visibility"] = "private"
    return add(hub, user, satellite, fields)


def _active(condition: Any) -> Any:
    listing = first(listings().where(condition, Endpoint.is_active))
    if listing is None:
        raise no_endpoint()
    return listing


def _mine(user: User, number: int) -> Any:
    listing = _active(Endpoint.id == number)
    if listing.user_id != user.id:
        raise plain(403, "Permission denied: this is somebody else's endpoint")
    return listing


def _by_slug(user: User, slug: str) -> Any:
    return _active((Endpoint.user == user.id) & (Endpoint.slug == slug))


def _changed(listing: Endpoint) -> dict[str, Any]:
    """Apply the body. ``updated_at`` does not move, and un-archiving brings no former visibility back."""
    sent = {name: value for name, value in body(EndpointChange).items() if value is not None}
    hub = current_hub()
    if not storable(sent):
        raise crash()
    if sent.pop("archived", False):
        sent["visibility"] = "private"
    if "policies" in sent:
        sent["tags"] = with_prepaid(sent.get("tags", listing.tags), sent["policies"])
    if "contributors" in sent:
        sent["contributors"] = contributors(hub, required_user(), sent["contributors"])
    if sent:
        run(Endpoint.update(**sent).where(Endpoint.id == listing.id))
    return shown(first(listings().where(Endpoint.id == listing.id)))
