"""The operations of the API: each states its scope, what it takes and what it gives, in one place."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from ..core.actors import acting_as
from ..core.errors import NotFound
from ..core.records import ApiToken
from ..core.services import Services
from ..core.text import check_slug
from .auth import bearer
from .context import WaitingRoom, context
from .description import describe
from .idempotency import once
from .incoming import read_json, read_query
from .statement import Method, Statement

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be served: clean query parameters, and the body as it came (views load it)."""

    services: Services
    room: WaitingRoom
    token: ApiToken | None
    query: Mapping[str, Any]
    body: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back where its operation's own status does not do, or headers go with it."""

    body: Any
    status: int
    headers: Mapping[str, str]


class Api:
    """A blueprint made of stated operations. Views stay plain functions; ``prefix`` comes before their rules."""

    def __init__(self, name: str, title: str, prefix: str | None = "/api/v1") -> None:
        self.blueprint = APIBlueprint(name, __name__, url_prefix=prefix, tag=title)

    def operation(self, method: Method, rule: str, **stated: Any) -> Callable[[View], View]:
        """Add a view under ``rule``; ``stated`` are the fields of :class:`Statement`.

        The view is called with :class:`Asked` and the parts of the path, and returns JSON, an :class:`Answer`,
        or a whole response where it streams.
        """
        statement = Statement(**stated)

        def decorate(view: View) -> View:
            described = describe(self.blueprint, view, statement, has_path="<" in rule)
            self.blueprint.route(rule, methods=[method])(_serve(view, described, statement))
            return view

        return decorate


def _serve(view: View, described: View, stated: Statement) -> View:
    """Return what serves the requests; of ``described`` it takes the description, and never calls it.

    APIFlask would read the body before anybody has looked at the token, and fail on some that it cannot read.
    """

    @wraps(described)
    def serve(**_: Any) -> Response:
        asked = _ask(stated)
        with acting_as("token", asked.token.name) if asked.token else nullcontext():
            return answer(asked, _path(stated))

    def answer(asked: Asked, path: dict[str, Any]) -> Response:
        if not stated.idempotent or asked.token is None:
            return _respond(view(asked, **path), stated)
        body, headers = once(asked.services, asked.token, asked.body, lambda: view(asked, **path))
        return _respond(Answer(body, stated.status, headers), stated)

    return serve


def _ask(stated: Statement) -> Asked:
    here = context()
    token = here.services.tokens.check(bearer(), stated.scope) if stated.scope else None
    query = read_query(stated.query())
    body = read_json(optional=stated.body_optional) if stated.takes else None
    return Asked(here.services, here.room, token, query, body)


def _path(stated: Statement) -> dict[str, Any]:
    """Return the parts of the path; what can be no slug is no endpoint, and never reaches a database."""
    path = {name: value if name == "slug" else str(value) for name, value in (request.view_args or {}).items()}
    slug = path.get("slug")
    if slug is not None and not stated.any_slug and check_slug(slug):
        raise NotFound(f"There is no endpoint {slug!r}.", remedy="GET /api/v1/endpoints lists them all.")
    return path


def _respond(given: Any, stated: Statement) -> Response:
    if isinstance(given, Response):
        return given
    answer = given if isinstance(given, Answer) else Answer(given, stated.status, {})
    if answer.body is None:
        response = Response(status=answer.status)
        del response.headers["Content-Type"]
    elif stated.gives is str:
        response = Response(answer.body, answer.status, content_type="text/plain; charset=utf-8")
    else:
        response = jsonify(answer.body)
        response.status_code = answer.status
    response.headers.update(answer.headers)
    return response
