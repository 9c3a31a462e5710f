"""The hub's error answers: always ``{"detail": …}``, where the detail is a text, an object or a list.

No answer carries ``WWW-Authenticate``, ``Allow`` or ``Retry-After``: SyftHub drops an error's own headers, and
clients must cope with that.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, g, jsonify
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)


class Fault(Exception):
    """An error answer: HTTP status, and what stands under ``detail`` (with what may stand beside it)."""

    def __init__(self, status: int, detail: Any, **beside: Any) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.body = {"detail": detail, **beside}


def plain(status: int, sentence: str) -> Fault:
    """Return the first shape: a text."""
    return Fault(status, sentence)


def coded(status: int, code: str, message: str, **extras: Any) -> Fault:
    """Return the second shape: an object with a code, a message and what else the code brings."""
    return Fault(status, {"code": code, "message": message, **extras})


def listed(problems: Sequence[Mapping[str, Any]]) -> Fault:
    """Return the third shape: a 422 with one ``{type, loc, msg, input}`` for each thing that is wrong."""
    return Fault(422, list(problems))


def unstructured_404() -> Fault:
    """Return the answer to a path that no route serves."""
    return plain(404, "Not Found")


def crash() -> Fault:
    """Return the answer to an unhandled failure, which alone carries the correlation id in its body."""
    return Fault(500, "The hub failed on this request.", correlation_id=g.get("correlation_id", ""))


def no_endpoint() -> Fault:
    """Return the 404 of an endpoint that is not there, not active, or not the asker's to see."""
    return plain(404, "Endpoint not found")


def _answer(fault: Fault) -> Response:
    response = jsonify(fault.body)
    response.status_code = fault.status
    return response


def _http(error: HTTPException) -> Response:
    return _answer(plain(error.code or 500, error.name))


def _unhandled(error: Exception) -> Response:
    log.error("unhandled failure, correlation id %s", g.get("correlation_id", ""), exc_info=error)
    return _answer(crash())


def install(app: Flask) -> None:
    """Make ``app`` answer every failure in one of the three shapes."""
    app.register_error_handler(Fault, _answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unhandled)
