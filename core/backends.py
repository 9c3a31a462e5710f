"""What holds for every query to a dataset or a model, whichever plugin answers it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from .errors import MarketplaceUnavailable, PluginFault
from .plain_json import plain_json, sendable
from .records import (
    Backend,
    BackendAnswer,
    BackendHealth,
    BackendKind,
    Channel,
    Check,
    CheckKind,
    CheckResult,
    Document,
    NotifierKind,
    Query,
)
from .secrets import Secret
from .settings import Settings

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
            whole = self._whole(piece)
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


def sound(answer: BackendAnswer, query: Query, kind: str) -> BackendAnswer:
    """Return the answer with scores from 0 to 1, and a dataset's passages at most ``query.limit``.

    Raises PluginFault when it holds what is not an answer.
    """
    if not _is_answer(answer):
        raise PluginFault(f"query_backend of the kind {kind} returned an answer with a part of a wrong type.")
    found = answer.documents[: query.limit] if query.backend_role == "dataset" else answer.documents
    try:
        return replace(
            answer,
            documents=tuple(map(_clean, found)),
            summary=None if answer.summary is None else sendable(answer.summary),
            model=sendable(answer.model),
            finish_reason=sendable(answer.finish_reason),
            usage=plain_json(answer.usage),
        )
    except ValueError as fault:
        raise PluginFault(f"query_backend of the kind {kind} returned what is no JSON: {fault}.") from None


def sound_finding(found: Finding, hook: str, kind: str) -> Finding:
    """Return what was seen of a backend, or by a check. Raises PluginFault when a part of it is of a wrong type."""
    texts = (found.message, getattr(found, "name", ""), getattr(found, "warning", ""))
    flags, latency = (found.ok, found.reachable), found.latency_ms
    if (
        not all(isinstance(text, str) for text in texts)
        or not all(isinstance(flag, bool) for flag in flags)
        or (latency is not None and not _is_latency(latency))
    ):
        raise PluginFault(f"{hook} of the kind {kind} returned a finding with a part of a wrong type.")
    return replace(found, message=sendable(found.message), latency_ms=None if latency is None else float(latency))


def _is_latency(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_LATENCY


def _is_answer(answer: BackendAnswer) -> bool:
    return (
        isinstance(answer.summary, str | None)
        and isinstance(answer.model, str)
        and isinstance(answer.finish_reason, str)
        and isinstance(answer.usage, Mapping)
        and isinstance(answer.documents, tuple | list)
        and all(map(_is_document, answer.documents))
    )


def _clean(document: Document) -> Document:
    return Document(
        sendable(document.document_id),
        sendable(document.content),
        min(1.0, max(0.0, float(document.score))),
        plain_json(document.metadata),
    )


def _is_document(item: object) -> bool:
    return (
        isinstance(item, Document)
        and isinstance(item.document_id, str)
        and isinstance(item.content, str)
        and isinstance(item.score, int | float)
        and math.isfinite(item.score)
        and isinstance(item.metadata, Mapping)
    )


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
