"""``/maintenance``: announced times during which queries are told to come back later."""

from collections.abc import Sequence
from typing import Any

from ...core.records import MaintenanceWindow
from ...core.schemas import MaintenancePatchSchema, MaintenanceSchema, load_maintenance, maintenance_json
from ..incoming import PageQuery
from ..operation import Api, Asked
from .maintenance_shapes import MaintenancePage, MaintenanceShape
from .shapes import page_of

api = Api("maintenance", "Maintenance")


@api.operation("GET", "/maintenance", scope="read", gives=MaintenancePage, query=PageQuery)
def list_maintenance(asked: Asked) -> Any:
    """List the windows that are not over, the earliest first; of what recurs the one that holds or comes next."""
    return page_of(_shown(asked, asked.services.maintenance.coming()), asked.query)


@api.operation(
    "POST",
    "/maintenance",
    scope="publish",
    gives=MaintenanceShape,
    status=201,
    takes=MaintenanceSchema,
    problems=(404,),
)
def announce_maintenance(asked: Asked) -> Any:
    """Announce a window, of one endpoint or of all, once or recurring. Queries in it get a 503 that says how long."""
    services = asked.services
    window = services.maintenance.add(load_maintenance(asked.body, services.clock()))
    return _shown(asked, [window])[0]


@api.operation(
    "PATCH",
    "/maintenance/<uuid:window_id>",
    scope="publish",
    gives=MaintenanceShape,
    takes=MaintenancePatchSchema,
)
def edit_maintenance(asked: Asked, window_id: str) -> Any:
    """Change when it ends, and its note, also while it holds; if it recurs, from when on it does not."""
    return _shown(asked, [asked.services.maintenance.edit(window_id, asked.body)])[0]


@api.operation("DELETE", "/maintenance/<uuid:window_id>", scope="publish", gives=None, status=204)
def end_maintenance(asked: Asked, window_id: str) -> Any:
    """Take a window back, or end it now; if it recurs, all of them."""
    asked.services.maintenance.remove(window_id)


def _shown(asked: Asked, windows: Sequence[MaintenanceWindow]) -> list[dict[str, Any]]:
    store, now = asked.services.store, asked.services.clock()
    slugs = {
        endpoint.id: endpoint.slug
        for window in windows
        if window.endpoint_id and (endpoint := store.endpoints.by_id(window.endpoint_id))
    }
    return [maintenance_json(window, slugs, now) for window in windows]
