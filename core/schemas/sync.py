"""The bodies of *sync*, *adopt* and *ignore*, and plans as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import MarketplaceError
from ..records import Marketplace
from ..syncing.plan import Action, Plan, Unowned
from .base import Strict, load
from .fields import Flag, Id, Line, Slug

LONGEST_ID = 200


class SyncSchema(Strict):
    """What to sync: every marketplace, one, or one plan of one."""

    marketplace_id = Id(metadata={"description": "All that are not disabled if it is left out."})
    plan_id = Line(64, visible=True, metadata={"description": "Apply this plan only; refused when it is stale."})
    confirm = Flag(
        load_default=False, metadata={"description": "Agree to the plan although it exceeds the deletion cap."}
    )


class ListingSchema(Strict):
    """A listing that we did not make, by its slug and its id there."""

    slug = Line(LONGEST_ID, visible=True, required=True)
    remote_id = Line(LONGEST_ID, visible=True, required=True)


class AdoptSchema(ListingSchema):
    """A listing to take up, and the endpoint that it is to follow."""

    endpoint_slug = Slug(metadata={"description": "A draft is made from the listing if it is left out."})


@dataclass(frozen=True, slots=True)
class SyncWish:
    """A clean request for a sync."""

    marketplace_id: str | None = None
    plan_id: str | None = None
    confirm: bool = False


def load_sync(data: Any) -> SyncWish:
    """Return what to sync; no body (None) means everything. Raises InvalidInput."""
    return SyncWish(**load(SyncSchema(), {} if data is None else data))


def load_adopt(data: Any) -> Mapping[str, str]:
    """Return ``slug``, ``remote_id`` and perhaps ``endpoint_slug``. Raises InvalidInput."""
    clean: Mapping[str, str] = load(AdoptSchema(), data)
    return clean


def load_listing(data: Any) -> Mapping[str, str]:
    """Return ``slug`` and ``remote_id``. Raises InvalidInput."""
    clean: Mapping[str, str] = load(ListingSchema(), data)
    return clean


def plan_json(
    marketplace: Marketplace,
    plan: Plan | None,
    error: MarketplaceError | None,
    slugs: Mapping[str, str],
    *,
    waits: bool,
    marked: int,
) -> dict[str, Any]:
    """Return one marketplace's plan; without one, the error that is why. ``slugs`` are endpoints' by publication id."""
    return {
        "marketplace_id": marketplace.id,
        "marketplace_name": marketplace.name,
        "sync_policy": marketplace.sync_policy,
        "plan_id": plan.id if plan else None,
        "changes": [_action_json(action, slugs) for action in plan.changes] if plan else [],
        "unchanged": len(plan.actions) - len(plan.changes) if plan else 0,
        "unowned": len([item for item in plan.unowned if not item.ignored]) if plan else 0,
        "blocked": _blocked(plan, slugs) if plan else [],
        "needs_confirmation": waits,
        "marked": marked,
        "error": error and {"cause": error.cause_code, "message": error.message, "remedy": error.remedy},
    }


def unowned_json(item: Unowned) -> dict[str, Any]:
    """Return a listing that we did not make."""
    return {
        "remote_id": item.remote_id,
        "slug": item.slug,
        "name": item.name,
        "url": item.url,
        "made_by": item.installation_id,
        "ignored": item.ignored,
    }


def _action_json(action: Action, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "action": action.kind,
        "endpoint_slug": slugs.get(action.key),
        "slug": action.slug,
        "remote_id": action.remote_id or None,
        "orphan": action.is_orphan,
        "drift": [{"field": item.field, "wanted": item.wanted, "found": item.found} for item in action.drift],
    }


def _blocked(plan: Plan, slugs: Mapping[str, str]) -> Sequence[str]:
    return sorted(slugs[key] for key in plan.blocked if key in slugs)
