"""What anybody may ask: an endpoint's health in one word, and whether the space is up."""

import logging
from typing import Any

from ...core.errors import TransientError
from ...core.schemas import Strict
from ..operation import Api, Asked
from .shapes import text

log = logging.getLogger(__name__)
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
    """Tell that the space is up and reaches its database, and that no runner of the space stalls."""
    try:
        asked.services.spaces.current()
        late = asked.services.runners.late()
    except Exception as error:
        log.exception("The database cannot be reached")
        raise TransientError(
            "The database cannot be reached.",
            cause="configuration",
            remedy="See to it; the log of this process tells more.",
        ) from error
    if late:
        raise TransientError(
            f"The runner is stalled: {', '.join(late)}.",
            cause="configuration",
            remedy="Restart the process that runs it; its log tells where it stalled.",
        )
    return {"status": "ok"}
