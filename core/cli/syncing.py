"""Letting the listings follow a change at once: there may be no runner to do it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import SYNC_SECONDS
from .output import note

if TYPE_CHECKING:
    from ..records import Publication
    from ..services import Services


def let_follow(services: "Services", endpoint_ids: Sequence[str]) -> bool:
    """Sync the endpoints' listings that are due, for a short while, and tell what is not in step afterwards.

    Returns whether all of them are in step.
    """
    due = [row.id for row in _rows(services, endpoint_ids) if row.due_at is not None]
    if not due:
        return True
    services.worker.recover()
    services.worker.work(due, SYNC_SECONDS)
    names = {item.id: item.name for item in services.marketplaces.all()}
    left = [row for row in _rows(services, endpoint_ids) if row.id in due and (row.due_at or row.gave_up)]
    for row in left:
        why = f": {row.error.message} {row.error.remedy}" if row.error else "."
        state = "was given up" if row.gave_up else "is not in step yet; a runner goes on with it"
        note(f"The listing on {names.get(row.marketplace_id, row.marketplace_id)} {state}{why}")
    return not left


def _rows(services: "Services", endpoint_ids: Sequence[str]) -> "list[Publication]":
    with services.store.session():
        return services.store.publications.of_endpoints(list(endpoint_ids))
