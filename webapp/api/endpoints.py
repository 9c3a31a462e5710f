"""``/endpoints``: made, read, edited and deleted by slug."""

from typing import Any

from flask import url_for

from ...core.records import Endpoint
from ...core.schemas import EndpointPatchSchema, EndpointSchema, Strict, endpoint_json, load_endpoint, load_patch
from ..incoming import PageQuery, Switch
from ..operation import Answer, Api, Asked
from .endpoint_shapes import DeletionShape, EndpointPage, EndpointShape

WITHDRAWAL_SECONDS = 10.0
"""How long a deletion waits for its listings to be withdrawn."""

api = Api("endpoints", "Endpoints")


class UnpublishQuery(Strict):
    """What to do with listings that stand in the way."""

    unpublish = Switch(default=False, metadata={"description": "Withdraw the listings that stand in the way."})


@api.operation("GET", "/endpoints", scope="read", gives=EndpointPage, query=PageQuery)
def list_endpoints(asked: Asked) -> Any:
    """List endpoints, by slug."""
    page = asked.services.endpoints.page(**asked.query)
    items = [_json(asked, endpoint) for endpoint in page.items]
    return {"items": items, "total": page.total, "page": page.page, "per_page": page.per_page}


@api.operation("POST", "/endpoints", scope="publish", gives=EndpointShape, status=201, takes=EndpointSchema)
def create_endpoint(asked: Asked) -> Any:
    """Describe a new endpoint. Without a slug, one is proposed from its name."""
    plugins = asked.services.plugins
    draft = load_endpoint(asked.body, policy_types=plugins.policy_types, backend_kinds=plugins.backend_kinds)
    endpoint = asked.services.endpoints.create(draft)
    where = url_for("endpoints.show_endpoint", slug=endpoint.slug)
    return Answer(_json(asked, endpoint), 201, {"Location": where})


@api.operation("GET", "/endpoints/<slug>", scope="read", gives=EndpointShape)
def show_endpoint(asked: Asked, slug: str) -> Any:
    """Show an endpoint."""
    return _json(asked, asked.services.endpoints.get(slug))


@api.operation(
    "PATCH",
    "/endpoints/<slug>",
    scope="publish",
    gives=EndpointShape,
    takes=EndpointPatchSchema,
    query=UnpublishQuery,
    problems=(409,),
)
def edit_endpoint(asked: Asked, slug: str) -> Any:
    """Change an endpoint; its listings follow.

    Name, description, tags and policies are synced by themselves; slug, dataset, model and response type wait
    for the next publish.
    """
    plugins = asked.services.plugins
    patch = load_patch(asked.body, policy_types=plugins.policy_types, backend_kinds=plugins.backend_kinds)
    return _json(asked, asked.services.endpoints.edit(slug, patch, unpublish=asked.query["unpublish"]))


@api.operation(
    "DELETE",
    "/endpoints/<slug>",
    scope="publish",
    gives=None,
    status=204,
    query=UnpublishQuery,
    problems=(409,),
    also={202: DeletionShape},
)
def delete_endpoint(asked: Asked, slug: str) -> Any:
    """Delete an endpoint; a listed one only with `?unpublish=true`.

    202 means that listings are still being withdrawn; the slug stays taken until then.
    """
    with asked.room.seat() as seated:
        seconds = WITHDRAWAL_SECONDS if seated else 0
        gone = asked.services.publisher.delete(slug, unpublish=asked.query["unpublish"], wait=seconds)
    if gone:
        return None
    return Answer({"slug": slug, "status": "pending"}, 202, {})


def _json(asked: Asked, endpoint: Endpoint) -> dict[str, Any]:
    return endpoint_json(endpoint, asked.services.plugins.backend_kinds)
