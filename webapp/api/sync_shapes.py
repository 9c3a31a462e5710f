"""What the API answers about plans and about listings of others."""

from typing import get_args

from marshmallow import fields

from ...core.records import SyncPolicy
from ...core.schemas import Strict
from ...core.syncing.plan import ActionKind
from .publishing_shapes import ErrorShape
from .shapes import count, flag, many, one, paged_shape, text, texts


class DriftShape(Strict):
    """One field that shows something else than what is wanted."""

    field = text()
    wanted = fields.Raw(required=True, allow_none=True)
    found = fields.Raw(required=True, allow_none=True)


class ActionShape(Strict):
    """One step of a plan; an orphan of ours belongs to no endpoint."""

    action = text(*(kind for kind in get_args(ActionKind) if kind != "keep"))
    endpoint_slug = text(null=True)
    slug = text()
    remote_id = text(null=True)
    orphan = flag()
    drift = many(DriftShape)


class PlanShape(Strict):
    """One marketplace's plan; without one, the error that is why. `marked` publications are due because of a sync."""

    marketplace_id = text(format="uuid")
    marketplace_name = text()
    sync_policy = text(*get_args(SyncPolicy))
    plan_id = text(null=True)
    changes = many(ActionShape)
    unchanged = count()
    unowned = count()
    blocked = texts(description="Endpoints whose slug another's listing has.")
    needs_confirmation = flag()
    marked = count()
    error = one(ErrorShape, null=True)


class PlansShape(Strict):
    """The plans of all marketplaces, or of the one that was asked for."""

    plans = many(PlanShape)


class UnownedShape(Strict):
    """A listing on our account that this space did not make; `made_by` is the installation id it carries."""

    remote_id = text()
    slug = text()
    name = text()
    url = text()
    made_by = text(null=True)
    ignored = flag()


UnownedPage = paged_shape("UnownedPage", UnownedShape)
