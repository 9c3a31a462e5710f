"""What all schemas share: unknown fields are refused by name, faults come out as InvalidInput."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from ..errors import InvalidInput

WHOLE = "body"
MOST_MESSAGES = 100
_LONGEST_NAME = 100


class Strict(Schema):
    """A schema that refuses unknown fields; nested ones say so too, because it is not inherited."""

    class Meta:
        """Options that marshmallow reads."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012  (marshmallow's own attribute, of this type)
        "unknown": "There is no such field; correct its name or leave it out.",
        "type": "Must be a JSON object.",
    }


def load(schema: Schema, data: Any) -> Any:
    """Return what ``schema`` makes of ``data``: a dictionary of clean values, or the record it builds.

    Raises InvalidInput with the path and the messages of every field at fault.
    """
    try:
        return schema.load(data)
    except ValidationError as error:
        raise InvalidInput(flatten(error.messages)) from None


def under(path: str, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return ``errors`` of a part of a document as errors of the whole, which holds that part at ``path``."""
    return {path if field == WHOLE else f"{path}.{field}": texts for field, texts in errors.items()}


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages as lists by dotted path, such as ``policies.0.config.limit``.

    What is wrong with an object as a whole stands under the object's own path; at the top under ``body``. After a
    hundred messages the rest is left out.
    """
    flat: dict[str, list[str]] = {}
    for field, message in islice(_walk(messages, path), MOST_MESSAGES):
        flat.setdefault(field or WHOLE, []).append(message)
    return flat


def _walk(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _walk(inner, path if name == "_schema" else _join(path, str(name)))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from _walk(inner, path)
    else:
        yield path, str(messages)


def _join(path: str, name: str) -> str:
    """Add a name to a path; it may be anything that was sent, so it is cut and made printable."""
    shown = "".join(char if char.isprintable() else "�" for char in name[:_LONGEST_NAME])
    return f"{path}.{shown}" if path else shown
