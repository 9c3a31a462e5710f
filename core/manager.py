"""The plugins: found, loaded one by one, and asked for the kinds they offer.

Built-ins come first and through the same door as anybody else's. One plugin that does not load is listed with its
traceback and stops nobody.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from .errors import MarketplaceError, NotFound, NotSupported, PluginFault
from .guard import Guard
from .hookspecs import PROJECT, Specs
from .records import (
    Backend,
    BackendKind,
    Capabilities,
    CheckKind,
    Endpoint,
    Marketplace,
    MarketplaceKind,
    NotifierKind,
    Policy,
    PolicyType,
)
from .settings import Settings
from .version import VERSION

log = logging.getLogger(__name__)

GROUP = "publicist"
LOAD_SECONDS = 10.0
CORE_POLICIES = ("access", "rate_limit", "accounting")
"""The types of policy that the core decides itself."""
_SHARED = (Backend, Endpoint, Marketplace, Policy)
BUILT_IN = {
    "syfthub": "publicist.plugins.syfthub",
    "custom": "publicist.plugins.custom",
    "localhub": "publicist.plugins.localhub",
    "backends": "publicist.plugins.backends",
    "checks": "publicist.plugins.checks",
    "notifiers": "publicist.plugins.notifiers",
    "apprise": "publicist.plugins.notifiers.apprise",
    "webapp": "publicist.webapp.plugin",
}


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """What is known of one plugin. ``state`` is ``active``, ``disabled`` or ``broken``; ``traceback`` shows why."""

    name: str
    version: str
    source: str
    state: str
    hooks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    traceback: str = ""


@dataclass(slots=True)
class Plugins:
    """The loaded plugins of one process; see :func:`build_manager`."""

    manager: pluggy.PluginManager
    guard: Guard = field(default_factory=Guard)
    infos: list[PluginInfo] = field(default_factory=list)
    marketplace_kinds: dict[str, MarketplaceKind] = field(default_factory=dict)
    backend_kinds: dict[str, BackendKind] = field(default_factory=dict)
    policy_types: dict[str, PolicyType] = field(default_factory=dict)
    check_kinds: dict[str, CheckKind] = field(default_factory=dict)
    notifier_kinds: dict[str, NotifierKind] = field(default_factory=dict)
    disabled: Callable[[], Collection[str]] = frozenset
    _owners: dict[str, str] = field(default_factory=dict)

    def marketplace_kind(self, name: str) -> MarketplaceKind:
        """Return the kind. Raises NotFound with the kinds that there are."""
        if name not in self.marketplace_kinds:
            known = ", ".join(sorted(self.marketplace_kinds)) or "none"
            raise NotFound(
                f"No plugin offers the marketplace kind {name!r}.",
                remedy=f"Choose one of: {known}; or install the plugin that offers it.",
            )
        return self.marketplace_kinds[name]

    def offers(self, name: str, kind: str) -> bool:
        """Whether the plugin offers the marketplace kind."""
        return self._owners.get(f"MarketplaceKind:{kind}") == name

    def capabilities(self, marketplace: Marketplace) -> Capabilities:
        """Return what the marketplace can do: as found there, else as its kind says, else nothing."""
        kind = self.marketplace_kinds.get(marketplace.kind)
        return marketplace.capabilities or (kind.capabilities if kind else Capabilities())

    def call_kind(self, kind: str, hook: str, seconds: float, **arguments: Any) -> Any:
        """Call one hook of the plugin that offers ``kind``, and no other plugin.

        Raises:
            NotSupported: the plugin has no such hook, or the kind is not there any more.
            MarketplaceError: what the plugin raised; PluginFault for everything that is not an answer.
        """
        owner = self._owners.get(kind)
        if owner is None:
            raise NotSupported(
                f"No plugin offers the kind {kind!r} any more.", remedy="Install or enable its plugin again."
            )
        return self.call(owner, hook, seconds, **arguments)

    def call(self, name: str, hook: str, seconds: float, **arguments: Any) -> Any:
        """Call one hook of one plugin, with a deadline. Raises PluginFault, too, for one that is disabled."""
        if name in self.disabled():
            raise PluginFault(
                f"The plugin {name} is disabled.",
                remedy=f"Enable it in Settings, Plugins, or with `publicist plugins enable {name}`.",
            )
        plugin = self.manager.get_plugin(name)
        implementations = [item for item in getattr(self.manager.hook, hook).get_hookimpls() if item.plugin is plugin]
        if not implementations:
            raise NotSupported(f"The plugin {name} has no {hook}.")
        function = implementations[0].function
        given = {key: _own(arguments[key]) for key in implementations[0].argnames}
        return self.guard.call(name, lambda: function(**given), seconds)

    def broadcast(self, hook: str, **arguments: Any) -> None:
        """Call a hook of every plugin that has it, in this thread; one that fails is reported and passed over."""
        disabled = self.disabled()
        for implementation in getattr(self.manager.hook, hook).get_hookimpls():
            if implementation.plugin_name in disabled:
                continue
            try:
                implementation.function(**{key: arguments[key] for key in implementation.argnames})
            except Exception:
                log.exception("The plugin %s failed in %s", implementation.plugin_name, hook)


def _own(argument: Any) -> Any:
    """Return what a plugin may change without changing it for us: records are kept in mind, with mappings in them."""
    return deepcopy(argument) if isinstance(argument, _SHARED) else argument


def build_manager(settings: Settings) -> Plugins:
    """Load the built-ins and, as the settings allow, the installed third-party plugins.

    Returns:
        The plugins, broken ones among their ``infos``.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    plugins = Plugins(manager)
    for name, module in BUILT_IN.items():
        _load(plugins, name, "built-in", VERSION, partial(import_module, module))
    for entry in _allowed(settings):
        _load(plugins, entry.name, entry.value, entry.dist.version if entry.dist else "", entry.load)
    return plugins


def _allowed(settings: Settings) -> Sequence[EntryPoint]:
    if settings.plugins == "":
        return []  # finding entry points reads the metadata of everything that is installed
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    if settings.plugins is None:
        return found
    names = {name.strip() for name in settings.plugins.split(",")}
    return [entry for entry in found if entry.name in names]


def _load(plugins: Plugins, name: str, source: str, number: str, load: Callable[[], Any]) -> None:
    """Import, register and question one plugin; what goes wrong ends up in its info."""
    try:
        if plugins.manager.has_plugin(name):
            raise PluginFault(f"Another plugin is called {name} already.")
        plugin = plugins.guard.call(name, load, LOAD_SECONDS)
        plugins.manager.register(plugin, name=name)
        plugins.manager.check_pending()
        kinds = _kinds(plugins, name)
    except (MarketplaceError, pluggy.PluginValidationError) as error:
        if plugins.manager.has_plugin(name):
            plugins.manager.unregister(name=name)
        trace = getattr(error, "traceback", "") or "".join(traceback.format_exception(error))
        log.warning("The plugin %s is broken and was left out: %s", name, error)
        plugins.infos.append(PluginInfo(name, number, source, "broken", traceback=trace))
        return
    plugins.infos.append(PluginInfo(name, number, source, "active", _hooks(plugins, name), kinds))


def _hooks(plugins: Plugins, name: str) -> tuple[str, ...]:
    plugin = plugins.manager.get_plugin(name)
    return tuple(sorted(caller.name for caller in plugins.manager.get_hookcallers(plugin) or []))


def _kinds(plugins: Plugins, name: str) -> tuple[str, ...]:
    """Take up the kinds of a plugin; a name that another plugin offers already is refused."""
    offered: list[tuple[dict[str, Any], Any]] = []
    for hook, known, record in (
        ("marketplace_kinds", plugins.marketplace_kinds, MarketplaceKind),
        ("backend_kinds", plugins.backend_kinds, BackendKind),
        ("policy_types", plugins.policy_types, PolicyType),
        ("check_kinds", plugins.check_kinds, CheckKind),
        ("notifier_kinds", plugins.notifier_kinds, NotifierKind),
    ):
        try:
            kinds = plugins.call(name, hook, LOAD_SECONDS)
        except NotSupported:
            continue
        for kind in kinds:
            if not isinstance(kind, record):
                raise PluginFault(f"{hook} of the plugin {name} returned a {type(kind).__name__}.")
            if kind.name in known or (record is PolicyType and kind.name in CORE_POLICIES):
                raise PluginFault(f"The kind {kind.name} is offered by another plugin already.")
            offered.append((known, kind))
    for known, kind in offered:
        known[kind.name] = kind
        plugins._owners[f"{type(kind).__name__}:{kind.name}"] = name  # noqa: SLF001 - a part of this module
    return tuple(kind.name for _, kind in offered)
