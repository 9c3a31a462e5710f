"""``/endpoints/{slug}/health``: how an endpoint does, and how it did."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from ...core.health.reports import MOST_DAYS, MOST_HOURS
from ...core.schemas import Strict, health_json
from ..incoming import Whole
from ..operation import Api, Asked
from .health_shapes import HealthShape

api = Api("endpoint-health", "Health")


class HealthQuery(Strict):
    """Over which time the series goes."""

    hours = Whole(1, MOST_HOURS, metadata={"description": "The last hours, by the hour; 24 if nothing is asked for."})
    days = Whole(1, MOST_DAYS, metadata={"description": "The last days, by the day, today included."})

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if "hours" in data and "days" in data:
            raise ValidationError("Ask for hours or for days, not both.", "days")


@api.operation("GET", "/endpoints/<slug>/health", scope="read", gives=HealthShape, query=HealthQuery)
def show_health(asked: Asked, slug: str) -> Any:
    """Return an endpoint's state, last readings, uptime, latencies, a series over time and its incidents."""
    return health_json(asked.services.health_reports.report(slug, **asked.query))
