"""JMESPath expressions: how answers are read. A bounded part of the language, and a few functions for texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import jmespath
from jmespath import exceptions, functions
from jmespath.visitor import Options, TreeInterpreter

from .bounds import MAX_DEPTH, Budget, QueryError, bounded, named, weight
from .filters import joined, unique

MAX_LENGTH = 1_000
MAX_NODES = 150
_TOO_LARGE = f"An expression has at most {MAX_NODES} parts, nested in at most {MAX_DEPTH} levels."
MAX_FOUND = 400_000
"""How many parts what an expression finds may have."""

KEPT = (
    "abs", "ceil", "contains", "ends_with", "floor", "join", "keys", "length", "map", "max", "merge", "min",
    "not_null", "reverse", "sort", "sort_by", "starts_with", "sum", "to_array", "to_number", "type", "values",
)  # fmt: skip
"""The standard functions that may be used. ``to_string`` is not one: on a shared value its result has no bound."""

OWN = ("lower", "path_of", "split", "trim", "unique")
_TEXT: Any = {"types": ["string"]}
_LIST: Any = {"types": ["array"]}


class _Functions(functions.Functions):  # type: ignore[misc]  # jmespath ships no types
    """The functions that expressions may use beside the standard ones. Each takes the steps of reading its values."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def call_function(self, function_name: str, resolved_args: list[Any]) -> Any:
        self._budget.take(*resolved_args)
        return bounded(super().call_function(function_name, resolved_args))

    @functions.signature(_TEXT)
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature(_TEXT)
    def _func_trim(self, text: str) -> str:
        return text.strip()

    @functions.signature(_TEXT, _TEXT)
    def _func_split(self, separator: str, text: str) -> list[str]:
        found = text.split(separator) if separator else [text]
        self._budget.make(found)
        return found

    @functions.signature(_LIST)
    def _func_unique(self, items: list[Any]) -> list[Any]:
        return unique(items)

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
        found = joined(texts, separator)
        self._budget.make(found)
        return found


class _Interpreter(TreeInterpreter):  # type: ignore[misc]  # jmespath ships no types
    """Finds within a budget. Whatever is there more than once was put there by one of three kinds of node."""

    def __init__(self) -> None:
        self._budget = Budget()
        super().__init__(Options(custom_functions=_Functions(self._budget)))

    def visit(self, node: Any, *args: Any, **options: Any) -> Any:
        self._budget.step()
        found = super().visit(node, *args, **options)
        if node["type"] in _REPEATING and weight(found, 1) > 1:
            self._budget.make(found)
        return found


_REPEATING = frozenset(("multi_select_list", "multi_select_dict", "literal"))


@dataclass(frozen=True, slots=True)
class Query:
    """One compiled expression; ``names`` are those that it looks up at its root, ``place`` is where it stands."""

    text: str
    names: frozenset[str]
    _parsed: Any
    place: str = ""

    def __call__(self, context: Any) -> Any:
        """Return what the expression finds in ``context``, None where there is nothing. Raises QueryError."""
        try:
            found = _Interpreter().visit(self._parsed, context)
        except exceptions.JMESPathTypeError as error:
            # Not its words: they quote the value, which may be what was sent, a credential with it.
            raise self._unfit(f": it finds a {error.actual_type}") from None
        except QueryError as error:
            raise self._unfit(f": {error}") from None
        except Exception:  # noqa: BLE001 - a function got what it cannot take, such as the infinite
            raise self._unfit(" to what there is") from None
        if weight(found, MAX_FOUND) > MAX_FOUND:
            raise self._unfit(f": it finds too much, more than {MAX_FOUND} parts")
        return found

    def _unfit(self, why: str) -> QueryError:
        return QueryError(f"{named(self.place, self.text)} cannot be applied{why}.")

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
    except exceptions.JMESPathError as error:
        raise QueryError(f"This is not JMESPath: {str(error).splitlines()[0]}") from error
    except RecursionError:
        raise QueryError(_TOO_LARGE) from None
    nodes = _nodes(parsed.parsed)
    for node in nodes:
        if node["type"] == "function_expression" and node["value"] not in (*KEPT, *OWN):
            known = ", ".join(sorted((*KEPT, *OWN)))
            raise QueryError(f"There is no function {node['value']}; there are {known}.")
    return Query(text, frozenset(_roots(parsed.parsed)), parsed.parsed)


def _nodes(root: Any) -> list[Any]:
    """Return all that an expression consists of. Raises QueryError where that is too many, or nested too deep."""
    found, level, depth = [], [root], 0
    while level:
        found += level
        level = [child for node in level for child in node.get("children", ()) if isinstance(child, dict)]
        depth += 1
        if len(found) > MAX_NODES or depth > MAX_DEPTH:
            raise QueryError(_TOO_LARGE)
    return found


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
