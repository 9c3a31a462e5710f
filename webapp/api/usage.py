"""``/usage``: how endpoints are used, as figures and as a CSV file."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from flask import Response

from ...core.schemas import Strict, hours_csv, usage_json
from ...core.schemas.fields import Line, Moment
from ...core.usage.spans import DEFAULT_DAYS, MOST_DAYS, UsageWish
from ..incoming import Whole
from ..operation import Api, Asked
from ..statement import Csv
from .usage_shapes import UsageShape

LINES_AT_ONCE = 500

api = Api("usage", "Usage")


class UsageQuery(Strict):
    """Which queries are meant."""

    days = Whole(
        1,
        MOST_DAYS,
        load_default=DEFAULT_DAYS,
        metadata={"description": "The last days, today included; not used with `since`."},
    )
    since = Moment(metadata={"description": "From when on; with a time zone. Whole hours or days are meant."})
    until = Moment(metadata={"description": "Until when; now, if it is left out."})
    marketplace = Line(200, metadata={"description": "The name or id of a marketplace; all, if it is left out."})


@api.operation("GET", "/usage", scope="read", gives=UsageShape, query=UsageQuery, problems=(404,))
def show_usage(asked: Asked) -> Any:
    """Return the figures of all endpoints together."""
    return usage_json(asked.services.usage_reports.report(UsageWish(**asked.query)))


@api.operation("GET", "/endpoints/<slug>/usage", scope="read", gives=UsageShape, query=UsageQuery)
def show_endpoint_usage(asked: Asked, slug: str) -> Any:
    """Return the figures of an endpoint."""
    return usage_json(asked.services.usage_reports.report(UsageWish(slug, **asked.query)))


@api.operation("GET", "/usage.csv", scope="read", gives=Csv, query=UsageQuery, problems=(404,))
def export_usage(asked: Asked) -> Any:
    """Return the hourly counts of all endpoints as a CSV file."""
    return _csv(asked, None, "usage.csv")


@api.operation("GET", "/endpoints/<slug>/usage.csv", scope="read", gives=Csv, query=UsageQuery)
def export_endpoint_usage(asked: Asked, slug: str) -> Any:
    """Return an endpoint's hourly counts as a CSV file."""
    return _csv(asked, slug, f"usage-{slug}.csv")


def _csv(asked: Asked, slug: str | None, name: str) -> Response:
    reports = asked.services.usage_reports
    rows = reports.rows(UsageWish(slug, **asked.query))
    lines = hours_csv(rows, reports.slugs(), reports.names())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_joined(lines), headers=headers, content_type="text/csv; charset=utf-8")


def _joined(lines: Iterable[str]) -> Iterator[str]:
    rest = iter(lines)
    while part := "".join(islice(rest, LINES_AT_ONCE)):
        yield part
