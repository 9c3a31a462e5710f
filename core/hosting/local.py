"""A plugin in this process, as the core calls it."""

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any, Protocol

import pluggy

from ..records import Backend, Endpoint, Marketplace, Policy
from .guard import Guard
from .hook_answers import answer_of

_KEPT_IN_MIND = (Backend, Endpoint, Marketplace, Policy)
_OURS = frozenset({"call", "deliver", "work", "cli", "app"})
"""What a hook is given to work with; the rest are values."""


class Loaded(Protocol):
    """A plugin that can be called, wherever it runs."""

    hooks: tuple[str, ...]

    def call(self, hook: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        """Return what the hook answers. Raises MarketplaceError; PluginFault for everything that is no answer."""

    def rest(self) -> None:
        """End what it keeps running until it is called again."""

    def close(self) -> None:
        """End what it keeps running."""


class LocalPlugin:
    """Calls hooks in threads of this process.

    Values are copied on their way in, so that a plugin can change them without changing them for us, and on their way
    out. What else it does in this process, such as replacing a function of ours, nothing contains.
    """

    def __init__(self, name: str, manager: pluggy.PluginManager, guard: Guard, *, built_in: bool) -> None:
        self._name = name
        self._guard = guard
        self._built_in = built_in
        callers = manager.get_hookcallers(manager.get_plugin(name)) or []
        self._found = {
            caller.name: item for caller in callers for item in caller.get_hookimpls() if item.plugin_name == name
        }
        self.hooks = tuple(sorted(self._found))

    def call(self, hook: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        """Return what the hook answers; see :class:`Loaded`."""
        implementation = self._found[hook]
        given = {key: self._own(key, arguments[key]) for key in implementation.argnames}
        return self._guard.call(
            self._name, partial(answer_of, self._name, hook, implementation.function, given), seconds
        )

    def rest(self) -> None:
        """Do nothing: it has nothing of its own."""

    def close(self) -> None:
        """Do nothing: it has nothing of its own."""

    def _own(self, name: str, argument: Any) -> Any:
        if name in _OURS or (self._built_in and not isinstance(argument, _KEPT_IN_MIND)):
            return argument
        return deepcopy(argument)
