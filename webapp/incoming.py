"""What a request brings: a JSON body and query parameters, read strictly."""

import json
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ..core.errors import InvalidInput
from ..core.schemas import Strict, load

_MOST_DIGITS = 9


class NoQuery(Strict):
    """For addresses that take no query parameter: each one is refused by name."""


class Whole(fields.Integer):
    """A whole number in decimal digits; what else Python would read as one is refused."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
            raise self.make_error("invalid")
        return int(value)


class Switch(fields.Boolean):
    """``true`` or ``false``."""

    def __init__(self, *, default: bool, **options: Any) -> None:
        super().__init__(truthy={"true"}, falsy={"false"}, load_default=default, **options)


class PageQuery(Strict):
    """Which page of a list."""

    page = Whole(1, 1_000_000, load_default=1, metadata={"description": "Counted from 1."})
    per_page = Whole(1, 200, load_default=50, metadata={"description": "How many on a page."})


def read_json(*, optional: bool = False) -> Any:
    """Return the body as JSON; None for an empty body where it is ``optional``.

    Raises UnsupportedMediaType when the body is not said to be JSON, BadRequest when it is not, and
    RequestEntityTooLarge. NaN and infinite numbers are not JSON.
    """
    body = request.get_data(cache=True)
    if optional and not body:
        return None
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        return json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}") from None


def read_query(schema: Schema) -> Any:
    """Return the query parameters as ``schema`` reads them; a list field takes a parameter several times.

    Raises InvalidInput, also for unknown parameters and for one that is given twice.
    """
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        if isinstance(schema.fields.get(name), fields.List):
            values[name] = given
        elif len(given) > 1:
            raise InvalidInput({name: ["Given more than once."]})
        else:
            values[name] = given[0]
    return load(schema, values)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number in JSON")
