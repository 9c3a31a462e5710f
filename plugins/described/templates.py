"""Templates: how requests are written. The expressions of Jinja, without statements, calls and attributes of objects.

A text that is one ``{{ … }}`` gives the value itself, whatever its type; any other text gives a text. What is left out
is left out so that a template ends: there is no loop but ``each``, and nothing that multiplies or repeats.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ...core.secrets import Secret
from .queries import MAX_TEXT, QueryError

MAX_LENGTH = 2_000
MAX_EACH = 1_000
OMIT = object()
"""What ``omit`` stands for: a key with this value is not sent."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Concat, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Add, nodes.Sub, nodes.Neg,
)  # fmt: skip
_ONE_SECRET = re.compile(r"\s*\{\{\s*secrets\.\w+\s*\}\}\s*")
_JINJAS_OWN = frozenset(("self", "super", "caller", "loop", "varargs", "kwargs"))
TESTS = ("defined", "none", "string", "number", "mapping", "in", "true", "false")


class TemplateError(QueryError):
    """A template that is not accepted, or that cannot be filled; the text says why."""


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TemplateError("The text that it makes is too long.")
    return text


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        raise TemplateError("A secret stands by itself, never in a longer text.")
    return str(value)


def _default(value: Any, instead: Any = "") -> Any:
    return instead if isinstance(value, StrictUndefined) or value in (None, "") else value


def _replace(value: Any, old: str, new: str) -> str:
    text = _text(value)
    if old and len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise TemplateError("The text that it makes is too long.")
    return text.replace(old, new) if old else text


def origin_of(address: Any) -> str:
    """Return scheme, host and port of an address, an empty text for what is none."""
    parts = urlsplit(str(address))
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme and parts.netloc else ""


def _path(address: Any) -> str:
    found = urlsplit(str(address)).path.strip("/")
    return f"/{found}" if found else ""


def _cleaned(texts: Iterable[Any]) -> list[str]:
    """Return texts trimmed, in lower case, each once, without empty ones."""
    plain = (_text(text).strip().lower() for text in texts)
    return list(dict.fromkeys(text for text in plain if text))


def _settled(value: Any) -> Any:
    """Return a JSON value in one spelling: lists, text keys, whole numbers as integers."""
    if isinstance(value, Mapping):
        return {str(key): _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


FILTERS: Mapping[str, Callable[..., Any]] = {
    "cleaned": _cleaned,
    "default": _default,
    "first": lambda items: items[0] if items else None,
    "int": int,
    "iso": lambda moment: moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment,
    "join": lambda items, separator="": _bounded(str(separator).join(map(_text, items))),
    "length": len,
    "lower": lambda value: _text(value).lower(),
    "origin": origin_of,
    "path": _path,
    "quoted": lambda value: quote(_text(value), safe=""),
    "replace": _replace,
    "settled": _settled,
    "sort": sorted,
    "string": _text,
    "trim": lambda value: _text(value).strip(),
    "unique": lambda items: list(dict.fromkeys(items)),
    "without": lambda items, *names: {key: item for key, item in items.items() if key not in names},
}
"""Every filter that there is, by its name; docs/described-marketplaces.md says what each does."""


class _Environment(ImmutableSandboxedEnvironment):
    """Looks names up in mappings and numbers in lists, and nothing anywhere else: no attribute of any object."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            if isinstance(obj, Mapping) or (isinstance(obj, list | tuple) and isinstance(argument, int)):
                return obj[argument]
        except (LookupError, TypeError):
            pass
        return self.undefined(obj=obj, name=argument)


def _environment() -> _Environment:
    made = _Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    tests = {name: made.tests[name] for name in TESTS}
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    made.filters.update(FILTERS)
    made.tests.update(tests)
    made.globals["omit"] = OMIT
    made.finalize = _shown
    return made


def _shown(value: Any) -> Any:
    return _text(value)


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Template:
    """One compiled text; ``names`` are those that it uses, ``members`` those with what follows a dot."""

    text: str
    names: frozenset[str]
    members: frozenset[tuple[str, str]]
    _fill: Callable[[Mapping[str, Any]], Any]

    def __call__(self, context: Mapping[str, Any]) -> Any:
        """Return the text or value that it makes with ``context``. Raises TemplateError."""
        try:
            made = self._fill(context)
        except TemplateError:
            raise
        except UndefinedError as error:
            raise TemplateError(f"{self.text!r} cannot be filled: {error.message}") from None
        except Exception as error:  # noqa: BLE001 - a filter got what it cannot take; its words may quote a value
            raise TemplateError(f"{self.text!r} cannot be filled ({type(error).__name__}).") from None
        if isinstance(made, StrictUndefined):
            raise TemplateError(f"{self.text!r} cannot be filled: there is no such value.")
        return _bounded(made) if isinstance(made, str) else made


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Template:
    """Compile a text. Raises TemplateError for wrong syntax, and for what templates here have not."""
    if "{" not in text:
        return Template(text, frozenset(), frozenset(), lambda _: text)
    if len(text) > MAX_LENGTH:
        raise TemplateError(f"A template has at most {MAX_LENGTH} characters.")
    try:
        parsed = _ENVIRONMENT.parse(text)
    except (TemplateSyntaxError, RecursionError) as error:
        raise TemplateError(f"This is not a template: {error}") from error
    found = list(parsed.find_all(nodes.Node))
    _refuse_unknown(found)
    names = frozenset(node.name for node in found if isinstance(node, nodes.Name)) - {"omit"}
    if names & _JINJAS_OWN:
        raise TemplateError(f"Templates here have no {', '.join(sorted(names & _JINJAS_OWN))}.")
    if "secrets" in names and not _ONE_SECRET.fullmatch(text):
        raise TemplateError("A secret stands by itself ({{ secrets.name }}), never in a longer text.")
    return Template(text, names, frozenset(_members(found)), _filler(text, _whole(text, parsed)))


def _filler(text: str, whole: str | None) -> Callable[[Mapping[str, Any]], Any]:
    """Return what fills a template. It becomes Python when it is first used: most are not, in one run."""

    @cache
    def made() -> Callable[..., Any]:
        if whole is not None:
            return _ENVIRONMENT.compile_expression(whole, undefined_to_none=False)
        return _ENVIRONMENT.from_string(text).render

    return lambda context: made()(**context)


def _members(found: Sequence[nodes.Node]) -> Iterator[tuple[str, str]]:
    for node in found:
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            yield node.node.name, node.attr


def _refuse_unknown(found: Sequence[nodes.Node]) -> None:
    for node in found:
        if not isinstance(node, _ALLOWED):
            raise TemplateError(f"Templates here have no {type(node).__name__.lower()}; the docs list what there is.")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise TemplateError(f"There is no filter {node.name}; there are {', '.join(sorted(FILTERS))}.")
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise TemplateError(f"There is no test {node.name}; there are {', '.join(sorted(TESTS))}.")


def _whole(text: str, parsed: nodes.Template) -> str | None:
    """Return the expression when the text is one ``{{ … }}`` and nothing else."""
    outputs = parsed.body
    if len(outputs) != 1 or not isinstance(outputs[0], nodes.Output) or len(outputs[0].nodes) != 1:
        return None
    if isinstance(outputs[0].nodes[0], nodes.TemplateData):
        return None
    stripped = text.strip()
    if not (stripped.startswith("{{") and stripped.endswith("}}")):
        return None
    return stripped[2:-2].removeprefix("-").removesuffix("-").strip()


def fill(shape: Any, context: Mapping[str, Any]) -> Any:
    """Return a compiled shape (mappings, lists, templates, plain values) filled with ``context``."""
    if isinstance(shape, Template):
        return shape(context)
    if isinstance(shape, Each):
        return shape(context)
    if isinstance(shape, Mapping):
        made = {key: fill(item, context) for key, item in shape.items()}
        return {key: item for key, item in made.items() if item is not OMIT}
    if isinstance(shape, list):
        return [item for item in (fill(part, context) for part in shape) if item is not OMIT]
    return shape


@dataclass(frozen=True, slots=True)
class Each:
    """One value for each item of a list: ``{each: "{{ … }}", make: …}``; ``item`` is what ``make`` works with."""

    items: Template
    make: Any

    def __call__(self, context: Mapping[str, Any]) -> list[Any]:
        """Return the list that is made. Raises TemplateError for what is no list, or too long a one."""
        found = self.items(context)
        if isinstance(found, Mapping):
            found = [{"key": key, "value": value} for key, value in found.items()]
        if not isinstance(found, list | tuple) or len(found) > MAX_EACH:
            raise TemplateError(f"{self.items.text!r} must give a list of at most {MAX_EACH} items.")
        made = (fill(self.make, {**context, "item": item}) for item in found)
        return [item for item in made if item is not OMIT]
