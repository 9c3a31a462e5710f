"""Reads a description's YAML within bounds, and remembers at which line and column each part of it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ...core.errors import PluginFault

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_NODES = 20_000
"""How many parts a description may have, those counted that an alias repeats."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map"))
_MERGE = "tag:yaml.org,2002:merge"
_TEXT_AFTER_ALL = "tag:yaml.org,2002:timestamp"

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: where it stands (from 1), which key it is about, and a sentence."""

    line: int
    column: int
    path: str
    message: str


class DescriptionFault(PluginFault):
    """A description that cannot be used: ``faults`` are all that were found, ``traceback`` has one line for each."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        lines = [f"{name}:{fault.line}:{fault.column}: {_keyed(fault)}" for fault in sorted(set(faults))]
        many = f"{len(lines)} faults" if len(lines) > 1 else "a fault"
        super().__init__(
            f"The description {name} has {many}: {lines[0]}",
            traceback="\n".join(lines) + "\n",
            remedy="Correct the lines that are named; `publicist marketplace try FILE` reads it again.",
        )
        self.faults = sorted(set(faults))


def _keyed(fault: Fault) -> str:
    return f"{fault.path}: {fault.message}" if fault.path else fault.message


@dataclass(slots=True)
class Source:
    """A description as it was read: plain data, and the places of its keys and values by their path."""

    name: str
    data: Any = None
    keys: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path_, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path_, *, of_key: bool = False) -> tuple[int, int]:
        """Return line and column of what stands at ``path``, or of the nearest part around it that there is."""
        where = self.keys if of_key else self.values
        while path:
            if path in where:
                return where[path]
            path = path[:-1]
            where = self.values
        return self.values.get((), (1, 1))


def read_text(path: Path) -> str:
    """Return what a file holds. Raises DescriptionFault for one that is too large or no text."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DescriptionFault(path.name, [Fault(1, 1, "", f"The file cannot be read: {why}.")]) from error
    if len(raw) > MAX_BYTES:
        raise DescriptionFault(path.name, [Fault(1, 1, "", f"The file is larger than {MAX_BYTES // 1024} KiB.")])
    return text


def parse_source(name: str, text: str) -> Source:
    """Read a text. Raises DescriptionFault with line and column for what is no plain YAML, or too much of it."""
    source = Source(name)
    try:
        _refuse_depth(name, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part) or "This is not YAML"
        raise DescriptionFault(name, [_at(mark, "", f"{said}.")]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptionFault(name, [Fault(1, 1, "", f"This is not YAML: {error}")]) from error
    if node is None:
        raise DescriptionFault(name, [Fault(1, 1, "", "The file is empty.")])
    reader = _Reader(source)
    source.data = reader.read(node, ())
    if reader.faults:
        raise DescriptionFault(name, reader.faults)
    return source


def _refuse_depth(name: str, text: str) -> None:
    depth = 0
    for count, event in enumerate(_events(text)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > 2 * MAX_NODES:
            what = f"nested in more than {MAX_DEPTH} levels" if depth > MAX_DEPTH else "too long"
            raise DescriptionFault(name, [_at(event.start_mark, "", f"The description is {what}.")])


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


def _at(mark: Any, path: str, message: str) -> Fault:
    return Fault(mark.line + 1, mark.column + 1, path, message) if mark else Fault(1, 1, path, message)


class _Reader:
    """Turns nodes into plain data. Tags are not followed: nothing is built but texts, numbers, lists and mappings."""

    def __init__(self, source: Source) -> None:
        self.faults: list[Fault] = []
        self._source = source
        self._left = MAX_NODES
        self._scalars = yaml.SafeLoader("")

    def read(self, node: Any, path: Path_) -> Any:
        self._left -= 1
        if self._left == 0:
            self._refuse(node, path, f"The description has more than {MAX_NODES} parts.")
        if self._left <= 0:
            return None
        self._source.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if node.tag not in _PLAIN and node.tag != _TEXT_AFTER_ALL:
            self._refuse(node, path, f"The tag {node.tag} is not read.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag == _MERGE:
                continue
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _PLAIN:
                self._refuse(key_node, path, "A key must be a plain text.")
                continue
            if key in found:
                self._refuse(key_node, (*path, key), "This key stands here twice.")
            self._source.keys[*path, key] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = self.read(value_node, (*path, key))
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                self._merge(found, value_node, path)
        return found

    def _merge(self, found: dict[str, Any], node: Any, path: Path_) -> None:
        """Add the keys of a mapping that ``<<`` names, where they are not there already."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, path, "<< takes one mapping, such as *name.")
            return
        for key, value in self._mapping(node, path).items():
            found.setdefault(key, value)

    def _scalar(self, node: Any, path: Path_) -> Any:
        if node.tag == _TEXT_AFTER_ALL:
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._refuse(node, path, "This value cannot be read.")
            return None

    def _refuse(self, node: Any, path: Path_, message: str) -> None:
        self.faults.append(_at(node.start_mark, ".".join(map(str, path)), message))
