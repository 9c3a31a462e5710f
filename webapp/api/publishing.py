"""``/endpoints/{slug}/publish`` and everything around it."""

from dataclasses import asdict, replace
from typing import Any

from ...core.records import BackendHealth, Finding, Result
from ...core.schemas import (
    PublishSchema,
    Strict,
    Targets,
    UnpublishSchema,
    load_publish,
    load_unpublish,
    publication_json,
    result_json,
)
from ...core.schemas.fields import Id, Items
from ..operation import Api, Asked
from .publishing_shapes import (
    AvailabilityShape,
    CheckShape,
    PreflightShape,
    PublicationsShape,
    PublishShape,
    ResultsShape,
)

MOST_IDS = 100
api = Api("publishing", "Publishing")


class PreflightQuery(Strict):
    """For which marketplaces; without any, for all that are not disabled."""

    marketplace_id = Items(Id(), MOST_IDS, load_default=list, metadata={"description": "May be repeated."})


@api.operation(
    "POST", "/endpoints/<slug>/publish", scope="publish", gives=PublishShape, takes=PublishSchema, idempotent=True
)
def publish(asked: Asked, slug: str) -> Any:
    """Publish an endpoint on all marketplaces, or on those that are named.

    The answer is 200 whenever the request is sound; what failed stands in its marketplace's result. What is still
    being tried after `wait` seconds answers `pending` and goes on.
    """
    targets = load_publish(asked.body)
    if targets.dry_run:
        return _preview(asked, slug, targets)
    with asked.room.seat() as seated:
        results = asked.services.publisher.publish(slug, targets if seated else replace(targets, wait=0))
    return _results(slug, results)


@api.operation(
    "POST",
    "/endpoints/<slug>/unpublish",
    scope="publish",
    gives=ResultsShape,
    takes=UnpublishSchema,
    body_optional=True,
    idempotent=True,
)
def unpublish(asked: Asked, slug: str) -> Any:
    """Withdraw an endpoint's listings, everywhere (without a body) or where named."""
    targets = load_unpublish(asked.body)
    with asked.room.seat() as seated:
        results = asked.services.publisher.unpublish(slug, targets if seated else replace(targets, wait=0))
    return _results(slug, results)


@api.operation(
    "POST",
    "/endpoints/<slug>/republish",
    scope="publish",
    gives=ResultsShape,
    takes=UnpublishSchema,
    body_optional=True,
    idempotent=True,
)
def republish(asked: Asked, slug: str) -> Any:
    """List an endpoint anew where its slug, sides or response type have changed.

    Everywhere (without a body), or where named. A new slug must be known to be free. The old listing is withdrawn once
    the new one is confirmed; with the same slug it is withdrawn, then created.
    """
    targets = load_unpublish(asked.body)
    with asked.room.seat() as seated:
        results = asked.services.republisher.republish(slug, targets if seated else replace(targets, wait=0))
    return _results(slug, results)


@api.operation("GET", "/endpoints/<slug>/availability", scope="read", gives=AvailabilityShape, any_slug=True)
def availability(asked: Asked, slug: str) -> Any:
    """Tell whether a slug is free, here and on every marketplace. It need not be an endpoint's yet."""
    local, answers = asked.services.publisher.availability(slug)
    found = [
        {
            "marketplace_id": marketplace.id,
            "marketplace_name": marketplace.name,
            "available": answer.available,
            "reason": answer.reason,
        }
        for marketplace, answer in answers
    ]
    return {"slug": slug, "local_available": local, "marketplaces": found}


@api.operation("GET", "/endpoints/<slug>/preflight", scope="read", gives=PreflightShape, query=PreflightQuery)
def preflight(asked: Asked, slug: str) -> Any:
    """Tell what blocks publishing and what would be wiser; dataset and model are tried."""
    findings = asked.services.publisher.preflight(slug, asked.query["marketplace_id"])
    blocks = [asdict(one) for one in findings if one.level == "blocks"]
    advice = [asdict(one) for one in findings if one.level != "blocks"]
    return {"endpoint_slug": slug, "ready": not blocks, "blocks": blocks, "advice": advice}


@api.operation("GET", "/endpoints/<slug>/publications", scope="read", gives=PublicationsShape)
def publications(asked: Asked, slug: str) -> Any:
    """Show where the endpoint stands on every marketplace."""
    endpoint, found = asked.services.publisher.publications(slug)
    return {"endpoint_slug": slug, "publications": [publication_json(row, item, endpoint) for item, row in found]}


@api.operation("POST", "/endpoints/<slug>/check", scope="read", gives=CheckShape)
def check(asked: Asked, slug: str) -> Any:
    """Try the endpoint's dataset and model now."""
    endpoint = asked.services.endpoints.get(slug)
    health = asked.services.publisher.test_backends(endpoint)
    sides = {side: _side(health.get(side)) for side in ("dataset", "model")}
    return {"endpoint_slug": slug, "ok": bool(health) and all(said.ok for said in health.values()), **sides}


def _preview(asked: Asked, slug: str, targets: Targets) -> dict[str, Any]:
    preview = asked.services.publisher.preview(slug, targets)
    findings: list[Finding] = list(preview.findings)
    return {
        "endpoint_slug": slug,
        "dry_run": True,
        "findings": [asdict(one) for one in findings],
        "payloads": dict(preview.payloads),
    }


def _results(slug: str, results: list[Result]) -> dict[str, Any]:
    return {"endpoint_slug": slug, "results": [result_json(one) for one in results]}


def _side(said: BackendHealth | None) -> dict[str, Any] | None:
    return asdict(said) if said else None
