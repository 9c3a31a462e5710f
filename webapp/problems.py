"""Failures as their readers need them: problem documents (RFC 9457) for programs, small pages for people.

=====================  ======  =============================================
what was raised        status
=====================  ======  =============================================
InvalidInput           422     with ``errors``, messages by field
NotAllowed             401     403 when the token is good but lacks the scope
NotAuthenticated       401     with ``reason``
QueryRefused           its own 402, 403, 429, 5xx, with ``policy_metadata`` where a policy refused
NotFound               404
Conflict               409
TransientError         503     with ``Retry-After`` where a marketplace asked
other MarketplaceError 502
ConfigurationError     500
werkzeug's own         theirs  400, 404, 405, 413, 415, …
anything else          500     logged; nothing of it is told
=====================  ======  =============================================
"""

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from ..core.errors import (
    Conflict,
    InvalidInput,
    MarketplaceError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PublicistError,
    TransientError,
)
from ..core.queries.refusals import QueryRefused
from ..core.schemas import refusal_json

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_STATUSES: tuple[tuple[type[PublicistError], int], ...] = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Conflict, 409),
    (TransientError, 503),
    (MarketplaceError, 502),
)
_TOLD = {
    400: ("The request cannot be read.", "Correct the request, then send it again."),
    404: ("There is nothing at this address.", "Check the address; /api/v1/openapi.json lists all of them."),
    405: ("This address does not take this method.", "Use a method that the Allow header names."),
    413: ("The body is too large.", "Send less; the documentation of the API names the limit."),
    415: ("The body is not JSON.", "Send JSON, with `Content-Type: application/json`."),
}
_OTHERWISE = ("The request was not accepted.", "Correct the request, then send it again.")


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure, ready to be told. ``errors`` holds messages by field where there are any."""

    status: int
    cause: str
    detail: str
    remedy: str
    errors: Mapping[str, list[str]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase

    def as_json(self) -> dict[str, Any]:
        """Return the problem document."""
        document = {
            "type": f"urn:publicist:{self.cause}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "cause": self.cause,
            "remedy": self.remedy,
        }
        told = {} if self.errors is None else {"errors": dict(self.errors)}
        return {**document, **told, **self.more}


def install(app: Flask) -> None:
    """Answer every failure of the app."""
    app.register_error_handler(PublicistError, lambda error: respond(of_error(error)))
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_surprise)


def respond(problem: Problem) -> Response:
    """Return the problem as a page for a page's address, else as a problem document."""
    if _is_for_people():
        page = render_template("error.html", problem=problem)
        return Response(page, problem.status, dict(problem.headers), content_type="text/html; charset=utf-8")
    body = json.dumps(problem.as_json(), ensure_ascii=False)
    return Response(body, problem.status, dict(problem.headers), content_type=MEDIA_TYPE)


def of_error(error: PublicistError) -> Problem:
    """Return the problem that an error of the core amounts to."""
    return Problem(
        status=_status(error),
        cause=error.cause_code,
        detail=error.message,
        remedy=error.remedy,
        errors=error.errors if isinstance(error, InvalidInput) else None,
        headers=_headers(error),
        more=_more(error),
    )


def _status(error: PublicistError) -> int:
    if isinstance(error, NotAllowed):
        return 403 if error.authenticated else 401
    if isinstance(error, QueryRefused | NotAuthenticated):
        return error.status
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def _headers(error: PublicistError) -> dict[str, str]:
    if isinstance(error, NotAuthenticated) or (isinstance(error, NotAllowed) and not error.authenticated):
        return {"WWW-Authenticate": 'Bearer realm="publicist"'}
    if isinstance(error, QueryRefused) and error.status == HTTPStatus.PAYMENT_REQUIRED:
        return {"WWW-Authenticate": _payment(error)}
    if isinstance(error, TransientError | QueryRefused) and error.retry_after is not None:
        return {"Retry-After": str(math.ceil(error.retry_after))}
    return {}


def _payment(error: QueryRefused) -> str:
    """Return the challenge that tells what is owed, for whoever pays for the asker."""
    owed = error.decision
    if owed is None or owed.owed is None:
        return 'Payment realm="publicist"'
    return f'Payment realm="publicist", amount="{owed.owed:f}", currency="{owed.currency}"'


def _more(error: PublicistError) -> dict[str, Any]:
    if isinstance(error, NotAuthenticated):
        return {"reason": error.reason}
    decision = error.decision if isinstance(error, QueryRefused) else None
    if decision is None:
        return {}
    owed = {} if decision.owed is None else {"owed": f"{decision.owed:f}", "currency": decision.currency}
    return {"policy_metadata": refusal_json(decision), **owed}


def _on_http_error(error: HTTPException) -> Response | AnyResponse:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    detail, remedy = _TOLD.get(status, _OTHERWISE)
    if error.description and error.description != type(error).description:
        detail = error.description
    cause = "not_found" if status == HTTPStatus.NOT_FOUND else "validation"
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return respond(Problem(status, cause, detail, remedy, headers=headers))


def _on_surprise(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    detail = "Something went wrong inside publicist; the log of the server tells what."
    return respond(Problem(500, "internal", detail, "Try again; if it stays, look at the server's log."))


def _is_for_people() -> bool:
    return not request.path.startswith(("/api/", "/health", "/readyz", "/metrics", "/badge/"))
