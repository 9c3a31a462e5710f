"""Templates: how requests are written. The expressions of Jinja, without statements, calls and attributes of objects.

A text that is one ``{{ … }}`` gives the value itself, whatever its type; any other text gives a text. What is left out
is left out so that a template ends: there is no loop but ``each``, and nothing that multiplies or repeats.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from math import isfinite
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from .bounds import MAX_DEPTH, Budget, TooMuch, bounded, named
from .filters import BUDGET, FILTERS, TemplateError, joined, measured, text_of

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
_TOO_DEEP = f"A template is nested in at most {MAX_DEPTH} levels."
_JINJAS_OWN = frozenset(("self", "super", "caller", "loop", "varargs", "kwargs"))
TESTS = ("defined", "none", "string", "number", "mapping", "in", "true", "false")


class _JoinedByFilter(NodeTransformer):
    """Makes ``a ~ b`` what it is, ``[a, b] | join``: the one joining is bounded, and Jinja's own is not."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "join", [], [], None, None, lineno=node.lineno)


class _Environment(ImmutableSandboxedEnvironment):
    """Looks names up in mappings and numbers in lists, and nothing anywhere else: no attribute of any object.

    All that makes or walks something passes the filters, ``call_binop`` and ``concat``, and so a bound.
    """

    intercepted_binops = frozenset(("+", "-"))
    concat = staticmethod(joined)  # of the pieces of a text, one by one

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(_JoinedByFilter().visit(source), *args, **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        context[BUDGET].take(left, right)
        return bounded(super().call_binop(context, operator, left, right))

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
    made.filters.update({name: measured(work) for name, work in FILTERS.items()})
    made.tests.update(tests)
    made.globals["omit"] = OMIT
    made.finalize = text_of
    return made


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Template:
    """One compiled text; ``names`` are those that it uses, ``members`` those with what follows a dot.

    ``place`` says where it stands in which file, for messages.
    """

    text: str
    names: frozenset[str]
    members: frozenset[tuple[str, str]]
    _fill: Callable[[Mapping[str, Any]], Any]
    place: str = ""

    def __call__(self, context: Mapping[str, Any]) -> Any:
        """Return the text or value that it makes with ``context``. Raises TemplateError."""
        able = _budgeted(context)
        try:
            made = self._fill(able)
            able[BUDGET].make(made)
            return _plain(made)
        except (TemplateError, TooMuch) as error:
            raise self._unfit(f": {error}") from None
        except UndefinedError as error:
            raise self._unfit(f": {error.message}") from None
        except Exception as error:  # noqa: BLE001 - a filter got what it cannot take; its words may quote a value
            raise self._unfit(f" ({type(error).__name__}).") from None

    def _unfit(self, why: str) -> TemplateError:
        return TemplateError(f"{named(self.place, self.text)} cannot be filled{why}")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, without what is ``omit`` inside. Raises TemplateError where JSON has none."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not OMIT}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if item is not OMIT]
    if isinstance(value, StrictUndefined):
        raise TemplateError("there is no such value.")
    if isinstance(value, datetime):
        raise TemplateError("a time is no value by itself; put it through `iso`.")
    if isinstance(value, float) and not isfinite(value):
        raise TemplateError("an infinite number, or none, cannot be sent.")
    return value


def _budgeted(context: Mapping[str, Any]) -> Mapping[str, Any]:
    return context if BUDGET in context else {**context, BUDGET: Budget()}


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Template:
    """Compile a text. Raises TemplateError for wrong syntax, and for what templates here have not."""
    if "{" not in text:
        return Template(text, frozenset(), frozenset(), lambda _: text)
    if len(text) > MAX_LENGTH:
        raise TemplateError(f"A template has at most {MAX_LENGTH} characters.")
    try:
        parsed = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"This is not a template: {error}") from error
    except RecursionError:
        raise TemplateError(_TOO_DEEP) from None
    found = list(_parts(parsed))
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


def _parts(parsed: nodes.Node) -> Iterator[nodes.Node]:
    """Yield all that a template consists of. Raises TemplateError where that is nested too deep."""
    level: list[nodes.Node] = [parsed]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
        yield from level
    if level:
        raise TemplateError(_TOO_DEEP)


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
    """Return a compiled shape (mappings, lists, templates, plain values) filled with ``context``.

    Raises TemplateError, also where it all makes too much.
    """
    return _filled(shape, _budgeted(context))


def _filled(shape: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(shape, Template | Each):
        return shape(context)
    context[BUDGET].make(None)
    if isinstance(shape, Mapping):
        made = {key: _filled(item, context) for key, item in shape.items()}
        return {key: item for key, item in made.items() if item is not OMIT}
    if isinstance(shape, list):
        return [item for item in (_filled(part, context) for part in shape) if item is not OMIT]
    return shape


@dataclass(frozen=True, slots=True)
class Each:
    """One value for each item of a list: ``{each: "{{ … }}", make: …}``; ``item`` is what ``make`` works with."""

    items: Template
    make: Any

    def __call__(self, context: Mapping[str, Any]) -> list[Any]:
        """Return the list that is made. Raises TemplateError for what is no list, or too long a one."""
        able = _budgeted(context)
        found = self.items(able)
        if isinstance(found, Mapping):
            found = [{"key": key, "value": value} for key, value in found.items()]
        if not isinstance(found, list | tuple) or len(found) > MAX_EACH:
            raise self._unfit(f"must give a list of at most {MAX_EACH} items")
        try:
            made = [_filled(self.make, {**able, "item": item}) for item in found]
        except TooMuch as error:
            raise self._unfit(f"makes too much: {error}") from None
        return [item for item in made if item is not OMIT]

    def _unfit(self, why: str) -> TemplateError:
        return TemplateError(f"{named(self.items.place, self.items.text)} {why}.")
