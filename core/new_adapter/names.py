"""What a new adapter can be called: a distribution that installs, a module that imports, and neither taken already."""

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution, entry_points

from slugify import slugify

from ..errors import InvalidInput
from ..hosting.described_files import shipped_names
from ..hosting.search import BUILT_IN, GROUP

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*")
"""A name of a distribution (PEP 508), begun by a letter and without repeated separators."""
_LONGEST = 50
_OWN = frozenset({"publicist", "described", *BUILT_IN})
_BESIDE = frozenset({"tests", "test", "board", "test-contract", "conftest", "build", "dist", "setup"})
"""Files and folders of the new package, and of those who build and test it."""
_ELSE = "bulletin-board"


@dataclass(frozen=True, slots=True)
class Names:
    """What a new adapter is called in each place."""

    name: str
    module: str
    kind: str
    title: str
    classname: str


def names_of(name: str) -> Names:
    """Return the names that follow from that of the package. Raises InvalidInput, with another that would do."""
    module = _module(name)
    if fault := _fault(name):
        raise InvalidInput(
            {"name": [f"{name!r} {fault}"]},
            remedy=f"Choose letters, digits and single hyphens, such as `publicist new-adapter {_proposed(name)}`.",
        )
    words = module.split("_")
    return Names(name, module, module, " ".join(words).capitalize(), "".join(word.capitalize() for word in words))


def _module(name: str) -> str:
    return re.sub(r"[._-]+", "_", name).lower()


def _normal(name: str) -> str:
    """Return the one spelling of all names that are the same distribution (PEP 503)."""
    return re.sub(r"[._-]+", "-", name).lower()


def _proposed(name: str) -> str:
    base = slugify(name)[: _LONGEST - len("-adapter")].strip("-") or _ELSE
    base = base if base[0].isalpha() else f"board-{base}"
    return next((one for one in (base, f"{base}-adapter", f"{base}-board") if not _fault(one)), _ELSE)


def _fault(name: str) -> str:
    """Return why a name does not do, as the rest of a sentence about it; empty if it does."""
    module = _module(name)
    if not _NAME.fullmatch(name):
        return "must begin with a letter (a to z) and hold letters, digits and single separators (- . _) between them."
    if len(name) > _LONGEST:
        return f"holds {len(name)} characters; at most {_LONGEST} are allowed."
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        return f"makes a module {module} that could not be imported: that is a word of Python."
    holder = _holder(_normal(name), module)
    return f"is taken already: {holder}." if holder else ""


def _holder(name: str, module: str) -> str:
    """Return what has a normalised name, or its module, already; empty for nothing."""
    if module in sys.stdlib_module_names:
        return f"Python has a module {module}"
    if name in _BESIDE:
        return f"{module} is a file or a folder beside the package, or is made by those who build it"
    if name in {*map(_normal, _OWN), *map(_normal, shipped_names())}:
        return f"publicist has a plugin or a kind of marketplace called {name}"
    if any(_normal(entry.name) == name for entry in entry_points(group=GROUP)):
        return f"a plugin called {name} is installed"
    if _installed(name):
        return f"a package called {name} is installed"
    spec = PathFinder.find_spec(module)
    return f"a module {module} is installed" if spec is not None and spec.origin is not None else ""


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
