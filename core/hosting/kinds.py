"""The kinds that plugins offer, and which plugin each belongs to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import NotSupported, PluginFault
from ..records import BackendKind, CheckKind, ExecutorKind, MarketplaceKind, NotifierKind, PolicyType
from ..text import cut

CORE_POLICIES = ("access", "rate_limit", "accounting")
"""The types of policy that the core decides itself."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a kind can be called: it stands in addresses, in files and on command lines."""

KIND_HOOKS = ("marketplace_kinds", "backend_kinds", "policy_types", "check_kinds", "notifier_kinds", "executors")


@dataclass(slots=True)
class Kinds:
    """Each kind by its name, and by ``<record>:<name>`` the plugin that offers it."""

    marketplace_kinds: dict[str, MarketplaceKind] = field(default_factory=dict)
    backend_kinds: dict[str, BackendKind] = field(default_factory=dict)
    policy_types: dict[str, PolicyType] = field(default_factory=dict)
    check_kinds: dict[str, CheckKind] = field(default_factory=dict)
    notifier_kinds: dict[str, NotifierKind] = field(default_factory=dict)
    executors: dict[str, ExecutorKind] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def take_up(self, plugin: str, ask: Callable[[str], Sequence[Any]]) -> tuple[str, ...]:
        """Take up all kinds of a plugin, or none, and return their names.

        ``ask`` calls a hook of the plugin. Raises PluginFault for a kind that another plugin offers already.
        """
        offered: list[tuple[dict[str, Any], Any]] = []
        for hook in KIND_HOOKS:
            known: dict[str, Any] = getattr(self, hook)
            try:
                kinds = ask(hook)
            except NotSupported:
                continue
            for kind in kinds:
                self._refuse_name(known, kind)
                offered.append((known, kind))
        for known, kind in offered:
            known[kind.name] = kind
            self.owners[f"{type(kind).__name__}:{kind.name}"] = plugin
        return tuple(kind.name for _, kind in offered)

    def _refuse_name(self, known: dict[str, Any], kind: Any) -> None:
        if not NAME.fullmatch(kind.name):
            raise PluginFault(
                f"A kind cannot be called {cut(repr(kind.name), 80)}.",
                remedy="Name it with 1 to 64 letters (a to z), digits, hyphens and underscores.",
            )
        if isinstance(kind, MarketplaceKind):
            _refuse_numbers(kind)
        if isinstance(kind, PolicyType) and kind.name in CORE_POLICIES:
            raise PluginFault(f"The policy type {kind.name} is the core's own.", remedy="Give the type another name.")
        if kind.name in known:
            owner = self.owners[f"{type(kind).__name__}:{kind.name}"]
            raise PluginFault(
                f"The kind {kind.name} is offered by another plugin already: {owner}.",
                remedy=f"Uninstall one of the two, or leave one out of PUBLICIST_PLUGINS. {owner} was loaded first.",
            )


def _refuse_numbers(kind: MarketplaceKind) -> None:
    """Raise PluginFault for limits and capabilities that nobody can keep to."""
    limits, able = kind.limits, kind.capabilities
    least = min(limits.burst, limits.concurrency, able.health_batch, able.health_ttl_seconds)
    if limits.rate <= 0 or least < 1:
        raise PluginFault(
            f"The kind {kind.name} has a rate, burst, concurrency, health_batch or health_ttl_seconds of 0 or less.",
            remedy="Give each of them a number that lets calls through.",
        )
    for name in ("slug_pattern", "tag_pattern"):
        try:
            re.compile(getattr(limits, name))
        except (re.error, OverflowError, RecursionError) as error:
            raise PluginFault(
                f"The {name} of the kind {kind.name} is no regular expression: {error}.",
                remedy="Correct it; see the documentation of Python's re.",
            ) from None
