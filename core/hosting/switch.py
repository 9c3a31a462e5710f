"""Plugins that a person has disabled: kept in the store, so that every process knows, and a restart changes nothing.

A disabled plugin is still loaded and known by its kinds, so that what it made stays readable; none of its hooks is
called, and a process of its own ends. What it would have been called for fails with the reason, and is taken up again
once it is enabled, in a new process. One that was broken when it was disabled is not even loaded.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import NotFound
from ..events import note_setting
from ..records import Marketplace
from ..store import Store
from .failures import StoredFailures
from .info import PluginFailure
from .manager import PluginInfo, Plugins

log = logging.getLogger(__name__)

SETTING = "disabled_plugins"
UNLOADED = "unloaded_plugins"
TURNS = "plugin_turns"
"""How often each plugin was disabled or enabled: a process that sees another number gives the plugin's process up."""
FRESH_SECONDS = 1.0
"""How long another process may go by what it has read; it is asked before every call of a hook."""

WATCH_SECONDS = 2.0
"""How often a process that calls nothing looks, if plugins run in processes of their own."""


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
        self._read_at = -FRESH_SECONDS
        self._reading = 0
        self._known, self._turns = frozenset[str](), _stored_turns(store)
        self._closed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="plugin-switch", daemon=True)
        self.failures = StoredFailures(store, plugins.faults, clock)
        plugins.disabled = self.disabled
        if any(info.isolated for info in plugins.infos):
            self._watcher.start()

    def disabled(self) -> frozenset[str]:
        """Return the names of the disabled plugins, as they were a second ago at most."""
        with self._lock:
            if time.monotonic() < self._read_at + FRESH_SECONDS:
                return self._known
            reading = self._reading
        with self._store.session():
            names, turns = _stored(self._store, SETTING), _stored_turns(self._store)
        return self._remember(names, turns, reading)

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
        self._closed.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self.failures.close()

    def _watch(self) -> None:
        """See to it that plugins' processes end and are renewed here, though nothing is called here."""
        while not self._closed.wait(WATCH_SECONDS):
            try:
                self.disabled()
            except Exception:
                log.exception("It could not be read which plugins are disabled")

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
            # what was read so is changed by nobody else until this is done
            before = frozenset(json.loads(self._store.settings.set_once(SETTING, "[]")))
            after = before - {name} if on else before | {name}
            if after != before:
                self._store.settings.set(SETTING, json.dumps(sorted(after)))
                said = "Enabled." if on else "Disabled: none of its hooks is called any more."
                note_setting(self._store, f"plugin {name}", said, self._clock())
            turns = json.loads(self._store.settings.set_once(TURNS, "{}"))
            turns[name] = turns.get(name, 0) + 1
            self._store.settings.set(TURNS, json.dumps(turns))
            left = _stored(self._store, UNLOADED)
            self._store.settings.set(UNLOADED, json.dumps(sorted(left - {name} if on else left | ({name} & broken))))
        if on:
            self.failures.forget(name)
        self._remember(after, turns)
        return self.offer(name)

    def _unloaded(self) -> frozenset[str]:
        return _stored(self._store, UNLOADED)

    def _remember(self, names: frozenset[str], turns: Mapping[str, int], reading: int | None = None) -> frozenset[str]:
        """Take up what was read, unless something else was since reading it began."""
        with self._lock:
            if reading not in (None, self._reading):
                return self._known
            turned = (names - self._known) | {name for name in turns if turns[name] != self._turns.get(name)}
            self._read_at, self._reading = time.monotonic(), self._reading + 1
            self._known, self._turns = names, turns
        for name in turned & self._plugins.loaded.keys():
            self._plugins.loaded[name].rest()
        return names


def unloaded(store: Store) -> frozenset[str]:
    """Return the plugins that are not to be loaded: those that were broken when they were disabled."""
    return _stored(store, UNLOADED)


def _stored_turns(store: Store) -> Mapping[str, int]:
    with store.session():
        found: Mapping[str, int] = json.loads(store.settings.get(TURNS, "{}"))
    return found


def _stored(store: Store, setting: str) -> frozenset[str]:
    with store.session():
        return frozenset(json.loads(store.settings.get(setting, "[]")))
