"""What anybody may ask: queries, an endpoint's health in one word, and whether the space is up."""

from typing import Any

from marshmallow import INCLUDE, Schema

from ...core.errors import MarketplaceUnavailable, NotFound, TransientError
from ...core.schemas import Strict
from ..operation import Api, Asked
from .shapes import text

queries = Api("queries", "Queries")
health = Api("health", "Health", prefix=None)


class QuerySchema(Schema):
    """A query; its form is the gateway's."""

    class Meta:
        """Options that marshmallow reads."""

        unknown = INCLUDE


class UpShape(Strict):
    """The space is up."""

    status = text("ok")


@queries.operation("POST", "/endpoints/<slug>/query", scope=None, gives=None, takes=QuerySchema, problems=(503,))
def query(asked: Asked, slug: str) -> Any:
    """Query an endpoint. This version answers no queries yet."""
    asked.services.endpoints.get(slug)
    raise MarketplaceUnavailable(
        "This space answers no queries yet: its gateway is not part of this version.",
        cause="not_supported",
        remedy="Ask the provider; queries are answered from a later version on.",
    )


@health.operation("GET", "/health/<slug>", scope=None, gives=str)
def endpoint_health(asked: Asked, slug: str) -> Any:
    """Tell how a listed endpoint was last found, in one word."""
    endpoint, publications = asked.services.publisher.publications(slug)
    if not any(row is not None and row.remote_id is not None for _, row in publications):
        raise NotFound(f"There is no endpoint {slug!r}.")
    reading = asked.services.monitor.reading(endpoint.id)
    return reading.state if reading else "unknown"


@health.operation("GET", "/healthz", scope=None, gives=UpShape, problems=(503,))
def healthz(asked: Asked) -> Any:
    """Tell that the space is up and reaches its database, and that its runner, if it has one, does not stall."""
    asked.services.spaces.current()
    if late := asked.services.watchdog.late():
        raise TransientError(
            f"The runner of this process is stalled: {', '.join(late)}.",
            cause="configuration",
            remedy="Restart this process; its log tells where it stalled.",
        )
    return {"status": "ok"}
