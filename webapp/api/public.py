"""What anybody may ask: an endpoint's health in one word, and whether the space is up."""

from typing import Any

from ...core.errors import TransientError
from ...core.schemas import Strict
from ..operation import Api, Asked
from .shapes import text

health = Api("health", "Health", prefix=None)


class UpShape(Strict):
    """The space is up."""

    status = text("ok")


@health.operation("GET", "/health/<slug>", scope=None, gives=str)
def endpoint_health(asked: Asked, slug: str) -> Any:
    """Tell how a listed endpoint was last found, in one word."""
    endpoint = asked.services.feedback.open_to_all(slug)
    return asked.services.monitor.state(endpoint.id)


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
