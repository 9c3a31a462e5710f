"""What holds for every query to a dataset or a model, whichever plugin answers it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from ..errors import MarketplaceUnavailable, PluginFault
from ..hosting.plain_json import sendable
from ..records import (
    Backend,
    BackendAnswer,
    BackendHealth,
    BackendKind,
    Channel,
    Check,
    CheckKind,
    CheckResult,
    NotifierKind,
    Query,
)
from ..secrets import Secret
from ..settings import Settings

FILES = "plugins"
"""The folder in the data directory under which plugins keep what can be made anew."""

LONGEST_LATENCY = 86_400_000.0
"""Milliseconds; whoever looked that long looked for a day."""

Finding = TypeVar("Finding", BackendHealth, CheckResult)


class Delivery:
    """Hands pieces of an answer on, from a plugin's thread, until the call is over.

    A plugin that overran its deadline goes on running; what it writes then must reach nobody. Leaving the block
    ends the delivery, and raises what the receiver raised, in place of what the plugin made of it.

    Args:
        receive: gets each piece; it must not wait for anything, for leaving the block waits for it.
        wanted: whether anybody waits for pieces; if not, they are dropped.
    """

    def __init__(self, receive: Callable[[str], None], *, wanted: bool) -> None:
        self._receive = receive
        self._wanted = wanted
        self._half = ""
        self._lock = Lock()
        self._over = False
        self._raised: Exception | None = None

    def __call__(self, piece: str) -> None:
        """Hand ``piece`` on. Raises MarketplaceUnavailable, to end the plugin's work, when nobody waits any more."""
        if not isinstance(piece, str):
            raise TypeError(f"a piece of an answer is a str, not a {type(piece).__name__}")
        with self._lock:
            if self._over:
                raise MarketplaceUnavailable("Nobody waits for this answer any more.")
            whole = self._whole(str.__str__(piece))
            if self._wanted and whole:
                self._hand_on(whole)

    def _whole(self, piece: str) -> str:
        """Return what can be sent by now: a sign may come in two pieces, each with half of a surrogate pair."""
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return sendable(text.removesuffix(self._half))

    def _hand_on(self, piece: str) -> None:
        try:
            self._receive(piece)
        except Exception as error:
            self._raised, self._over = error, True
            raise MarketplaceUnavailable("Nobody waits for this answer any more.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with self._lock:
            self._over = True
        if self._raised is not None:
            raise self._raised


def sound(answer: BackendAnswer, query: Query) -> BackendAnswer:
    """Return the answer with scores from 0 to 1, and a dataset's passages at most ``query.limit``."""
    found = answer.documents[: query.limit] if query.backend_role == "dataset" else answer.documents
    return replace(answer, documents=tuple(replace(each, score=min(1.0, max(0.0, each.score))) for each in found))


def sound_finding(found: Finding, hook: str, kind: str) -> Finding:
    """Return what was seen of a backend, or by a check. Raises PluginFault when it took no time that there is."""
    latency = found.latency_ms
    if latency is not None and not 0 <= latency <= LONGEST_LATENCY:
        raise PluginFault(f"{hook} of the kind {kind} returned a finding with a latency of {latency:g} ms.")
    return replace(found, latency_ms=None if latency is None else float(latency))


def secrets_of(
    backend: Backend | Channel | Check, kind: BackendKind | NotifierKind | CheckKind | None
) -> tuple[Secret, ...]:
    """Return the secrets among the settings of a backend or a channel, so that no message shows them."""
    names = [field.name for field in kind.settings if field.secret] if kind else []
    return tuple(secret for name in names for secret in _secrets_in(backend.settings.get(name)))


def _secrets_in(value: object) -> list[Secret]:
    if isinstance(value, Mapping):
        return [secret for inner in value.values() for secret in _secrets_in(inner)]
    if isinstance(value, Secret):
        return [value]
    return [Secret(value)] if isinstance(value, str) and value else []


def files_of(plugin: str, settings: Settings) -> Path:
    """Return the folder in which a plugin may keep what can be made anew; nobody has made it yet."""
    return Path(settings.data_dir).absolute() / FILES / plugin
