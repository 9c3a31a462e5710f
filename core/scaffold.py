"""A new adapter: a package that installs, passes the contract of a marketplace kind, and waits to be made one's own."""

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from .errors import Conflict, InvalidInput
from .plugin_search import BUILT_IN
from .version import VERSION

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*")
"""A name of a distribution (PEP 508), begun by a letter and without repeated separators."""
_LONGEST = 50
_TAKEN = frozenset({"publicist", "tests", "test", "board", *BUILT_IN})
_SUFFIX = ".tmpl"


@dataclass(frozen=True, slots=True)
class Names:
    """What a new adapter is called in each place."""

    name: str
    module: str
    kind: str
    title: str
    classname: str


def names_of(name: str) -> Names:
    """Return the names that follow from that of the package. Raises InvalidInput."""
    module = re.sub(r"[._-]+", "_", name).lower()
    faults = list(_faults(name, module))
    if faults:
        raise InvalidInput(
            {"name": faults},
            f"{name!r} cannot be the name of an adapter: {' '.join(faults)}",
            remedy="Choose letters, digits and single hyphens, such as `publicist new-adapter bulletin-board`.",
        )
    words = module.split("_")
    return Names(name, module, module, " ".join(words).capitalize(), "".join(word.capitalize() for word in words))


def _faults(name: str, module: str) -> list[str]:
    if not _NAME.fullmatch(name):
        return ["It must begin with a letter and hold letters, digits and single separators (- . _) between them."]
    if len(name) > _LONGEST:
        return [f"It holds {len(name)} characters; at most {_LONGEST} are allowed."]
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        return [f"The module {module} could not be imported: that is a word of Python."]
    if module in sys.stdlib_module_names or module in _TAKEN:
        return [f"There is a module or plugin called {module} already."]
    return []


def write_adapter(name: str, folder: Path) -> list[Path]:
    """Write the package of a new adapter; return the files, in the order of their paths.

    Raises:
        InvalidInput: the name does not do.
        Conflict: a file is there already; then none is written.
    """
    names = names_of(name)
    found = {folder / path: text for path, text in _rendered(names).items()}
    there = sorted(str(path) for path in found if path.exists())
    if there or (folder.exists() and not folder.is_dir()):
        raise Conflict(
            f"Nothing was written: {', '.join(there) or folder} is there already.",
            remedy="Choose another name, or another folder with --dir; nothing is ever overwritten.",
        )
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return sorted(found)


def _rendered(names: Names) -> dict[str, str]:
    given = {field: getattr(names, field) for field in ("name", "module", "kind", "title", "classname")}
    root = files(__package__) / "templates" / "adapter"
    return {
        path.replace("package/", f"{names.module}/").replace("gitignore", ".gitignore"): Template(text).substitute(
            given, version=VERSION
        )
        for path, text in _templates(root, "")
    }


def _templates(folder: Traversable, under: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _templates(item, f"{under}{item.name}/")
        elif item.name.endswith(_SUFFIX):
            found.append((under + item.name.removesuffix(_SUFFIX), item.read_text(encoding="utf-8")))
    return found
