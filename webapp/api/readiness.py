"""``/readyz``: whether this process can do its work."""

from typing import Any

from ...core.errors import TransientError
from ...core.running.readiness import reasons_against
from ...core.schemas import Strict
from ..operation import Api, Asked
from .shapes import text

readiness = Api("readiness", "Health", prefix=None)


class ReadyShape(Strict):
    """The space is ready."""

    status = text("ready")


@readiness.operation("GET", "/readyz", scope=None, gives=ReadyShape, problems=(503,))
def readyz(asked: Asked) -> Any:
    """Tell whether the database, its version and the secret key are as they should be; if not, 503 and why."""
    if reasons := reasons_against(asked.services.store):
        raise TransientError(
            " ".join(reasons), cause="configuration", remedy="See to it; the log of this process tells more."
        )
    return {"status": "ready"}
