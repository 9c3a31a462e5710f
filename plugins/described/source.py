"""Reads a description's YAML within bounds, and remembers at which line and column each part of it stands."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ...core.errors import PluginFault

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_NODES = 20_000
"""How many parts a description may have, those counted that an alias repeats."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML = "tag:yaml.org,2002:"
_MERGE = f"{_YAML}merge"
_TEXT_AFTER_ALL = f"{_YAML}timestamp"
_NUMBERS = frozenset((f"{_YAML}int", f"{_YAML}float"))
_TAGS: Mapping[Any, frozenset[str]] = {
    yaml.ScalarNode: _NUMBERS | {f"{_YAML}{name}" for name in ("null", "bool", "str", "timestamp")},
    yaml.SequenceNode: frozenset((f"{_YAML}seq",)),
    yaml.MappingNode: frozenset((f"{_YAML}map",)),
}
"""Which tags are read, of which kind of node: most are those that YAML gives by itself."""

_TOO_DEEP = f"The description is nested in more than {MAX_DEPTH} levels."
LONGEST_KEY = 200
LONGEST_NUMBER = 100

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
        if len(raw) > MAX_BYTES:
            raise DescriptionFault(path.name, [Fault(1, 1, "", f"The file is larger than {MAX_BYTES // 1024} KiB.")])
        return raw.decode()
    except OSError as error:
        raise DescriptionFault(path.name, [Fault(1, 1, "", f"The file cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        line, column = _after(error.object[: error.start].decode())
        raise DescriptionFault(path.name, [Fault(line, column, "", "The file is not UTF-8 from here on.")]) from error


def _after(text: str) -> tuple[int, int]:
    """Return line and column of what follows ``text``."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def parse_source(name: str, text: str) -> Source:
    """Read a text. Raises DescriptionFault with line and column for what is no plain YAML, or too much of it."""
    source = Source(name)
    try:
        _refuse_unprintable(name, text)
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
    if not isinstance(node, yaml.MappingNode):
        raise DescriptionFault(name, [_at(node.start_mark, "", "A description is a mapping: keys with values.")])
    reader = Reader(source)
    source.data = reader.read(node, ())
    if reader.faults:
        raise DescriptionFault(name, reader.faults)
    return source


def _refuse_unprintable(name: str, text: str) -> None:
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line, column = _after(text[: found.start()])
        message = f"The character U+{ord(found[0]):04X} may not stand in YAML; write it as an escape in quotes."
        raise DescriptionFault(name, [Fault(line, column, "", message)])


def _refuse_depth(name: str, text: str) -> None:
    depth = 0
    for count, event in enumerate(_events(text)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > 2 * MAX_NODES:
            what = _TOO_DEEP if depth > MAX_DEPTH else "The description is too long."
            raise DescriptionFault(name, [_at(event.start_mark, "", what)])


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


def _at(mark: Any, path: str, message: str) -> Fault:
    return Fault(mark.line + 1, mark.column + 1, path, message) if mark else Fault(1, 1, path, message)


class Reader:
    """Turns nodes into plain data. Tags are not followed: nothing is built but texts, numbers, lists and mappings.

    ``faults`` are what was found wrong. What would not end (a part within itself, too many or too deep ones that
    aliases repeat) ends it at once, with a DescriptionFault.
    """

    def __init__(self, source: Source) -> None:
        self.faults: list[Fault] = []
        self._source = source
        self._left = MAX_NODES
        self._open: list[Any] = []
        self._scalars = yaml.SafeLoader("")

    def read(self, node: Any, path: Path_) -> Any:
        """Return what a node holds, None for what is refused; the node stands at ``path``."""
        self._source.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        with self._within(node, path):
            if node.tag not in _TAGS[type(node)]:
                return self._refuse(node, path, f"The tag {node.tag} is not read here.")
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node, path)

    @contextmanager
    def _within(self, node: Any, path: Path_) -> Iterator[None]:
        """Count a node, and hold it open while its parts are read. Raises DescriptionFault where that would not end."""
        self._left -= 1
        if any(node is one for one in self._open):
            self._end(node, path, "This part contains itself.")
        if len(self._open) == MAX_DEPTH + 1:
            self._end(node, path, _TOO_DEEP)
        if self._left < 0:
            self._end(node, path, f"The description has more than {MAX_NODES} parts.")
        self._open.append(node)
        yield
        self._open.pop()

    def _end(self, node: Any, path: Path_, message: str) -> NoReturn:
        self._refuse(node, path, message)
        raise DescriptionFault(self._source.name, self.faults)

    def _mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag != _MERGE and self._is_key(key_node, path, found):
                key = key_node.value
                self._source.keys[*path, key] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                found[key] = self.read(value_node, (*path, key))
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                self._merge(found, value_node, path)
        return found

    def _is_key(self, node: Any, path: Path_, found: Mapping[str, Any]) -> bool:
        """Whether a key can be read; one that stands there twice is refused, and read all the same."""
        plain = isinstance(node, yaml.ScalarNode) and node.tag in _TAGS[yaml.ScalarNode]
        if not plain or not node.value.isprintable() or not 0 < len(node.value) <= LONGEST_KEY:
            self._refuse(node, path, f"A key must be a plain text of at most {LONGEST_KEY} characters.")
            return False
        if node.value in found:
            self._refuse(node, (*path, node.value), "This key stands here twice.")
        return True

    def _merge(self, found: dict[str, Any], node: Any, path: Path_) -> None:
        """Add the keys of a mapping that ``<<`` names, where they are not there already."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, path, "<< takes one mapping, such as *name.")
            return
        with self._within(node, path):
            merged = self._mapping(node, path)
        for key, value in merged.items():
            found.setdefault(key, value)

    def _scalar(self, node: Any, path: Path_) -> Any:
        if node.tag == _TEXT_AFTER_ALL:
            return node.value
        if node.tag in _NUMBERS and len(node.value) > LONGEST_NUMBER:
            return self._refuse(node, path, f"A number has at most {LONGEST_NUMBER} characters; put a text in quotes.")
        try:
            value = self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, OverflowError):
            return self._refuse(node, path, "This value cannot be read.")
        if isinstance(value, str) and "\0" in value:
            return self._refuse(node, path, "A text holds no NUL.")
        if isinstance(value, float) and not isfinite(value):
            return self._refuse(node, path, "A number must be one that JSON has; put a text in quotes.")
        return value

    def _refuse(self, node: Any, path: Path_, message: str) -> None:
        self.faults.append(_at(node.start_mark, ".".join(map(str, path)), message))
