"""Which hooks a plugin is written for, and what of them is on its way out.

A plugin says ``publicist_hooks = 2`` when it needs the hooks of version 2; one that says nothing needs the first. A
newer one is refused whole, with what to do: half of its hooks would be called in a way that it does not know.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any

import pluggy

from ..errors import PluginFault
from ..hookspecs import HOOK_VERSION, PROJECT
from .errors import words
from .plain_json import is_a, type_name

ATTRIBUTE = "publicist_hooks"
_MOST_WARNINGS = 50
_LONGEST_WARNING = 500


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A plugin that is registered: the hooks it has, the version they are written for, and what it is warned of."""

    hooks: tuple[str, ...]
    version: int
    warnings: tuple[str, ...] = ()


class Hooks:
    """What stands for a plugin from now on: its hooks as attributes, and nothing of what else it is or does."""

    def __dir__(self) -> list[str]:
        """Return the hooks alone: pluggy looks at all that is named here, each time a plugin is registered."""
        return list(vars(self))


def looked_at(name: str, load: Callable[[], Any]) -> tuple[Hooks, int]:
    """Load a plugin and return its hooks, and the version they are written for.

    Raises PluginFault for a version that is too new or none, and whatever the plugin raises at being looked at.
    """
    plugin, hooks = load(), Hooks()
    version = _version(name, plugin)
    for attribute in dir(plugin):
        if not isinstance(getattr(type(plugin), attribute, None), property):
            item = getattr(plugin, attribute, None)
            if is_a(item, (FunctionType, MethodType)) and hasattr(item, f"{PROJECT}_impl"):
                vars(hooks)[attribute] = item
    return hooks, version


def take_up(manager: pluggy.PluginManager, name: str, look: Callable[[], tuple[Hooks, int]]) -> TakenUp:
    """Register under ``name`` what ``look`` returns; it is not there any more if that fails.

    Raises what ``look`` raises, and PluginFault for a hook that is misspelt or has a parameter that there is not.
    """
    with _collected() as found:
        hooks, version = look()
        try:
            manager.register(hooks, name=name)
            manager.check_pending()
        except Exception as error:  # noqa: BLE001 - a function is looked at, too, and is the plugin's own
            if manager.get_plugin(name) is hooks:
                manager.unregister(name=name)
            raise PluginFault(str(error), remedy="Correct the hook that is named, or uninstall it.") from None
    names = tuple(sorted(caller.name for caller in manager.get_hookcallers(hooks) or []))
    return TakenUp(names, version, tuple(dict.fromkeys(found))[:_MOST_WARNINGS])


def _version(name: str, plugin: Any) -> int:
    version = getattr(plugin, ATTRIBUTE, 1)
    if type(version) is not int or version < 1:
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
    kinds = (DeprecationWarning, FutureWarning)
    return [_text(item.message) for item in caught if issubclass(item.category, kinds)]


def _text(warning: object) -> str:
    try:
        return words(str(warning), _LONGEST_WARNING)
    except BaseException:  # noqa: BLE001 - a warning of a plugin's own class may raise anything
        return f"{type_name(warning)}: its words cannot be shown."
