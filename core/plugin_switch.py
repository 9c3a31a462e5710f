"""Plugins that a person has disabled: kept in the store, so that every process knows, and a restart changes nothing.

A disabled plugin is still loaded and known by its kinds, so that what it made stays readable; none of its hooks is
called, and a process of its own ends. What it would have been called for fails with the reason, and is taken up again
once it is enabled, in a new process. One that was broken when it was disabled is not even loaded.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from .errors import NotFound
from .events import note_setting
from .manager import PluginInfo, Plugins
from .plugin_failures import StoredFailures
from .plugin_info import PluginFailure
from .records import Marketplace
from .store import Store

SETTING = "disabled_plugins"
UNLOADED = "unloaded_plugins"
FRESH_SECONDS = 1.0
"""How long another process may go by what it has read; it is asked before every call of a hook."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one plugin offers and what is used of it: ``marketplaces`` stop while it is disabled."""

    info: PluginInfo
    marketplaces: tuple[Marketplace, ...] = ()


class PluginSwitch:
    """Disables and enables plugins, and tells how each does. Safe to use from many threads."""

    def __init__(self, store: Store, plugins: Plugins, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._plugins = plugins
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, frozenset[str]] | None = None
        self.failures = StoredFailures(store, plugins.faults, clock)
        plugins.disabled = self.disabled

    def disabled(self) -> frozenset[str]:
        """Return the names of the disabled plugins, as they were a second ago at most."""
        now = time.monotonic()
        with self._lock:
            known = self._known
        if known is not None and now < known[0] + FRESH_SECONDS:
            return known[1]
        return self._remember(_stored(self._store, SETTING))

    def offers(self) -> list[Offer]:
        """Return every plugin with how it stands, and the marketplaces that depend on it."""
        disabled, failures = self.disabled(), self.failures.all()
        with self._store.session():
            marketplaces = self._store.marketplaces.all()
        return [
            Offer(
                self._standing(info, disabled, failures.get(info.name)),
                tuple(item for item in marketplaces if self._plugins.offers(info.name, item.kind)),
            )
            for info in self._plugins.infos
        ]

    def offer(self, name: str) -> Offer:
        """Return one plugin. Raises NotFound."""
        for offer in self.offers():
            if offer.info.name == name:
                return offer
        raise NotFound(f"There is no plugin {name!r}.", remedy="`publicist plugins` shows them all.")

    def disable(self, name: str) -> Offer:
        """Have no hook of the plugin called any more; one that is broken is not loaded any more. Raises NotFound."""
        return self._turn(name, on=False)

    def enable(self, name: str) -> Offer:
        """Have it called again, its failures forgotten. One that was broken is loaded at the next start.

        Raises NotFound.
        """
        return self._turn(name, on=True)

    def close(self) -> None:
        """Keep what is not kept yet of how plugins failed."""
        self.failures.close()

    def _standing(self, info: PluginInfo, disabled: frozenset[str], failure: PluginFailure | None) -> PluginInfo:
        state = info.state
        if info.name in disabled:
            state = "disabled"
        elif state == "active" and ((failure and not failure.over) or self._plugins.guard.hanging(info.name)):
            state = "faulty"
        return replace(info, state=state, failures=failure.count if failure else 0, last_failure=failure)

    def _turn(self, name: str, *, on: bool) -> Offer:
        broken = {item.info.name for item in self.offers() if item.info.traceback or item.info.name in self._unloaded()}
        self.offer(name)
        with self._store.write():
            before = _stored(self._store, SETTING)
            after = before - {name} if on else before | {name}
            if after != before:
                self._store.settings.set(SETTING, json.dumps(sorted(after)))
                said = "Enabled." if on else "Disabled: none of its hooks is called any more."
                note_setting(self._store, f"plugin {name}", said, self._clock())
            left = _stored(self._store, UNLOADED)
            self._store.settings.set(UNLOADED, json.dumps(sorted(left - {name} if on else left | ({name} & broken))))
        if on:
            self.failures.forget(name)
        self._remember(after)
        return self.offer(name)

    def _unloaded(self) -> frozenset[str]:
        return _stored(self._store, UNLOADED)

    def _remember(self, names: frozenset[str]) -> frozenset[str]:
        with self._lock:
            before = self._known[1] if self._known else frozenset[str]()
            self._known = (time.monotonic(), names)
        for name in names - before:
            if name in self._plugins.loaded:
                self._plugins.loaded[name].rest()
        return names


def unloaded(store: Store) -> frozenset[str]:
    """Return the plugins that are not to be loaded: those that were broken when they were disabled."""
    return _stored(store, UNLOADED)


def _stored(store: Store, setting: str) -> frozenset[str]:
    with store.session():
        return frozenset(json.loads(store.settings.get(setting, "[]")))
