"""What anybody may find: the public lists under ``/endpoints/…``. Only public, active listings are in them."""

from typing import Any

import peewee
from flask import Blueprint

from .catalogue import listings, of_type, searched
from .errors import no_endpoint
from .hub import current_hub, first, rows
from .incoming import query
from .models import EMPTY, Endpoint, User
from .query_schemas import Groups, OwnerPage, PublicPage, TrendingPage
from .render import address_of
from .render import public as record
from .sessions import optional_user

blueprint = Blueprint("public", __name__, url_prefix="/endpoints")
_SHOWN = (Endpoint.visibility == "public") & Endpoint.is_active


def discoverable() -> Any:
    """Return the select of everything that anybody may find."""
    return listings().where(_SHOWN)


@blueprint.get("/public")
def index() -> list[dict[str, Any]]:
    """List all, newest first, by type and by words in name, description, tags or owner."""
    page = query(PublicPage)
    found = of_type(discoverable(), page["endpoint_type"])
    if page["search"]:
        found = searched(found, page["search"], Endpoint.tags, User.username)
    return _page(found, page)


@blueprint.get("/guest-accessible")
def for_guests() -> list[dict[str, Any]]:
    """List those without any policy."""
    page = query(PublicPage)
    return _page(of_type(discoverable(), page["endpoint_type"]).where(Endpoint.policies == EMPTY), page)


@blueprint.get("/trending")
def trending() -> list[dict[str, Any]]:
    """List those with the most stars first."""
    page = query(TrendingPage)
    found = of_type(discoverable(), page["endpoint_type"]).where(Endpoint.stars_count >= page["min_stars"])
    return _page(found.order_by(Endpoint.stars_count.desc(), Endpoint.id), page)


@blueprint.get("/public/owners")
def owners() -> dict[str, Any]:
    """Count each owner's; one that is both model and data source counts as neither."""
    page = query(OwnerPage)
    found = _owners()
    shown = found[page["skip"] : page["skip"] + page["limit"]]
    return {"owners": shown, "total_count": len(found)}


@blueprint.get("/public/grouped")
def grouped() -> dict[str, Any]:
    """List each owner's newest."""
    most = query(Groups)["max_per_owner"]
    return {"groups": [_group(owner, most) for owner in _owners()]}


@blueprint.get("/public/by-owner/<username>")
def by_owner(username: str) -> list[dict[str, Any]]:
    """List one owner's; the name is compared letter by letter, and an unknown one has none."""
    return _page(discoverable().where(User.username == username), query(OwnerPage))


@blueprint.get("/public/<username>/<slug>")
def one(username: str, slug: str) -> dict[str, Any]:
    """Show one."""
    listing = first(discoverable().where(User.username == username.lower(), Endpoint.slug == slug))
    if listing is None:
        raise no_endpoint()
    return shown(listing)


def shown(listing: Endpoint) -> dict[str, Any]:
    """Return a listing's public record as the present viewer gets it."""
    viewer = optional_user()
    address = address_of(listing, satellites=current_hub().has_satellites)
    return record(listing, address, viewer.email if viewer else None)


def _page(found: Any, page: dict[str, Any]) -> list[dict[str, Any]]:
    return [shown(one) for one in rows(found.offset(page["skip"]).limit(page["limit"]))]


def _owners() -> list[dict[str, Any]]:
    count = peewee.fn.COUNT(Endpoint.id)
    columns = {
        "username": User.username,
        "endpoint_count": count,
        "model_count": count.filter(Endpoint.type == "model"),
        "data_source_count": count.filter(Endpoint.type == "data_source"),
    }
    named = [column.alias(name) for name, column in columns.items()]
    counted = Endpoint.select(*named).join(User).where(_SHOWN).group_by(User.id)
    return rows(counted.order_by(count.desc(), User.username).dicts())


def _group(owner: dict[str, Any], most: int) -> dict[str, Any]:
    name, total = owner["username"], owner["endpoint_count"]
    newest = rows(discoverable().where(User.username == name).limit(most))
    shown_ones = [shown(one) for one in newest]
    return {"owner_username": name, "endpoints": shown_ones, "total_count": total, "has_more": total > most}
