"""What is known of a plugin: how it was found and loaded, and how it last failed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ..redact import redact

BUILT_IN_SOURCE = "built-in"
INSIDE_ONLY = ("blueprints", "commands")
"""Hooks that are given parts of this process, and so cannot be called in another one."""


@dataclass(frozen=True, slots=True)
class PluginFailure:
    """How a plugin last failed in a call, the ``count``-th time; ``over``: that hook has worked since."""

    at: datetime
    hook: str
    message: str
    traceback: str = ""
    count: int = 1
    over: bool = False


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """What is known of one plugin.

    Attributes:
        state: ``active``; ``faulty``: it is called, and its last call failed by its own fault; ``disabled``; or
            ``broken``: it did not load. ``traceback`` shows why it is broken, ``remedy`` what to do.
        isolated: whether it runs in a process of its own.
        left_out: hooks that it has and that are not called, because they need to be in this process.
        hook_version: of the hooks that it is written for.
        warnings: what of it is on its way out.
        distribution: the installed package that it came with.
        failures, last_failure: how it did in calls.
    """

    name: str
    version: str
    source: str
    state: str
    hooks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    traceback: str = ""
    isolated: bool = False
    left_out: tuple[str, ...] = ()
    hook_version: int = 1
    warnings: tuple[str, ...] = ()
    distribution: str = ""
    remedy: str = ""
    failures: int = 0
    last_failure: PluginFailure | None = None

    @property
    def built_in(self) -> bool:
        """Whether it comes with publicist."""
        return self.source == BUILT_IN_SOURCE


def info_json(info: PluginInfo) -> dict[str, Any]:
    """Return the plugin as the API and the command line tell it, every traceback redacted."""
    told = {**asdict(info), "traceback": redact(info.traceback)}
    last = info.last_failure
    if last is not None:
        told["last_failure"] = {**asdict(last), "at": last.at.isoformat(), "traceback": redact(last.traceback)}
    return told
