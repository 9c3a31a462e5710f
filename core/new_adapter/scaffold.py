"""A new adapter: a package that installs, passes the contract of a marketplace kind, and waits to be made one's own."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from ..errors import Conflict, InvalidInput
from ..version import VERSION
from .names import Names, names_of

__all__ = ["names_of", "write_adapter"]

_SUFFIX = ".tmpl"


def write_adapter(name: str, folder: Path) -> list[Path]:
    """Write the package of a new adapter; return the files, in the order of their paths.

    Raises:
        InvalidInput: the name does not do, or the folder cannot be written.
        Conflict: a file is there already; then none is written.
    """
    names = names_of(name)
    found = {folder / path: text for path, text in _rendered(names).items()}
    blocked = {parent for path in found for parent in path.parents if parent.exists() and not parent.is_dir()}
    there = sorted(str(path) for path in {*found, *blocked} if path.exists())
    if there:
        raise Conflict(
            f"Nothing was written: {', '.join(there)} is there already.",
            remedy="Choose another name, or another folder with --dir; nothing is ever overwritten.",
        )
    try:
        for path, text in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise InvalidInput({"dir": [f"{error.filename} cannot be written: {error.strerror}."]}) from error
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
