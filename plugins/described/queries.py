"""JMESPath expressions: how answers are read. A bounded part of the language, and a few functions for texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import jmespath
from jmespath import exceptions, functions
from jmespath.visitor import Options

MAX_LENGTH = 1_000
MAX_NODES = 150
MAX_RESULT = 200_000
"""How many values the result of an expression may hold, those counted that it holds more than once."""

MAX_TEXT = 1_000_000
KEPT = (
    "abs", "ceil", "contains", "ends_with", "floor", "join", "keys", "length", "map", "max", "merge", "min",
    "not_null", "reverse", "sort", "sort_by", "starts_with", "sum", "to_array", "to_number", "type", "values",
)  # fmt: skip
"""The standard functions that may be used. ``to_string`` is not one: on a shared value its result has no bound."""

OWN = ("lower", "path_of", "split", "trim", "unique")
_TEXT: Any = {"types": ["string"]}
_LIST: Any = {"types": ["array"]}


class QueryError(ValueError):
    """An expression that is not accepted, or that cannot be applied; the text says why."""


class _Functions(functions.Functions):  # type: ignore[misc]  # jmespath ships no types
    """The functions that expressions may use beside the standard ones."""

    @functions.signature(_TEXT)
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature(_TEXT)
    def _func_trim(self, text: str) -> str:
        return text.strip()

    @functions.signature(_TEXT, _TEXT)
    def _func_split(self, separator: str, text: str) -> list[str]:
        return text.split(separator) if separator else [text]

    @functions.signature(_LIST)
    def _func_unique(self, items: list[Any]) -> list[Any]:
        return [item for index, item in enumerate(items) if item not in items[:index]]

    @functions.signature(_TEXT)
    def _func_path_of(self, address: str) -> str:
        """Return an address's path; a text that is a path already as it is, and an empty one for the root."""
        try:
            found = urlsplit(address.strip()).path.strip("/")
        except ValueError:
            found = address.strip().strip("/")
        return f"/{found}" if found else ""

    @functions.signature(_TEXT, {"types": ["array-string"]})
    def _func_join(self, separator: str, texts: list[str]) -> str:
        if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
            raise QueryError("The text that it makes is too long.")
        return separator.join(texts)


_OPTIONS = Options(custom_functions=_Functions())


@dataclass(frozen=True, slots=True)
class Query:
    """One compiled expression; ``names`` are those that it looks up at its root."""

    text: str
    names: frozenset[str]
    _parsed: Any

    def __call__(self, context: Any) -> Any:
        """Return what the expression finds in ``context``, None where there is nothing. Raises QueryError."""
        try:
            found = self._parsed.search(context, options=_OPTIONS)
        except exceptions.JMESPathTypeError as error:
            # Not its words: they quote the value, which may be what was sent, a credential with it.
            raise QueryError(f"{self.text!r} cannot be applied: it finds a {error.actual_type}.") from None
        except (exceptions.JMESPathError, RecursionError, TypeError):
            raise QueryError(f"{self.text!r} cannot be applied to what there is.") from None
        if sum(1 for _ in _values(found)) >= MAX_RESULT:
            raise QueryError(f"{self.text!r} finds too much.")
        return found

    def holds(self, context: Any) -> bool:
        """Whether the expression is true: as in JMESPath, nothing, false and empty are not."""
        found = self(context)
        return found is not None and found is not False and found not in ("", [], {})


@lru_cache(maxsize=4096)
def compile_query(text: str) -> Query:
    """Compile an expression. Raises QueryError for a wrong or too large one, and for functions that are not kept."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"An expression has at most {MAX_LENGTH} characters.")
    try:
        parsed = jmespath.compile(text)
    except (exceptions.JMESPathError, RecursionError) as error:
        raise QueryError(f"This is not JMESPath: {str(error).splitlines()[0]}") from error
    nodes = list(_nodes(parsed.parsed))
    if len(nodes) > MAX_NODES:
        raise QueryError(f"An expression has at most {MAX_NODES} parts; this has {len(nodes)}.")
    for node in nodes:
        if node["type"] == "function_expression" and node["value"] not in (*KEPT, *OWN):
            known = ", ".join(sorted((*KEPT, *OWN)))
            raise QueryError(f"There is no function {node['value']}; there are {known}.")
    return Query(text, frozenset(_roots(parsed.parsed)), parsed)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.get("children", ()):
        if isinstance(child, dict):
            yield from _nodes(child)


_CHAINED = frozenset(
    ("subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection", "flatten")
)


def _roots(node: Any) -> Iterator[str]:
    """Yield the names that an expression looks up where it starts: what follows a name is looked up in its value."""
    children = [child for child in node.get("children", ()) if isinstance(child, dict)]
    if node["type"] == "field":
        yield str(node["value"])
    elif node["type"] in _CHAINED:
        yield from _roots(children[0])
    elif node["type"] != "expref":
        for child in children:
            yield from _roots(child)


def _values(value: Any) -> Iterator[Any]:
    """Yield a value and all that is in it, until it is too many."""
    waiting, left = [value], MAX_RESULT
    while waiting and left:
        left -= 1
        found = waiting.pop()
        yield found
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
