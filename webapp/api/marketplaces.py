"""``/marketplaces``: added, tested, edited, disabled and removed by id."""

from typing import Any

from flask import url_for

from ...core.errors import NotFound
from ...core.records import Marketplace
from ...core.schemas import (
    MarketplacePatchSchema,
    MarketplaceSchema,
    Strict,
    load,
    load_marketplace,
    marketplace_json,
)
from ...core.schemas.fields import Flag
from ..incoming import PageQuery, Switch
from ..operation import Answer, Api, Asked
from .marketplace_shapes import MarketplacePage, MarketplaceShape
from .shapes import page_of

api = Api("marketplaces", "Marketplaces")


class TestQuery(Strict):
    """Whether the connection is tried."""

    test = Switch(default=True, metadata={"description": "Whether to try the connection before answering."})


class _DisabledSchema(Strict):
    disabled = Flag(metadata={"description": "True stops all work for it; false takes it up again, and tests it."})


class MarketplaceChangeSchema(MarketplacePatchSchema, _DisabledSchema):
    """Some fields of a connection, and whether it is disabled."""


@api.operation("GET", "/marketplaces", scope="read", gives=MarketplacePage, query=PageQuery)
def list_marketplaces(asked: Asked) -> Any:
    """List marketplaces, oldest first."""
    counts = asked.services.marketplaces.counts()
    items = [marketplace_json(item, counts.get(item.id, 0)) for item in asked.services.marketplaces.all()]
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


@api.operation("DELETE", "/marketplaces/<uuid:marketplace_id>", scope="admin", gives=None, status=204, problems=(409,))
def remove_marketplace(asked: Asked, marketplace_id: str) -> Any:
    """Forget a marketplace; refused while endpoints are listed there."""
    asked.services.marketplaces.remove(_held(asked, marketplace_id).id)


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
    return marketplace_json(marketplace, asked.services.marketplaces.counts().get(marketplace.id, 0))
