"""``/marketplace-kinds`` and ``/backend-kinds``: what the plugins offer."""

from dataclasses import asdict
from typing import Any

from ...core.records import MarketplaceKind
from ..incoming import PageQuery
from ..operation import Api, Asked
from .marketplace_shapes import BackendKindPage, MarketplaceKindPage
from .shapes import page_of

DEFAULT_KIND = "syfthub"
"""The kind that is offered first."""

api = Api("kinds", "Kinds")


@api.operation("GET", "/marketplace-kinds", scope="read", gives=MarketplaceKindPage, query=PageQuery)
def marketplace_kinds(asked: Asked) -> Any:
    """List the kinds of marketplace that can be added, the default choice first."""
    kinds = asked.services.plugins.marketplace_kinds.values()
    ordered = sorted(kinds, key=lambda kind: (kind.name != DEFAULT_KIND, kind.title))
    return page_of([_json(kind) for kind in ordered], asked.query)


@api.operation("GET", "/backend-kinds", scope="read", gives=BackendKindPage, query=PageQuery)
def backend_kinds(asked: Asked) -> Any:
    """List the kinds of dataset and model that can be configured."""
    kinds = asked.services.plugins.backend_kinds
    return page_of([asdict(kinds[name]) for name in sorted(kinds)], asked.query)


def _json(kind: MarketplaceKind) -> dict[str, Any]:
    shown = asdict(kind)
    shown["limits"]["reserved_slugs"] = sorted(kind.limits.reserved_slugs)
    return shown
