"""What is wrong with each plugin, and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import PluginFault
from ..isolation.limits import can_bound_memory
from ..redact import redact
from ..settings import Settings
from ..store import Store
from .info import PluginInfo
from .kinds import CORE_POLICIES
from .manager import Plugins
from .search import BUILT_IN, named
from .switch import PluginSwitch

Level = Literal["fail", "warn"]

NEEDED: Mapping[str, Sequence[str]] = {
    "marketplace_kinds": (
        "connect", "slug_available", "fetch_listings", "find_listing", "render_listing", "create_listing",
        "update_listing", "withdraw_listing",
    ),
    "backend_kinds": ("check_backend", "query_backend"),
    "policy_types": ("check_policy",),
    "check_kinds": ("run_check",),
    "notifier_kinds": ("send_notice",),
    "executors": ("spread_work",),
}  # fmt: skip
"""The hooks that a plugin must have for the kinds that it offers."""
OF_CAPABILITY: Mapping[str, Sequence[str]] = {
    "health_push": ("report_health",),
    "feedback": ("fetch_feedback",),
    "tokens": ("token_issuer", "verify_token"),
}
"""The hooks that a capability of a marketplace kind stands for."""


@dataclass(frozen=True, slots=True)
class PluginFinding:
    """One thing that is wrong; ``plugin`` is empty where no plugin that is there is to blame."""

    plugin: str
    level: Level
    code: str
    message: str
    remedy: str


class PluginDoctor:
    """Looks at every plugin, and at what is used of plugins that are gone."""

    def __init__(self, store: Store, plugins: Plugins, switch: PluginSwitch, settings: Settings) -> None:
        self._store = store
        self._plugins = plugins
        self._switch = switch
        self._settings = settings

    def findings(self) -> list[PluginFinding]:
        """Return what is wrong, the gravest first; nothing is called to find it out."""
        found = [*self._of_plugins(), *self._of_settings(), *self._of_what_is_gone()]
        return sorted(found, key=lambda finding: (finding.level != "fail", finding.plugin))

    def _of_plugins(self) -> Iterator[PluginFinding]:
        for offer in self._switch.offers():
            info = offer.info
            if info.state == "disabled":
                continue
            yield from _of_loading(info)
            yield from _of_calls(info)
            if info.kinds:
                yield from self._missing_hooks(info)
            if hanging := self._plugins.guard.hanging(info.name):
                yield PluginFinding(
                    info.name, "fail", "hangs", f"{hanging} of its calls have not returned, in this process.",
                    f"Have it run apart (PUBLICIST_ISOLATE={info.name}), where it can be ended; or disable it. "
                    "A restart ends the calls.",
                )  # fmt: skip

    def _missing_hooks(self, info: PluginInfo) -> Iterator[PluginFinding]:
        """Name the hooks that its kinds promise and that it does not have."""
        for hook, needed in NEEDED.items():
            missing = [name for name in needed if name not in info.hooks] if hook in info.hooks else []
            if missing:
                yield _lacks(info, f"It has {hook} and lacks {', '.join(missing)}")
        for kind in self._plugins.marketplace_kinds.values():
            if not self._plugins.offers(info.name, kind.name):
                continue
            for capability, needed in OF_CAPABILITY.items():
                missing = [name for name in needed if name not in info.hooks]
                if getattr(kind.capabilities, capability) and missing:
                    yield _lacks(info, f"Its kind {kind.name} claims {capability} and it lacks {', '.join(missing)}")

    def _of_settings(self) -> Iterator[PluginFinding]:
        known = {info.name for info in self._plugins.infos}
        for name in sorted(named(self._settings.plugins or "") - known):
            yield PluginFinding(
                name, "fail", "not_installed", "PUBLICIST_PLUGINS names it, and it is not installed.",
                "Install it into the environment of publicist, or take it out of the setting.",
            )  # fmt: skip
        isolated = {name.removeprefix("-") for name in named(self._settings.isolate)} - {"*", "none"}
        for name in sorted(isolated - known):
            text = "PUBLICIST_ISOLATE names it, and there is no such plugin."
            yield PluginFinding(name, "warn", "not_installed", text, "Correct the name, or take it out of the setting.")
        for name in sorted(isolated & set(BUILT_IN)):
            text = "PUBLICIST_ISOLATE names it, and built-ins always run in this process."
            yield PluginFinding(name, "warn", "built_in", text, "Take it out of the setting.")
        executor = self._settings.executor
        if executor and executor not in self._plugins.executors:
            yield PluginFinding(
                executor, "fail", "no_executor", f"PUBLICIST_EXECUTOR names {executor}, which no plugin offers.",
                "Install its plugin, or correct the setting. Meanwhile work is done in the process of the runner.",
            )  # fmt: skip
        if (
            any(info.isolated for info in self._plugins.infos)
            and self._settings.isolate_memory
            and not can_bound_memory()
        ):
            text = "The memory of plugins' processes is not bounded: this system has no limit that holds."
            yield PluginFinding("", "warn", "no_memory_limit", text, "Run them on Linux, or bound them from outside.")

    def _of_what_is_gone(self) -> Iterator[PluginFinding]:
        plugins = self._plugins
        for what, name, kind, known in self._used():
            if kind not in known:
                broken = [info.name for info in plugins.infos if info.state == "broken"]
                hint = f" One of these may: {', '.join(broken)}." if broken else ""
                yield PluginFinding(
                    "", "fail", "gone", f"The {what} {name} is of the kind {kind}, which no plugin offers.{hint}",
                    f"Install the plugin that offers {kind} again, or remove the {what}.",
                )  # fmt: skip

    def _used(self) -> Iterator[tuple[str, str, str, Mapping[str, object]]]:
        """Yield what is used of plugins: what it is, its name, its kind, and the kinds that there are."""
        plugins, store = self._plugins, self._store
        with store.session():
            for marketplace in store.marketplaces.all():
                yield "marketplace", marketplace.name, marketplace.kind, plugins.marketplace_kinds
            for channel in store.alerts.channels():
                yield "channel", channel.name, channel.kind, plugins.notifier_kinds
            for endpoint in store.endpoints.all():
                for backend in filter(None, (endpoint.dataset, endpoint.model)):
                    yield "backend", f"{backend.name} of {endpoint.slug}", backend.kind, plugins.backend_kinds
                for policy in endpoint.policies:
                    if policy.type not in CORE_POLICIES:
                        yield "policy", f"{policy.name} of {endpoint.slug}", policy.type, plugins.policy_types
                for check in store.checks.of(endpoint.id):
                    yield "check", f"{check.name} of {endpoint.slug}", check.kind, plugins.check_kinds


OUR_OWN = f"{PluginFault.__module__}.{PluginFault.__name__}: "
"""How Python begins to tell of a fault that we have found ourselves; people need only the rest."""


def _of_loading(info: PluginInfo) -> Iterator[PluginFinding]:
    name = info.name
    if info.traceback:
        last = redact(info.traceback.strip().splitlines()[-1].removeprefix(OUR_OWN))[:300]
        code = (
            "clash"
            if "already" in last or "core's own" in last
            else "newer"
            if "hooks of version" in last
            else "broken"
        )
        yield PluginFinding(name, "fail", code, f"It was not loaded: {last}", info.remedy)
    for said in info.warnings:
        yield PluginFinding(name, "warn", "deprecated", said, "Tell its author, or install a newer release.")
    if info.left_out:
        yield PluginFinding(
            name, "warn", "left_out",
            f"It runs in a process of its own, where {' and '.join(info.left_out)} cannot be called.",
            f"If you trust it, let it run in this process: add -{name} to PUBLICIST_ISOLATE.",
        )  # fmt: skip


def _of_calls(info: PluginInfo) -> Iterator[PluginFinding]:
    last = info.last_failure
    if last is not None and not last.over:
        when = f"{last.at:%Y-%m-%d %H:%M:%S} UTC"
        text = f"Its last call of {last.hook} failed ({when}; {last.count} failures in all): {last.message}"
        remedy = f"Update it, or disable it: `publicist plugins disable {info.name}`. Its traceback: `… plugins show`."
        yield PluginFinding(info.name, "fail", "failing", text, remedy)


def _lacks(info: PluginInfo, text: str) -> PluginFinding:
    remedy = "Tell its author: what these hooks are for fails, or is not done."
    return PluginFinding(info.name, "fail" if not info.built_in else "warn", "missing_hook", f"{text}.", remedy)
