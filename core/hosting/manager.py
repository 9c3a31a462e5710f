"""The plugins: found, loaded one by one, and asked for the kinds they offer.

Built-ins come first and through the same door as anybody else's. One plugin that does not load is listed with its
traceback and stops nobody.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

import pluggy

from ..errors import MarketplaceError, NotFound, NotSupported, PluginFault
from ..hookspecs import PROJECT, Specs
from ..isolation import START_SECONDS, IsolatedPlugin
from ..records import (
    BackendKind,
    Capabilities,
    CheckKind,
    ExecutorKind,
    Marketplace,
    MarketplaceKind,
    NotifierKind,
    PolicyType,
)
from ..settings import Settings
from ..version import VERSION
from .described_files import described
from .errors import trace_of
from .faults import FaultBook
from .guard import Guard, Hung, NotCalled, Unfinished
from .hook_versions import TakenUp, looked_at, take_up
from .info import BUILT_IN_SOURCE, INSIDE_ONLY, PluginInfo
from .kinds import CORE_POLICIES, Kinds
from .local import Loaded, LocalPlugin
from .search import BUILT_IN, Candidate, hello_to, installed, runs_apart

__all__ = ["CORE_POLICIES", "PluginInfo", "Plugins", "build_manager"]

log = logging.getLogger(__name__)

LOAD_SECONDS = 10.0


@dataclass(slots=True)
class Plugins:
    """The loaded plugins of one process; see :func:`build_manager`. Close it: some run in processes of their own."""

    manager: pluggy.PluginManager
    guard: Guard = field(default_factory=Guard)
    infos: list[PluginInfo] = field(default_factory=list)
    faults: FaultBook = field(default_factory=FaultBook)
    disabled: Callable[[], Collection[str]] = frozenset
    kinds: Kinds = field(default_factory=Kinds)
    loaded: dict[str, Loaded] = field(default_factory=dict)

    @property
    def marketplace_kinds(self) -> dict[str, MarketplaceKind]:
        """The kinds of marketplace by name."""
        return self.kinds.marketplace_kinds

    @property
    def backend_kinds(self) -> dict[str, BackendKind]:
        """The kinds of dataset and model by name."""
        return self.kinds.backend_kinds

    @property
    def policy_types(self) -> dict[str, PolicyType]:
        """The types of policy that plugins offer, by name."""
        return self.kinds.policy_types

    @property
    def check_kinds(self) -> dict[str, CheckKind]:
        """The kinds of check by name."""
        return self.kinds.check_kinds

    @property
    def notifier_kinds(self) -> dict[str, NotifierKind]:
        """The kinds of channel by name."""
        return self.kinds.notifier_kinds

    @property
    def executors(self) -> dict[str, ExecutorKind]:
        """The executors of plugins by name."""
        return self.kinds.executors

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
        return self.kinds.owners.get(f"MarketplaceKind:{kind}") == name

    def capabilities(self, marketplace: Marketplace) -> Capabilities:
        """Return what the marketplace can do: as found there, else as its kind says, else nothing."""
        kind = self.marketplace_kinds.get(marketplace.kind)
        return marketplace.capabilities or (kind.capabilities if kind else Capabilities())

    def add(self, name: str, plugin: Any) -> None:
        """Take up a plugin that is not installed: a module, or an object with hooks. See ``infos`` for how it went."""
        _load(self, Candidate(name, "given", "", load=lambda: plugin), None)

    def call_kind(self, kind: str, hook: str, seconds: float, **arguments: Any) -> Any:
        """Call one hook of the plugin that offers ``kind``, and no other plugin.

        Raises:
            NotSupported: the plugin has no such hook, or the kind is not there any more.
            MarketplaceError: what the plugin raised; PluginFault for everything that is not an answer.
        """
        owner = self.kinds.owners.get(kind)
        if owner is None:
            raise NotSupported(
                f"No plugin offers the kind {kind!r} any more.", remedy="Install or enable its plugin again."
            )
        return self.call(owner, hook, seconds, **arguments)

    def call(self, name: str, hook: str, seconds: float, **arguments: Any) -> Any:
        """Call one hook of one plugin, with a deadline, and check its answer.

        Raises what :meth:`call_kind` does; PluginFault, too, for one that is disabled.
        """
        if name in self.disabled():
            raise NotCalled(
                f"The plugin {name} is disabled.",
                remedy=f"Enable it in Settings, Plugins, or with `publicist plugins enable {name}`.",
            )
        plugin = self.loaded.get(name)
        if plugin is None or hook not in plugin.hooks:
            raise NotSupported(f"The plugin {name} has no {hook}.")
        try:
            answer = plugin.call(hook, arguments, seconds)
        except PluginFault as fault:
            if not isinstance(fault, NotCalled | Unfinished):
                self.faults.failed(name, hook, fault)
            raise
        except MarketplaceError:
            self.faults.worked(name, hook)
            raise
        self.faults.worked(name, hook)
        return answer

    def having(self, hook: str) -> list[str]:
        """Return the names of the plugins that have a hook and are not disabled."""
        disabled = self.disabled()
        return [name for name, plugin in self.loaded.items() if hook in plugin.hooks and name not in disabled]

    def broadcast(self, hook: str, **arguments: Any) -> None:
        """Call a hook of every plugin that has it; one that fails is reported and passed over."""
        for name in self.having(hook):
            try:
                self.call(name, hook, LOAD_SECONDS, **arguments)
            except MarketplaceError as error:
                log.exception("The plugin %s failed in %s: %s", name, hook, error.message)

    def close(self) -> None:
        """End the processes of plugins."""
        for plugin in self.loaded.values():
            plugin.close()


def build_manager(
    settings: Settings, *, apart: bool = True, without: Collection[str] = (), seconds: float = START_SECONDS
) -> Plugins:
    """Load the built-ins and, as the settings allow, the installed third-party plugins.

    Args:
        apart: load those that run in processes of their own, too; they have no commands and no pages.
        without: plugins not to load at all, though they are shown.
        seconds: how long all that run apart may take together until they are loaded; one that is not is broken.

    Returns:
        The plugins, broken ones among their ``infos``.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    plugins = Plugins(manager)
    there = installed(settings)
    found = [item for item in there if item.name not in without]
    started = _start_apart(settings, found, seconds) if apart else {}
    for name, module in BUILT_IN.items():
        _load(plugins, Candidate(name, BUILT_IN_SOURCE, VERSION, load=partial(import_module, module)), None)
    for item in described(settings):
        if item.name not in without:
            _load(plugins, item, None)
    for plugin in started.values():
        plugin.settle()  # all before the first is given up
    for item in found:
        if not _is_apart(settings, item):
            _load(plugins, item, None)
        elif apart:
            _load(plugins, item, started.pop(item.name, None) or IsolatedPlugin(hello_to(item, settings), seconds))
    plugins.infos += [_info(item, "broken", remedy=_LEFT_OUT) for item in there if item.name in without]
    return plugins


_LEFT_OUT = "It was disabled while it was broken, and was not loaded. Enable it and start again to try it."


def _start_apart(settings: Settings, found: list[Candidate], seconds: float) -> dict[str, IsolatedPlugin]:
    """Start the processes of all plugins that have one, at once; each loads while the others do."""
    first = {item.name: item for item in reversed(found) if _is_apart(settings, item)}
    return {name: IsolatedPlugin(hello_to(item, settings), seconds) for name, item in first.items()}


def _is_apart(settings: Settings, item: Candidate) -> bool:
    return not item.fault and runs_apart(settings.isolate, item.name)


def _load(plugins: Plugins, item: Candidate, apart: IsolatedPlugin | None) -> None:
    """Load and question one plugin; what goes wrong ends up in its info."""
    name = item.name
    try:
        if item.fault:
            raise PluginFault(item.fault, remedy="Install another release of it, or uninstall it.")
        if name in plugins.loaded:
            raise PluginFault(
                f"Another plugin is called {name} already.",
                remedy="Uninstall one of the two, or ask its author for another entry-point name.",
            )
        taken = apart.describe() if apart else _taken_up(plugins, item)
        plugins.loaded[name] = apart or LocalPlugin(name, plugins.manager, plugins.guard, built_in=item.built_in)
        kinds = plugins.kinds.take_up(name, lambda hook: plugins.call(name, hook, LOAD_SECONDS))
    except MarketplaceError as error:
        _leave_out(plugins, item, apart, error)
        return
    left_out = tuple(hook for hook in INSIDE_ONLY if apart and hook in taken.hooks)
    hooks = tuple(hook for hook in taken.hooks if hook not in left_out)
    if apart:
        apart.hooks = hooks
    for said in taken.warnings:
        log.warning("The plugin %s: %s", name, said)
    info = _info(item, "active", apart=apart is not None, hooks=hooks, kinds=kinds, taken=taken, left_out=left_out)
    plugins.infos.append(info)


def _taken_up(plugins: Plugins, item: Candidate) -> TakenUp:
    look = partial(looked_at, item.name, item.load)
    return take_up(plugins.manager, item.name, lambda: plugins.guard.call(item.name, look, LOAD_SECONDS))


def _leave_out(plugins: Plugins, item: Candidate, apart: IsolatedPlugin | None, error: MarketplaceError) -> None:
    name = item.name
    if not any(info.name == name and info.state == "active" for info in plugins.infos):
        plugins.loaded.pop(name, None)
        plugins.faults.forget(name)
        if plugins.manager.has_plugin(name):
            plugins.manager.unregister(name=name)
    if apart is not None:
        apart.close()
    trace = getattr(error, "traceback", "") or trace_of(error)
    if isinstance(error, Hung):
        trace = f"{trace}\n{error.message}"  # where it hung does not say that it did
    log.warning("The plugin %s is broken and was left out: %s", name, error)
    remedy = error.remedy
    if "ImportError" in trace or "ModuleNotFoundError" in trace:
        remedy = f"Install what is missing. If that is part of publicist, {name} may be for another release of it."
    plugins.infos.append(_info(item, "broken", trace=trace, apart=apart is not None, remedy=remedy))


def _info(
    item: Candidate,
    state: str,
    *,
    trace: str = "",
    apart: bool = False,
    taken: TakenUp | None = None,
    **more: Any,
) -> PluginInfo:
    return PluginInfo(
        item.name,
        item.version,
        item.source,
        state,
        traceback=trace,
        isolated=apart,
        distribution=item.distribution,
        hook_version=taken.version if taken else 1,
        warnings=taken.warnings if taken else (),
        **more,
    )
