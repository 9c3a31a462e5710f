"""Writes docs/plugins/hooks.md from the code: every hook, what it is given, what it answers, and what it may raise.

``make reference`` runs it; tests/test_docs.py fails when the page is not what the code says.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from publicist.core import errors, hookspecs, records, secrets
from publicist.core.http import answer, client, lines

PAGE = Path(__file__).parent.parent / "docs" / "plugins" / "hooks.md"
PARTS = {
    "marketplace_kinds": "Marketplaces",
    "backend_kinds": "Datasets and models",
    "token_issuer": "Who asks",
    "policy_types": "Policies and payment",
    "fetch_feedback": "Feedback",
    "check_kinds": "Checks",
    "notifier_kinds": "Channels",
    "executors": "Executors",
    "on_event": "The space",
}
"""The first hook of each part, and the part's title."""
START = """# Hook reference

<!-- Written by `make reference` from the code; change the docstrings instead. -->

Every hook with its exact signature, in the words of the code; then the [records](#records), the
[HTTP client](#http-client) and the [errors](#errors). [Write an adapter in an hour](adapter.md) is the way in.

A hook is a function of the same name that carries the marker `@hookimpl` (from `publicist.core.hookspecs`). It may
leave out parameters that it does not need; it names the others exactly so, in any order. Hooks and `Call` are in
`publicist.core.hookspecs`, records in `publicist.core.records`, `Client` and `Answer` in `publicist.core.http`,
errors in `publicist.core.errors`, `Secret` in `publicist.core.secrets`. A plugin imports from these five and from no
other part of publicist, apart from `publicist.core.testing` in its tests.
"""
RECORDS = """
What travels is frozen, and compared by value. Times are UTC `datetime` objects with a time zone; `Json` is whatever
JSON can hold. A field without a value behind it must be given.
"""
ERRORS = """
Raise one of these; anything else counts as a fault of the plugin. `message` and `remedy` are whole sentences for
people; without a remedy that of the cause is shown.
"""


def render() -> str:
    """Return the page."""
    blocks = [START, *_hooks(), *_records(), *_http(), *_errors()]
    return "\n".join(block.strip("\n") + "\n" for block in blocks)


def _hooks() -> Iterator[str]:
    specs = _classes(hookspecs)["Specs"]
    for hook in _functions(specs):
        if hook.name in PARTS:
            yield f"## {PARTS[hook.name]}"
        yield f"### `{hook.name}`"
        yield _code(_signature(hook))
        yield _text(hook)


def _records() -> Iterator[str]:
    yield "## Records"
    yield RECORDS
    values = ast.parse(inspect.getsource(records.values)).body
    yield _code("\n".join(_quoted(ast.unparse(item)) for item in values if isinstance(item, ast.Assign)))
    known = _classes(hookspecs) | _records_of_the_core()
    for name in _reached(known):
        yield f"### `{name}`"
        yield _text(known[name])
        yield _code(_shape(known[name]))


def _http() -> Iterator[str]:
    yield "## HTTP client"
    yield "`call.http` is a `Client`; its methods give an `Answer`. The verbs take every named argument of `request`."
    for module, name in ((client, "Client"), (answer, "Answer"), (lines, "Lines"), (secrets, "Secret")):
        shape = _classes(module)[name]
        yield f"### `{name}`"
        yield _text(shape)
        for method in _functions(shape):
            yield _code(_signature(method))
            yield _text(method)


def _errors() -> Iterator[str]:
    yield "## Errors"
    yield ERRORS
    known = _classes(errors)
    for name, shape in known.items():
        base = ast.unparse(shape.bases[0]) if shape.bases else ""
        if not issubclass(getattr(errors, name), errors.MarketplaceError) or name == "PluginFault":
            continue
        yield f"### `{name}`"
        yield f"{_text(shape)} It is a kind of `{base}`."
        yield _code(_signature(_start(name, known)).replace("__init__(", f"{name}(").removesuffix(" -> None"))


def _start(name: str, known: dict[str, ast.ClassDef]) -> ast.FunctionDef:
    """Return how an error is made: by its own ``__init__``, or by that of what it is a kind of."""
    shapes = [known[one.__name__] for one in getattr(errors, name).__mro__ if one.__name__ in known]
    items = [item for shape in shapes for item in shape.body if isinstance(item, ast.FunctionDef)]
    return next(item for item in items if item.name == "__init__")


def _records_of_the_core() -> dict[str, ast.ClassDef]:
    modules = {inspect.getmodule(item) for item in vars(records).values() if inspect.isclass(item)}
    found: dict[str, ast.ClassDef] = {}
    for module in sorted(modules - {None}, key=lambda module: module.__name__):
        found |= _classes(module) if module.__name__.startswith(records.__name__) else {}
    return found


def _reached(known: dict[str, ast.ClassDef]) -> list[str]:
    """Return the records that hooks are given or answer, and those inside of them, in the order in which they come."""
    order: list[str] = []

    def visit(node: ast.AST) -> None:
        for word in re.findall(r"\w+", "\n".join(_annotations(node))):
            if word in known and word != "Specs" and word not in order:
                order.append(word)
                visit(known[word])

    visit(known["Specs"])
    return order


def _annotations(node: ast.AST) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.arg | ast.AnnAssign) and item.annotation:
            yield ast.unparse(item.annotation)
        if isinstance(item, ast.FunctionDef) and item.returns:
            yield ast.unparse(item.returns)


def _classes(module: ModuleType) -> dict[str, ast.ClassDef]:
    return {item.name: item for item in ast.parse(inspect.getsource(module)).body if isinstance(item, ast.ClassDef)}


def _functions(shape: ast.ClassDef) -> list[ast.FunctionDef]:
    return [item for item in shape.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")]


def _signature(function: ast.FunctionDef) -> str:
    """Return the signature on one line, or with a line for each parameter where that is too long."""
    arguments = _spaced(ast.unparse(function.args)).removeprefix("self, ").removeprefix("self")
    marks = [f"@{mark.id}\n" for mark in function.decorator_list if isinstance(mark, ast.Name)]
    returns = f" -> {_quoted(ast.unparse(function.returns))}" if function.returns else ""
    line = f"{function.name}({arguments}){returns}"
    if len(line) > 118:
        parts = re.split(r", (?=\w+[:=]|\*)", arguments)
        line = "\n    ".join([f"{function.name}(", *(f"{part}," for part in parts)]) + f"\n){returns}"
    return "".join(mark for mark in marks if mark != "@hookspec\n") + line


def _spaced(arguments: str) -> str:
    """Return parameters with spaces around the sign before a default, as where they have annotations."""
    return re.sub(r"(?<=[\w\]])=(?=[\w'(])", " = ", _quoted(arguments))


def _quoted(text: str) -> str:
    """Return an expression with plain names for annotations that are texts, and with double quotes."""
    return re.sub(r"(?<=: )'([\w.]+)'", r"\1", text).replace("'", '"')


def _shape(record: ast.ClassDef) -> str:
    """Return the fields of a record, and its properties and methods by their signatures."""
    fields = [_quoted(ast.unparse(item)) for item in record.body if isinstance(item, ast.AnnAssign)]
    return "\n".join(
        [f"class {record.name}:", *(f"    {line}" for line in [*fields, *map(_method, _functions(record))])]
    )


def _method(function: ast.FunctionDef) -> str:
    said = _text(function).splitlines()[0].replace("`", "")
    signature = _signature(function)
    shown = (
        f"def {signature}" if not signature.startswith("@") else f"{function.name}: {signature.rpartition(' -> ')[2]}"
    )
    return f"{shown}  # {said}"


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _text(node: ast.ClassDef | ast.FunctionDef) -> str:
    """Return a docstring as Markdown: its sections as lists, its roles as code."""
    text = ast.get_docstring(node) or ""
    text = re.sub(r":\w+:`(?:~[\w.]+\.|publicist\.core\.)?([\w.]+)`", r"`\1`", text).replace("``", "`")
    lines: list[str] = []
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z]\w+:", line):
            lines += [f"{line}", ""]
        elif found := re.fullmatch(r"    (\w[\w, ]*): (.*)", line):
            lines.append(f"- `{found[1].replace(', ', '`, `')}`: {found[2]}")
        elif line.startswith("        "):
            lines.append(f"  {line.strip()}")
        else:
            lines.append(line.strip())
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
