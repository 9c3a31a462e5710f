"""The marketplaces that are described by files: each file is a plugin. What a file says is for the plugin to read."""

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from ..settings import Settings
from ..version import VERSION
from .info import BUILT_IN_SOURCE
from .search import Candidate

PLUGIN = "publicist.plugins.described"
FOLDER = "marketplaces"
SUFFIXES = (".yaml", ".yml")


def described(settings: Settings, only: Path | None = None) -> list[Candidate]:
    """Return the described marketplaces: those that come with publicist, the data directory's, those of the setting.

    Args:
        settings: name the data directory, and further files and folders.
        only: nothing but this file.
    """
    if only is not None:
        return [_candidate(only, str(only))]
    shipped = [_candidate(path, BUILT_IN_SOURCE) for path in _shipped()]
    kept = Path(settings.data_dir) / FOLDER
    places = [*([kept] if kept.exists() else []), *_named(settings.marketplace_files)]
    return [*shipped, *(_candidate(path, str(path)) for place in places for path in _files(place))]


def shipped_names() -> list[str]:
    """Return the kinds of marketplace whose descriptions come with publicist: each has the name of its file."""
    return [path.stem for path in _shipped()]


def _shipped() -> Sequence[Path]:
    return _files(import_module(PLUGIN).SHIPPED)


def _named(setting: str) -> Iterator[Path]:
    return (Path(text.strip()).expanduser() for text in setting.split(",") if text.strip())


def _files(place: Path) -> Sequence[Path]:
    """Return the descriptions at a place: a folder's, by name. What is no folder that can be read is taken for one."""
    try:
        inside = sorted(place.iterdir())
    except OSError:
        return [place]
    return [path for path in inside if path.suffix in SUFFIXES and not path.name.startswith(".")]


def _candidate(path: Path, source: str) -> Candidate:
    version = VERSION if source == BUILT_IN_SOURCE else ""
    return Candidate(f"described:{path.stem}", source, version, load=partial(_load, path))


def _load(path: Path) -> Any:
    """Return the plugin of a file. Raises PluginFault, with what is wrong at which line."""
    return import_module(PLUGIN).load(path)
