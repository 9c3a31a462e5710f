"""``/plan`` and ``/sync``, and the listings that this space did not make."""

from typing import Any

from ...core.schemas import (
    AdoptSchema,
    ListingSchema,
    Strict,
    SyncSchema,
    endpoint_json,
    load_adopt,
    load_listing,
    load_sync,
    plan_json,
    unowned_json,
)
from ...core.schemas.fields import Id
from ...core.syncing.reconciler import Reconciled
from ..incoming import PageQuery
from ..operation import Api, Asked
from .endpoint_shapes import EndpointShape
from .shapes import page_of
from .sync_shapes import PlansShape, UnownedPage

api = Api("sync", "Plan and sync")


class PlanQuery(Strict):
    """For which marketplace; without one, for all that are not disabled."""

    marketplace_id = Id(load_default=None, metadata={"description": "Only this one."})


@api.operation("GET", "/plan", scope="read", gives=PlansShape, query=PlanQuery, problems=(404, 409))
def show_plan(asked: Asked) -> Any:
    """Read the marketplaces and tell what a sync would do. Nothing is written anywhere."""
    return _plans(asked.services.reconciler.plan(asked.query["marketplace_id"]))


@api.operation(
    "POST", "/sync", scope="publish", gives=PlansShape, takes=SyncSchema, body_optional=True, problems=(404, 409)
)
def sync(asked: Asked) -> Any:
    """Read the marketplaces and make due what their plans say; workers do it. A stale plan is refused (409)."""
    wish = load_sync(asked.body)
    done = asked.services.reconciler.sync(wish.marketplace_id, plan_id=wish.plan_id, confirm=wish.confirm)
    asked.services.worker.run_due()
    return _plans(done)


@api.operation(
    "GET", "/marketplaces/<uuid:marketplace_id>/unowned", scope="read", gives=UnownedPage, query=PageQuery,
    problems=(502, 503),
)  # fmt: skip
def list_unowned(asked: Asked, marketplace_id: str) -> Any:
    """List what is on our account there that this space did not make; ignored listings too."""
    found = [unowned_json(item) for item in asked.services.adoption.unowned(marketplace_id)]
    return page_of(found, asked.query)


@api.operation(
    "POST", "/marketplaces/<uuid:marketplace_id>/adopt", scope="publish", gives=EndpointShape, takes=AdoptSchema,
    problems=(409, 502, 503),
)  # fmt: skip
def adopt(asked: Asked, marketplace_id: str) -> Any:
    """Take a listing up: it follows the named endpoint from now on, or a draft that is made from what it shows."""
    clean = load_adopt(asked.body)
    endpoint = asked.services.adoption.adopt(
        marketplace_id, clean["slug"], clean["remote_id"], clean.get("endpoint_slug")
    )
    return endpoint_json(endpoint, asked.services.plugins.backend_kinds)


@api.operation(
    "POST", "/marketplaces/<uuid:marketplace_id>/ignore", scope="publish", gives=None, status=204,
    takes=ListingSchema, problems=(502, 503),
)  # fmt: skip
def ignore(asked: Asked, marketplace_id: str) -> Any:
    """Mention a listing that this space did not make no more."""
    clean = load_listing(asked.body)
    asked.services.adoption.ignore(marketplace_id, clean["slug"], clean["remote_id"])


def _plans(found: list[Reconciled]) -> dict[str, Any]:
    return {
        "plans": [
            plan_json(one.marketplace, one.plan, one.error, one.slugs, waits=one.waits, marked=one.marked)
            for one in found
        ]
    }
