"""``/marketplaces``: added, tested, edited, disabled and removed by id."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from ...core.errors import InvalidInput, NotFound
from ...core.records import Marketplace, Remnant
from ...core.schemas import (
    MarketplacePatchSchema,
    MarketplaceSchema,
    Strict,
    load,
    load_marketplace,
    marketplace_json,
    remnant_json,
)
from ...core.schemas.fields import Flag
from ..incoming import PageQuery, Switch
from ..operation import Answer, Api, Asked
from .marketplace_shapes import MarketplacePage, MarketplaceShape, RemovalShape
from .shapes import page_of

REMOVAL_SECONDS = 10.0
"""How long a removal waits for its listings to be withdrawn."""

api = Api("marketplaces", "Marketplaces")


class TestQuery(Strict):
    """Whether the connection is tried."""

    test = Switch(default=True, metadata={"description": "Whether to try the connection before answering."})


class RemovalQuery(Strict):
    """What to do with listings that stand in the way; without either, they do."""

    unpublish = Switch(default=False, metadata={"description": "Withdraw them all first."})
    orphan = Switch(default=False, metadata={"description": "Leave them there; the answer names them."})


class _DisabledSchema(Strict):
    disabled = Flag(metadata={"description": "True stops all work for it; false takes it up again, and tests it."})


class MarketplaceChangeSchema(MarketplacePatchSchema, _DisabledSchema):
    """Some fields of a connection, and whether it is disabled."""


@api.operation("GET", "/marketplaces", scope="read", gives=MarketplacePage, query=PageQuery)
def list_marketplaces(asked: Asked) -> Any:
    """List marketplaces, oldest first."""
    services, counts = asked.services, asked.services.marketplaces.counts()
    items = [
        marketplace_json(item, counts.get(item.id, 0), services.pacer.standing(item))
        for item in services.marketplaces.all()
    ]
    return page_of(items, asked.query)


@api.operation(
    "POST",
    "/marketplaces",
    scope="admin",
    gives=MarketplaceShape,
    status=201,
    takes=MarketplaceSchema,
    query=TestQuery,
)
def add_marketplace(asked: Asked) -> Any:
    """Connect a marketplace. It is kept also when the connection fails, with status `error` and the reason."""
    draft = load_marketplace(asked.body, asked.services.plugins.marketplace_kinds)
    added = asked.services.marketplaces.add(draft, test=asked.query["test"])
    where = url_for("marketplaces.show_marketplace", marketplace_id=added.id)
    return Answer(_json(asked, added), 201, {"Location": where})


@api.operation("GET", "/marketplaces/<uuid:marketplace_id>", scope="read", gives=MarketplaceShape)
def show_marketplace(asked: Asked, marketplace_id: str) -> Any:
    """Show a marketplace."""
    return _json(asked, _held(asked, marketplace_id))


@api.operation(
    "PATCH",
    "/marketplaces/<uuid:marketplace_id>",
    scope="admin",
    gives=MarketplaceShape,
    takes=MarketplaceChangeSchema,
    query=TestQuery,
    problems=(409,),
)
def edit_marketplace(asked: Asked, marketplace_id: str) -> Any:
    """Change a marketplace; its address or account only while nothing is listed there."""
    marketplaces = asked.services.marketplaces
    edited = _held(asked, marketplace_id)
    body = asked.body
    switch = {name: body[name] for name in ("disabled",) if isinstance(body, dict) and name in body}
    disabled = load(_DisabledSchema(), switch).get("disabled")
    rest = {name: value for name, value in body.items() if name not in switch} if switch else body
    if rest or not switch:
        edited = marketplaces.edit(marketplace_id, rest, test=asked.query["test"])
    if disabled is not None and disabled != (edited.status == "disabled"):
        edited = (marketplaces.disable if disabled else marketplaces.enable)(marketplace_id)
    return _json(asked, edited)


@api.operation(
    "DELETE",
    "/marketplaces/<uuid:marketplace_id>",
    scope="admin",
    gives=None,
    status=204,
    query=RemovalQuery,
    problems=(409,),
    also={200: RemovalShape, 202: RemovalShape},
)
def remove_marketplace(asked: Asked, marketplace_id: str) -> Any:
    """Forget a marketplace; while endpoints are listed there only with `unpublish` or `orphan`.

    202 means that listings are still being withdrawn: it is forgotten when the last is. 200 names what was left behind.
    """
    marketplace, removal = _held(asked, marketplace_id), asked.services.removal
    if asked.query["unpublish"] and asked.query["orphan"]:
        raise InvalidInput({"orphan": ["Not together with `unpublish`."]})
    with asked.room.seat() as seated:
        seconds = REMOVAL_SECONDS if seated else 0
        if asked.query["unpublish"]:
            left = removal.unpublish(marketplace.id, seconds)
            return Answer(_removal(marketplace, "removing", left), 202, {}) if left else None
        if asked.query["orphan"]:
            return Answer(_removal(marketplace, "removed", removal.orphan(marketplace.id, seconds)), 200, {})
    return asked.services.marketplaces.remove(marketplace.id)


@api.operation("POST", "/marketplaces/<uuid:marketplace_id>/test", scope="admin", gives=MarketplaceShape)
def test_marketplace(asked: Asked, marketplace_id: str) -> Any:
    """Try the connection now; the status tells what came of it."""
    return _json(asked, asked.services.marketplaces.test(_held(asked, marketplace_id).id))


def _held(asked: Asked, marketplace_id: str) -> Marketplace:
    """Return the marketplace of that id; the core would take a name as well, and one may look like an id."""
    marketplace = asked.services.marketplaces.get(marketplace_id)
    if marketplace.id != marketplace_id:
        raise NotFound(f"There is no marketplace with the id {marketplace_id}.")
    return marketplace


def _json(asked: Asked, marketplace: Marketplace) -> dict[str, Any]:
    count = asked.services.marketplaces.counts().get(marketplace.id, 0)
    return marketplace_json(marketplace, count, asked.services.pacer.standing(marketplace))


def _removal(marketplace: Marketplace, status: str, left: Sequence[Remnant]) -> dict[str, Any]:
    return {
        "marketplace_id": marketplace.id,
        "marketplace_name": marketplace.name,
        "status": status,
        "listings": [remnant_json(one) for one in left],
    }
