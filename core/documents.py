"""Files that people write by hand: YAML or JSON, safely read, with the line of whatever is wrong in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from .errors import InvalidInput

MERGE = "tag:yaml.org,2002:merge"
LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says (``data``), and its nodes, which know their lines."""

    data: Any
    root: yaml.Node | None

    def line(self, path: str) -> int | None:
        """Return the line, from 1, of the deepest part of ``path`` (``endpoints.0.name``) that the file has."""
        if self.root is None:
            return None
        node, line = self.root, self.root.start_mark.line
        for part in path.split("."):
            found = _inside(node, part)
            if found is None:
                break
            node, line = found
        return int(line) + 1

    def locate(self, error: InvalidInput) -> InvalidInput:
        """Return the error with the line of each field in its messages."""
        return InvalidInput(
            {
                field: [f"{text} (line {line})" if (line := self.line(field)) else text for text in texts]
                for field, texts in error.errors.items()
            },
            remedy=error.remedy,
        )


def parse(text: str) -> Document:
    """Return the document in ``text``. Raises InvalidInput for bad YAML and for a name that stands twice."""
    try:
        data, readable = _loaded(text)
        root = yaml.compose(readable, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise unusable({"file": [_told(error)]}) from None
    repeats = {
        f"line {line}": [f"{name!r} stands twice in the same place; remove one."] for name, line in _repeats(root)
    }
    if repeats:
        raise unusable(repeats)
    return Document(data, root)


def unusable(errors: dict[str, list[str]]) -> InvalidInput:
    """Return the error for a document that cannot be read at all."""
    return InvalidInput(errors, "The file cannot be used.", remedy="Correct what is named, then try again.")


def _loaded(text: str) -> tuple[Any, str]:
    """Return the data, and the text as YAML reads it: JSON may be indented with tabs, YAML may not."""
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text), text.replace("\t", " ")
        except ValueError:
            pass  # YAML has such a form, too, and tells the line of a fault as well
    return yaml.safe_load(text), text


def _told(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    said = ", ".join(filter(None, parts)) or str(error).partition("\n")[0] or type(error).__name__
    return f"Line {mark.line + 1}, column {mark.column + 1}: {said}." if mark else f"Cannot be read: {said}."


def _inside(node: yaml.Node, part: str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = (pair for pair in node.value if pair[0].value == part)
        return next(((value, key.start_mark.line) for key, value in pairs), None)
    if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
        item = node.value[int(part)]
        return item, item.start_mark.line
    return None


def _repeats(root: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield each name that stands twice in one mapping, with its line. Aliases are visited once."""
    todo, seen = [root] if root is not None else [], set()
    while todo:
        node = todo.pop()
        if id(node) in seen or not isinstance(node.value, list):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from _repeated_keys(node)
            todo += [each for pair in node.value for each in pair]
        else:
            todo += node.value


def _repeated_keys(node: yaml.MappingNode) -> Iterator[tuple[str, int]]:
    names: set[tuple[str, str]] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
            continue
        if (key.tag, key.value) in names:
            yield key.value, key.start_mark.line + 1
        names.add((key.tag, key.value))
