"""Loading what a request brings; whatever is wrong with it becomes one 422 in FastAPI's shape."""

import json
from typing import Any

from flask import request
from marshmallow import ValidationError

from .errors import listed
from .fields import NO_OBJECT, Base
from .problems import entries, entry

_GREATEST_ID = 2**63 - 1


def body(schema: type[Base]) -> dict[str, Any]:
    """Return the JSON body, loaded. Unknown keys at the top are dropped."""
    return _load(schema, _json(), "body")


def form(schema: type[Base]) -> dict[str, Any]:
    """Return the form-encoded body, loaded; a JSON body looks like an empty form."""
    sent = request.form.to_dict()
    try:
        return dict(schema().load(sent))
    except ValidationError as error:
        wrong = entries(error.messages, sent, "body")
        raise listed([{**one, "input": None} if one["type"] == "missing" else one for one in wrong]) from error


def query(schema: type[Base]) -> dict[str, Any]:
    """Return the query parameters, loaded."""
    return _load(schema, request.args.to_dict(), "query")


def path_id(text: str, name: str) -> int:
    """Return an id that stands in the path under ``name``."""
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise listed([entry("int_parsing", ["path", name], "This must be a whole number", text)])
    return min(int(text), _GREATEST_ID)


def _load(schema: type[Base], sent: Any, place: str) -> dict[str, Any]:
    try:
        return dict(schema().load(sent))
    except ValidationError as error:
        raise listed(entries(error.messages, sent, place)) from error


def _json() -> Any:
    text = request.get_data(as_text=False)
    if not text:
        raise listed([entry("missing", ["body"], "A body is needed", None)])
    if not (request.is_json or not request.mimetype):
        raise listed([entry(NO_OBJECT.kind, ["body"], str(NO_OBJECT), text.decode(errors="replace"))])
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        place = getattr(error, "pos", 0)
        raise listed([entry("json_invalid", ["body", place], "This is no JSON", {})]) from error


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
