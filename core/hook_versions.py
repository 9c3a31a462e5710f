"""Which hooks a plugin is written for, and what of them is on its way out.

A plugin says ``publicist_hooks = 2`` when it needs the hooks of version 2; one that says nothing needs the first. A
newer one is refused whole, with what to do: half of its hooks would be called in a way that it does not know.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pluggy

from .errors import PluginFault
from .hookspecs import HOOK_VERSION

ATTRIBUTE = "publicist_hooks"
_MOST_WARNINGS = 50


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A plugin that is registered: the hooks it has, the version they are written for, and what it is warned of."""

    hooks: tuple[str, ...]
    version: int
    warnings: tuple[str, ...] = ()


def take_up(manager: pluggy.PluginManager, name: str, load: Callable[[], Any]) -> TakenUp:
    """Load a plugin and register it under ``name``; it is not there any more if that fails.

    Raises PluginFault for a version that is too new or none, what ``load`` raises, and pluggy's PluginValidationError
    for a hook that is misspelt or has a parameter that there is not.
    """
    with _collected() as found:
        plugin = load()
        version = _version(name, plugin)
        manager.register(plugin, name=name)
        try:
            manager.check_pending()
        except pluggy.PluginValidationError:
            manager.unregister(name=name)
            raise
    hooks = tuple(sorted(caller.name for caller in manager.get_hookcallers(plugin) or []))
    return TakenUp(hooks, version, tuple(dict.fromkeys(found))[:_MOST_WARNINGS])


def _version(name: str, plugin: Any) -> int:
    version = getattr(plugin, ATTRIBUTE, 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PluginFault(
            f"The plugin {name} says {ATTRIBUTE} = {str(version)[:40]}, which is no version.",
            remedy=f"Write {ATTRIBUTE} = {HOOK_VERSION}, a whole number, or leave it out.",
        )
    if version > HOOK_VERSION:
        raise PluginFault(
            f"The plugin {name} is written for hooks of version {version}; this publicist has version {HOOK_VERSION}.",
            remedy=f"Upgrade publicist, or install a release of {name} for version {HOOK_VERSION}.",
        )
    return version


@contextmanager
def _collected() -> Iterator[list[str]]:
    """Give a list that holds, after the block, each deprecation that was warned of in it; none of them is raised."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield found
        finally:
            found += _told(caught)


def _told(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    kinds = DeprecationWarning | FutureWarning
    return [str(item.message)[:500] for item in caught if issubclass(item.category, kinds.__args__)]
