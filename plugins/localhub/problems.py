"""What is wrong with a request's fields, told as FastAPI tells it: ``{type, loc, msg, input}``.

marshmallow collects texts by field; a :class:`Problem` is such a text that also knows its type.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

_SCHEMA = "_schema"  # marshmallow's key for an error of the whole object


class Problem(str):
    """A text with the ``type`` by which a client tells problems apart."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, kind: str, text: str) -> Self:
        """Build a problem of ``kind`` that reads ``text``."""
        problem = super().__new__(cls, text)
        problem.kind = kind
        return problem

    def format(self, *args: object, **kwargs: object) -> "Problem":
        """Fill in the text and keep the type; marshmallow does this to every message."""
        return Problem(self.kind, super().format(*args, **kwargs))


def entry(kind: str, loc: list[str | int], text: str, given: Any) -> dict[str, Any]:
    """Return one entry of a 422 answer."""
    return {"type": kind, "loc": loc, "msg": text, "input": given}


def entries(messages: Any, raw: Any, place: str) -> list[dict[str, Any]]:
    """Return marshmallow's ``messages`` about the value ``raw`` as entries, in the order of the fields.

    ``place`` is ``body``, ``query`` or ``path``. Of one field only the first problem is told.
    """
    return list(_walk(messages, raw, [place], None))


def _walk(messages: Any, raw: Any, loc: list[str | int], holder: Any) -> Iterator[dict[str, Any]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            if key == _SCHEMA:
                yield from _walk(below, raw, loc, holder)
            else:
                yield from _walk(below, _item(raw, key), [*loc, key], raw)
        return
    problem = messages[0]
    kind = getattr(problem, "kind", "value_error")
    in_body = loc[0] == "body"
    yield entry(kind, loc, str(problem), (holder if in_body else None) if kind == "missing" else raw)


def _item(raw: Any, key: str | int) -> Any:
    try:
        return raw[key]
    except (KeyError, IndexError, TypeError):
        return None
