"""``/metrics``: for Prometheus. With a token of scope ``read``, unless the operator has opened it to all."""

from flask import Blueprint, Response, request

from ..core.running.exposition import expose
from .auth import bearer
from .context import context

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer a scrape. Raises NotAllowed."""
    services = context().services
    if not services.settings.metrics_public:
        services.tokens.check(bearer(), "read")
    body, media_type = expose(services, request.headers.get("Accept", ""))
    return Response(body, content_type=media_type)
