"""The one door through which plugins' errors enter: a class by its name out of a fixed list, and words.

What a plugin raises is looked at once, where it was raised, by :func:`told`; the core raises an error of its own
making, by :func:`untold`. Between the two is JSON, whether or not it travels.
"""

import traceback
from collections.abc import Mapping, Sequence
from itertools import islice
from types import FrameType
from typing import Any

from .. import errors
from ..errors import CAUSES, MarketplaceError, PluginFault, RejectedError, TransientError
from ..redact import redact
from .hook_answers import sound
from .plain_json import Unfit, sendable, type_name

LONGEST_TRACE = 20_000
LONGEST_WORDS = 10_000
MOST_FIELDS = 100
LONGEST_NAME = 200
LONGEST_WAIT = 10**9
"""Seconds; what the HTTP client reads from a ``Retry-After`` is less."""

KNOWN: Mapping[str, type[MarketplaceError]] = {
    name: item
    for name, item in reversed(vars(errors).items())
    if isinstance(item, type) and issubclass(item, MarketplaceError)
}
"""The classes that are kept, the narrower ones first."""

_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], "\ufffd") | {9: "\t", 10: "\n", 13: ""}
_PARTS: Mapping[str, Any] = {
    "class": str,
    "message": str,
    "remedy": str,
    "cause": str,
    "answered": bool,
    "retry_after": float | None,
    "errors": Mapping[str, Sequence[str]],
    "traceback": str,
    "part": str,
}


def told(error: BaseException, plugin: str) -> dict[str, Any]:
    """Return what a plugin raised; anything but a sound MarketplaceError is a fault of the plugin. Raises nothing."""
    try:
        found = _told(error)
    except BaseException:  # noqa: BLE001 - an error may raise whatever it likes when it is looked at
        found = None
    return found or fault(f"The plugin {plugin} failed with {type_name(error)}.", trace_of(error))


def _told(error: Any) -> dict[str, Any] | None:
    name = next((name for name, kind in KNOWN.items() if issubclass(type(error), kind)), None)
    if name is None:
        return None
    return _settled(
        {
            "class": name,
            "message": error.message,
            "remedy": error.remedy,
            "cause": error.cause_code,
            "answered": bool(error.answered),
            "retry_after": getattr(error, "retry_after", None),
            "errors": getattr(error, "errors", {}),
            "traceback": getattr(error, "traceback", ""),
            "part": error.part,
        }
    )


def fault(message: str, trace: str = "") -> dict[str, Any]:
    """Return a fault of the plugin's as it is told."""
    shape: dict[str, Any] = {"class": "PluginFault", "message": words(message), "remedy": CAUSES["plugin_fault"]}
    shape |= {"cause": "plugin_fault", "answered": True, "retry_after": None, "errors": {}, "part": ""}
    return shape | {"traceback": trace}


def untold(raw: Any, plugin: str) -> MarketplaceError:
    """Return the error that was told; a PluginFault for what tells none."""
    try:
        given = _settled(raw)
    except (Unfit, AttributeError):
        return PluginFault(f"The process of the plugin {plugin} sent an error that is none.")
    error = _made(KNOWN[given["class"]], given)
    error.answered, error.part = given["answered"], given["part"]
    return error


def unloaded(raw: Any, plugin: str) -> MarketplaceError:
    """Return what was told of a plugin that does not load; always a PluginFault, whatever it raised."""
    return untold({**raw, "class": PluginFault.__name__} if isinstance(raw, dict) else raw, plugin)


def _made(kind: type[MarketplaceError], given: Mapping[str, Any]) -> MarketplaceError:
    message, most = given["message"], {"remedy": given["remedy"], "cause": given["cause"]}
    if issubclass(kind, PluginFault):
        return PluginFault(message, traceback=given["traceback"], remedy=given["remedy"])
    if issubclass(kind, TransientError):
        return kind(message, retry_after=given["retry_after"], **most)
    if issubclass(kind, RejectedError):
        return kind(message, errors=given["errors"], **most)
    return kind(message, **most)


def _settled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells of an error, of sound types, redacted and cut. Raises Unfit for what tells of none."""
    given = {name: sound(wanted, raw.get(name)) for name, wanted in _PARTS.items()}
    if given["class"] not in KNOWN or not is_wait(given["retry_after"]):
        raise Unfit("an error that is none")
    given |= {name: words(given[name]) for name in ("message", "remedy", "part")}
    given["cause"] = given["cause"] if given["cause"] in CAUSES else KNOWN[given["class"]].cause
    given["errors"] = {
        words(field, LONGEST_NAME): [words(text) for text in texts[:MOST_FIELDS]]
        for field, texts in islice(given["errors"].items(), MOST_FIELDS)
    }
    return given | {"traceback": _end_of(given["traceback"])}


def words(text: str, most: int = LONGEST_WORDS) -> str:
    """Return what a plugin says as it can be shown and kept: redacted, of visible characters, cut."""
    return redact(sendable(text[: 2 * most])).translate(_CONTROLS)[:most]


def _end_of(text: str) -> str:
    return redact(sendable(text[-2 * LONGEST_TRACE :])).translate(_CONTROLS)[-LONGEST_TRACE:]


def trace_of(error: BaseException) -> str:
    """Return the traceback of an error as it can be shown; of a long one its end. Raises nothing."""
    try:
        return _end_of("".join(traceback.format_exception(error)))
    except BaseException:  # noqa: BLE001 - it looks at what the plugin made
        return "Its traceback cannot be shown."


def stack_of(frame: FrameType | None) -> str:
    """Return where a thread is, as a traceback; empty when it has ended. Raises nothing."""
    try:
        lines = ["Traceback (most recent call last):\n", *traceback.format_stack(frame)] if frame else []
        return _end_of("".join(lines))
    except BaseException:  # noqa: BLE001 - the source lines come from the plugin's own loader
        return "Where it is cannot be shown."


def is_wait(seconds: float | None) -> bool:
    """Whether a ``retry_after`` is None, or a number of seconds that somebody can wait."""
    return seconds is None or 0 <= seconds <= LONGEST_WAIT
