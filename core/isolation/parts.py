"""What is sent of a call: a client that the plugin's process can make for itself, and what it may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..hookspecs import Call
from ..http import HttpSettings
from ..records import Space
from ..secrets import Secret

ASKED_BACK = frozenset({"deliver", "work"})
"""Parameters of hooks that are functions: the plugin's process asks, and the core calls them."""


@dataclass(frozen=True, slots=True)
class CallParts:
    """A :class:`~publicist.core.hookspecs.Call` without what cannot be sent; ``secrets`` no message may show."""

    base_url: str
    seconds: float
    key: str
    secrets: tuple[Secret, ...]
    space: Space
    idempotency_key: str
    data_dir: Path | None


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message to a plugin's process. ``memory`` is in bytes, 0 for no limit."""

    name: str
    entry: str
    path: tuple[str, ...]
    level: int
    memory: int
    connect_timeout: float
    read_timeout: float
    max_bytes: int
    proxy: Secret
    ca_bundle: str
    allow_private: bool
    user_agent: str

    def http(self) -> HttpSettings:
        """Return how the process speaks HTTP: as the core does."""
        return HttpSettings(
            self.connect_timeout,
            self.read_timeout,
            self.max_bytes,
            self.proxy.reveal(),
            self.ca_bundle,
            self.allow_private,
            self.user_agent,
        )


def parts_of(call: Call) -> CallParts:
    """Return what is sent of a call."""
    client = call.http
    return CallParts(
        client.base_url,
        client.deadline.remaining(),
        client.key,
        client.secrets,
        call.space,
        call.idempotency_key,
        call.data_dir,
    )


def sendable(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a hook without functions, and its call as parts."""
    return {
        name: parts_of(value) if isinstance(value, Call) else value
        for name, value in arguments.items()
        if name not in ASKED_BACK
    }
