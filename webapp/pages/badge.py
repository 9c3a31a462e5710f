"""``/badge/{slug}.svg``: an endpoint's health, uptime or latency as a small image, for pages elsewhere."""

from flask import Response
from marshmallow import fields, validate

from ...core.endpoints.endpoints import CHECK_SLUG
from ...core.errors import NotFound
from ...core.health.badge import Badge, draw, health_badge, latency_badge, uptime_badge
from ...core.health.uptime import SPANS
from ...core.schemas import Strict
from ...core.store import PublicEndpoint
from ...core.text import check_slug
from ..context import context
from ..incoming import read_query

FRESH_SECONDS = 60
"""For how long it may be kept on the way; image proxies ask again after that."""

_HEADERS = {
    "Cache-Control": f"public, max-age={FRESH_SECONDS}, s-maxage={FRESH_SECONDS}",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class BadgeQuery(Strict):
    """What the badge tells."""

    metric = fields.String(load_default="health", validate=validate.OneOf(["health", "uptime", "latency"]))
    span = fields.String(load_default="30d", validate=validate.OneOf(list(SPANS)))
    label = fields.String(load_default="")


def badge(slug: str) -> Response:
    """Return the badge of an endpoint that is listed somewhere, for everybody. Raises NotFound for any other."""
    query, endpoint = read_query(BadgeQuery()), _listed(slug)
    image = draw(_made(endpoint, query["metric"], query["span"]), query["label"])
    return Response(image, headers=_HEADERS, content_type="image/svg+xml; charset=utf-8")


def _listed(slug: str) -> PublicEndpoint:
    if not check_slug(slug) and (endpoint := context().services.store.public.endpoint(slug)):
        return endpoint
    raise NotFound(f"There is no endpoint {slug!r}.", remedy=CHECK_SLUG)


def _made(endpoint: PublicEndpoint, metric: str, span: str) -> Badge:
    services = context().services
    if metric == "health":
        return health_badge(services.health_book.now(endpoint.id).state)
    name, reports = f"{span[:-1]} {span[-1]}", services.health_reports
    if metric == "uptime":
        return uptime_badge(name, reports.uptimes(endpoint.id)[span])
    days = SPANS[span].days
    report = reports.report(endpoint.slug, days=days) if days > 1 else reports.report(endpoint.slug)
    return latency_badge(name, report.p50_ms)
