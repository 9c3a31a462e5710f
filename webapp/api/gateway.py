"""The gateway: queries from anybody, and the owner's own try before publishing."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Response, g, request

from ...core.queries.gateway import Caller
from ...core.queries.refusals import crowded
from ...core.records import QueryAnswer
from ...core.schemas import QuerySchema, load_query, query_answer_json
from ..auth import bearer
from ..context import context
from ..operation import Api, Asked
from .gateway_shapes import QueryAnswerShape
from .streaming import respond

CORRELATION = "X-Correlation-ID"
_SOUND = re.compile(r"[\x21-\x7e]{1,128}")
_RELAYED = ("include_metadata", "stop_sequences")
"""What SyftHub's aggregator sends and its clients, which call from the asker's own machine, leave out."""
_UNREADABLE = frozenset({400, 413, 415, 422})
"""The statuses of a body, or of query parameters, that cannot be read; a backend's own 422 comes after the reading."""

api = Api("queries", "Queries")


def _prepare() -> None:
    given = request.headers.get(CORRELATION, "")
    g.correlation_id = given if _SOUND.fullmatch(given) else str(uuid4())
    request.max_content_length = context().services.settings.query_max_bytes


def _carry(response: Response) -> Response:
    response.headers[CORRELATION] = g.correlation_id
    if response.status_code in _UNREADABLE and "was_read" not in g:
        _note_unreadable(response.status_code)
    return response


def _note_unreadable(status: int) -> None:
    """Count a query whose view could not be reached, or not read it; the owner's own are not counted."""
    if request.endpoint == f"{api.blueprint.name}.query" and request.view_args:
        caller = g.get("caller") or _caller(None)
        context().services.gateway.note_unreadable(request.view_args["slug"], caller, status)


api.blueprint.before_request(_prepare)
api.blueprint.after_request(_carry)


@api.operation(
    "POST",
    "/endpoints/<slug>/query",
    scope=None,
    gives=QueryAnswerShape,
    takes=QuerySchema,
    askers=True,
    streams=True,
    problems=(402, 429, 500, 502, 503, 504),
)
def query(asked: Asked, slug: str) -> Any:
    """Query an endpoint.

    The bearer token is one that a marketplace minted for this space; without it the asker is a guest. With
    `"stream": true` the answer comes as server-sent events.
    """
    g.caller = _caller(asked.body)
    asking = load_query(asked.body, g.correlation_id)
    g.was_read = True
    answer = partial(asked.services.gateway.answer, slug, asking, g.caller)
    return _answer(answer, stream=asking.query.stream, metadata=asking.include_metadata)


@api.operation(
    "POST",
    "/endpoints/<slug>/preview",
    scope="publish",
    gives=QueryAnswerShape,
    takes=QuerySchema,
    streams=True,
    problems=(502, 503),
)
def preview(asked: Asked, slug: str) -> Any:
    """Try a query as the owner: listed or not, past all policies, and uncounted."""
    asking = load_query(asked.body, g.correlation_id)
    with asked.room.seat() as seated:
        if not seated:
            raise crowded()
        answer = partial(asked.services.gateway.preview, slug, asking)
        return _answer(answer, stream=asking.query.stream, metadata=asking.include_metadata)


def _answer(answer: "partial[QueryAnswer]", *, stream: bool, metadata: bool) -> Any:
    return respond(answer, metadata=metadata) if stream else query_answer_json(answer(), metadata=metadata)


def _caller(body: Any) -> Caller:
    sent = body if isinstance(body, dict) else {}
    by_client = "user_email" in sent
    relayed = not by_client and (CORRELATION in request.headers or any(name in sent for name in _RELAYED))
    return Caller(
        token=bearer() or None,
        payment=request.headers.get("X-Payment") or None,
        address=request.remote_addr or "",
        relayed=relayed,
    )
