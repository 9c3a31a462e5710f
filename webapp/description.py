"""The API's description (OpenAPI 3.1), made from what the operations state."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint, APIFlask

from .idempotency import IdempotencyHeaders
from .incoming import NoQuery
from .problems import MEDIA_TYPE
from .statement import Csv, Shape, Statement

SPEC_PATH = "/api/v1/openapi.json"
_SCHEME, _ASKERS = "ApiToken", "MarketplaceToken"
_SCHEMES = {
    _SCHEME: {"type": "http", "scheme": "bearer", "description": "An API token (pub_…)."},
    _ASKERS: {"type": "http", "scheme": "bearer", "description": "What a marketplace minted for this space."},
}
_BODY_OPTIONAL = "x-body-optional"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "cause", "remedy"],
    "properties": {
        "type": {"type": "string", "description": "urn:publicist: and the cause."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened."},
        "cause": {"type": "string", "description": "A code to act on, such as slug_conflict or validation."},
        "remedy": {"type": "string", "description": "What to do."},
        "errors": {
            "type": "object",
            "description": "Messages by the path of the field at fault.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "additionalProperties": False,
}

View = Callable[..., Any]


def install(app: APIFlask) -> None:
    """Configure how the app describes itself."""
    app.config.update(
        AUTO_200_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_OPERATION_ID=True,
        # The description is kept after its first request, whose Host header must not end up in it.
        AUTO_SERVERS=False,
        SECURITY_SCHEMES=_SCHEMES,
    )
    app.spec_processor(_finish)


def describe(blueprint: APIBlueprint, view: View, stated: Statement, *, has_path: bool) -> View:
    """Return the view as APIFlask describes it; see the description, and call the view itself."""
    for schema, location in (
        (stated.takes, "json"),
        (stated.query if stated.query is not NoQuery else None, "query"),
        (IdempotencyHeaders if stated.idempotent else None, "headers"),
    ):
        if schema is not None:
            view = blueprint.input(schema, location=location, validation=False)(view)
    answers: dict[int, Any] = {status: _problem(status) for status in stated.all_problems(has_path=has_path)}
    answers[stated.status] = _answer(stated.status, stated.gives, streams=stated.streams)
    answers |= {status: _answer(status, shape) for status, shape in (stated.also or {}).items()}
    described: View = blueprint.doc(
        responses=dict(sorted(answers.items())),
        security=_security(stated),
        extensions={_BODY_OPTIONAL: True} if stated.body_optional else None,
    )(view)
    return described


def _security(stated: Statement) -> Any:
    if stated.askers:
        return [{_ASKERS: []}, {}]
    return _SCHEME if stated.scope else None


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}


def _answer(status: int, shape: Shape, *, streams: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if shape is str:
        told["content"] = {"text/plain": {"schema": {"type": "string"}}}
    elif shape is Csv:
        told["content"] = {"text/csv": {"schema": {"type": "string"}}}
    elif shape is not None:
        told["content"] = {"application/json": {"schema": shape}}
    if streams:
        told["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return told


def _finish(spec: dict[str, Any]) -> dict[str, Any]:
    """Add what APIFlask has no words for: the problem document, and that a body is required."""
    spec["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    spec["servers"] = [{"url": "/"}]
    for operations in spec["paths"].values():
        for operation in operations.values():
            optional = operation.pop(_BODY_OPTIONAL, False)
            if "requestBody" in operation:
                operation["requestBody"]["required"] = not optional
    return spec
