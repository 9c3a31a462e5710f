"""``/events``: who did what, newest first."""

from typing import Any

from ...core.records import Page
from ...core.schemas import event_json
from ...core.schemas.fields import Line, Moment
from ..incoming import PageQuery
from ..operation import Api, Asked
from .event_shapes import EventPage

api = Api("events", "Events")


class EndpointEventsQuery(PageQuery):
    """Which events of an endpoint."""

    action = Line(100, metadata={"description": "Such as `publication.failed`."})
    since = Moment(metadata={"description": "Leave out what is older; with a time zone, such as `Z`."})


class EventsQuery(EndpointEventsQuery):
    """Which events."""

    subject = Line(
        200,
        metadata={
            "description": "`endpoint`, `marketplace`, `publication`, `setting`, `token` or `space`; "
            "or the id or name of one."
        },
    )


@api.operation("GET", "/events", scope="admin", gives=EventPage, query=EventsQuery)
def list_events(asked: Asked) -> Any:
    """List what was done, by whom, newest first."""
    return _json(asked.services.trail.page(**asked.query))


@api.operation("GET", "/endpoints/<slug>/events", scope="read", gives=EventPage, query=EndpointEventsQuery)
def list_endpoint_events(asked: Asked, slug: str) -> Any:
    """List what was done to an endpoint and its publications, newest first."""
    return _json(asked.services.trail.page(**asked.query, endpoint=slug))


def _json(page: Page) -> dict[str, Any]:
    items = [event_json(event) for event in page.items]
    return {"items": items, "total": page.total, "page": page.page, "per_page": page.per_page}
