"""Which plugins there are, and which of them run in processes of their own."""

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from .http import HttpSettings
from .isolation.parts import Hello
from .plugin_info import BUILT_IN_SOURCE
from .secrets import Secret
from .settings import Settings

GROUP = "publicist"
MIB = 1024 * 1024
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
class Candidate:
    """A plugin that can be loaded; ``source`` is its entry point, or ``built-in``."""

    name: str
    source: str
    version: str
    load: Callable[[], Any]
    distribution: str = ""

    @property
    def built_in(self) -> bool:
        """Whether it comes with publicist."""
        return self.source == BUILT_IN_SOURCE


def installed(settings: Settings) -> Sequence[Candidate]:
    """Return the installed third-party plugins that the settings let load, by name."""
    if settings.plugins == "":
        return []  # finding entry points reads the metadata of everything that is installed
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    if settings.plugins is not None:
        names = named(settings.plugins)
        found = [entry for entry in found if entry.name in names]
    return [
        Candidate(
            entry.name,
            entry.value,
            entry.dist.version if entry.dist else "",
            entry.load,
            entry.dist.name if entry.dist else "",
        )
        for entry in found
    ]


def named(setting: str) -> set[str]:
    """Return the names in a setting that separates them by commas."""
    return {name.strip() for name in setting.split(",") if name.strip()}


def runs_apart(isolate: str, name: str) -> bool:
    """Whether the plugin runs in a process of its own; see the setting."""
    names = named(isolate)
    return f"-{name}" not in names and (name in names or "*" in names)


def http_settings(settings: Settings) -> HttpSettings:
    """Return how this installation speaks HTTP."""
    return HttpSettings(
        proxy=settings.proxy, ca_bundle=settings.ca_bundle, allow_private=settings.private_networks_allowed
    )


def hello_to(item: Candidate, settings: Settings) -> Hello:
    """Return what a plugin's process is told first."""
    http = http_settings(settings)
    return Hello(
        name=item.name,
        entry=item.source,
        path=tuple(sys.path),
        level=logging.getLogger().getEffectiveLevel(),
        memory=settings.isolate_memory * MIB,
        connect_timeout=http.connect_timeout,
        read_timeout=http.read_timeout,
        max_bytes=http.max_bytes,
        proxy=Secret(http.proxy),
        ca_bundle=http.ca_bundle,
        allow_private=http.allow_private,
        user_agent=http.user_agent,
    )
