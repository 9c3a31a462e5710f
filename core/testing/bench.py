"""What an adapter is tried with: the plugins, room for their notes and the adapter, as a space has them."""

import os
from collections.abc import Mapping
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest

from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins, build_manager
from ..http import HttpSettings, Sessions
from ..records import MarketplaceKind, Space
from ..settings import load_settings
from ..store import Store
from .notes import Notes

PUBLIC_URL = "http://127.0.0.1:9999"
"""Where the space of the kit says that it is; nobody calls it."""
CALL_SECONDS = 20.0


class Bench:
    """The plugins of this environment, and adapters that call them.

    Args:
        environment: further ``PUBLICIST_…`` variables.
        plugin: a module or an object with hooks that is not installed, tried beside those that are.
    """

    def __init__(self, environment: Mapping[str, str], plugin: Any = None) -> None:
        self._folder = TemporaryDirectory(prefix="publicist-kit-")
        given = {name: value for name, value in os.environ.items() if name == "PUBLICIST_PLUGINS"}
        fixed = {"PUBLICIST_DATA_DIR": self._folder.name, "PUBLICIST_CALL_DEADLINE": str(CALL_SECONDS)}
        self._settings = load_settings({**given, **environment, **fixed})
        self._notes = cast(Store, Notes())  # on disk they would cost more than all the rest
        self._sessions = Sessions(HttpSettings())
        self.places: dict[tuple[str, str, str], list[int]] = {}
        """By kind, counterpart and hook: see :func:`publicist.core.testing.scenes.places`."""
        self.plugins: Plugins = build_manager(self._settings)
        if plugin is not None:
            self.plugins.add("under-test", plugin)
        self.space = Space("c0ffee00c0ffee00c0ffee00c0ffee00", "Contract kit", PUBLIC_URL, "vm", None)

    def kind(self, name: str) -> MarketplaceKind:
        """Return the kind; fail with what is known of the plugins where there is none."""
        if name in self.plugins.marketplace_kinds:
            return self.plugins.marketplace_kinds[name]
        broken = [f"\n{info.name} is broken:\n{info.traceback}" for info in self.plugins.infos if info.traceback]
        known = ", ".join(sorted(self.plugins.marketplace_kinds)) or "none"
        text = f"No plugin offers the marketplace kind {name!r}; there are: {known}. Is the package installed?"
        raise pytest.fail.Exception(text + "".join(broken), pytrace=False)

    def adapter(self, seconds: float = CALL_SECONDS) -> Adapter:
        """Return an adapter whose calls end after so many seconds."""
        settings = replace(self._settings, call_deadline=seconds, fetch_deadline=max(seconds, 0.1))
        return Adapter(self.plugins, self._notes, self._sessions, settings)

    def close(self) -> None:
        """Close connections, end plugins, and take the folder away."""
        self.plugins.close()
        self._sessions.close()
        self._folder.cleanup()


class Benches:
    """The benches of one run of pytest: made when first asked for, closed at its end."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Bench] = {}

    def bench(self, environment: Mapping[str, str], plugin: Any) -> Bench:
        """Return the bench for these."""
        key = (tuple(sorted(environment.items())), id(plugin))
        if key not in self._made:
            self._made[key] = Bench(environment, plugin)
        return self._made[key]

    def close(self) -> None:
        """Close them all."""
        for bench in self._made.values():
            bench.close()
        self._made.clear()


_BENCHES = pytest.StashKey[Benches]()


def benches(config: pytest.Config) -> Benches:
    """Return the benches of this run."""
    if _BENCHES not in config.stash:
        config.stash[_BENCHES] = Benches()
        config.add_cleanup(config.stash[_BENCHES].close)
    return config.stash[_BENCHES]
