"""Which plugins there are, and which of them run in processes of their own."""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

from ..http import HttpSettings
from ..isolation.parts import Hello
from ..secrets import Secret
from ..settings import Settings
from .errors import words
from .info import BUILT_IN_SOURCE

GROUP = "publicist"
MIB = 1024 * 1024
_LONGEST = 200
_NAMELESS = "(no name)"
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
    """A plugin that can be loaded; ``source`` is its entry point, or ``built-in``; ``fault`` is why it cannot be."""

    name: str
    source: str
    version: str
    load: Callable[[], Any]
    distribution: str = ""
    fault: str = ""

    @property
    def built_in(self) -> bool:
        """Whether it comes with publicist."""
        return self.source == BUILT_IN_SOURCE


def installed(settings: Settings) -> Sequence[Candidate]:
    """Return the installed third-party plugins that the settings let load, by name."""
    if settings.plugins == "":
        return []  # finding entry points reads the metadata of everything that is installed
    found = sorted(_candidates(), key=lambda item: item.name)
    if settings.plugins is None:
        return found
    names = named(settings.plugins)
    return [item for item in found if item.name in names]


def _candidates() -> Iterator[Candidate]:
    """Yield the plugins of each distribution, the first on the path of those that have one name."""
    known: set[str] = set()
    for distribution in distributions():
        entries, fault = _entries(distribution)
        if not entries:
            continue  # to read its name or version would be to read all of its metadata
        name = _said_of(distribution, "name")
        if name.lower() not in known:
            known |= {name.lower()} - {""}
            version = _said_of(distribution, "version")
            yield from (_candidate(entry, name, version, fault) for entry in entries)


def _entries(distribution: Distribution) -> tuple[Sequence[EntryPoint], str]:
    """Return the entry points that are ours, and what is wrong with them all; none where nothing can be read."""
    try:
        return list(distribution.entry_points.select(group=GROUP)), ""
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one that is installed, the others load
        if f"[{GROUP}]" not in _text_of(distribution):
            return [], ""
        fault = f"Its entry_points.txt cannot be read: {type(error).__name__}: {error}."
        return [EntryPoint(_said_of(distribution, "name"), "", GROUP)], words(fault)


def _candidate(entry: EntryPoint, distribution: str, version: str, fault: str) -> Candidate:
    if not fault and EntryPoint.pattern.fullmatch(entry.value) is None:
        fault = f"Its entry point is {entry.value!r}; one is written as module or as module:object."
    return Candidate(entry.name or distribution or _NAMELESS, entry.value, version, entry.load, distribution, fault)


def _said_of(distribution: Distribution, what: str) -> str:
    """Return the name or the version of a distribution, whose metadata may be broken."""
    try:
        return words(getattr(distribution, what) or "", _LONGEST)
    except Exception:  # noqa: BLE001 - there are no metadata, or they make no sense
        return ""


def _text_of(distribution: Distribution) -> str:
    try:
        return distribution.read_text("entry_points.txt") or ""
    except Exception:  # noqa: BLE001 - what cannot be read offers nothing
        return ""


def named(setting: str) -> set[str]:
    """Return the names in a setting that separates them by commas."""
    return {name.strip() for name in setting.split(",") if name.strip()}


def runs_apart(isolate: str, name: str) -> bool:
    """Whether the plugin runs in a process of its own; see the setting. Nothing but exceptions are those of all."""
    names = named(isolate)
    exceptions = {item for item in names if item.startswith("-")}
    everything = "*" in names or (names and names == exceptions)
    return f"-{name}" not in exceptions and bool(name in names or everything)


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
