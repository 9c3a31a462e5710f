"""Errors as JSON, and back: a class by its name out of a fixed list, and words."""

import traceback
from collections.abc import Mapping
from typing import Any

from .. import errors
from ..errors import CAUSES, MarketplaceError, PluginFault, RejectedError, TransientError
from ..guard import is_wait
from ..redact import redact

LONGEST = 20_000
KNOWN: Mapping[str, type[MarketplaceError]] = {
    name: item
    for name, item in vars(errors).items()
    if isinstance(item, type) and issubclass(item, MarketplaceError) and item not in (MarketplaceError, TransientError)
}


def told(error: BaseException, plugin: str) -> dict[str, Any]:
    """Return what a plugin raised, redacted; anything but a sound MarketplaceError is a fault of the plugin."""
    name = next((base.__name__ for base in type(error).__mro__ if base.__name__ in KNOWN), None)
    if name is None or not isinstance(error, MarketplaceError) or not _is_whole(error):
        return fault(f"The plugin {plugin} failed with {type(error).__name__}.", trace_of(error))
    found: dict[str, Any] = {"class": name, "message": redact(error.message), "remedy": redact(error.remedy)}
    found |= {"cause": error.cause_code, "answered": bool(error.answered)}
    found["retry_after"] = getattr(error, "retry_after", None)
    found["errors"] = getattr(error, "errors", {}) if isinstance(error, RejectedError) else {}
    return found | {"traceback": redact(str(getattr(error, "traceback", "")))}


def fault(message: str, trace: str = "") -> dict[str, Any]:
    """Return a fault of the plugin's as it is sent."""
    shape: dict[str, Any] = {"class": "PluginFault", "message": redact(message), "remedy": CAUSES["plugin_fault"]}
    return shape | {"cause": "plugin_fault", "answered": True, "retry_after": None, "errors": {}, "traceback": trace}


def trace_of(error: BaseException) -> str:
    """Return the traceback of an error, redacted; of a long one its end."""
    return redact("".join(traceback.format_exception(error)))[-LONGEST:]


def untold(raw: Any, plugin: str) -> MarketplaceError:
    """Return the error that was told; a PluginFault for what tells none."""
    if not isinstance(raw, dict) or not _is_told(raw):
        return PluginFault(f"The process of the plugin {plugin} sent an error that is none.")
    kind, words = KNOWN[raw["class"]], {"remedy": raw["remedy"][:LONGEST]}
    error: MarketplaceError
    if issubclass(kind, PluginFault):
        error = PluginFault(raw["message"], traceback=raw["traceback"][-LONGEST:], **words)
    elif issubclass(kind, TransientError):
        error = kind(raw["message"], retry_after=raw["retry_after"], cause=raw["cause"], **words)
    elif issubclass(kind, RejectedError):
        error = kind(raw["message"], errors=raw["errors"], cause=raw["cause"], **words)
    else:
        error = kind(raw["message"], cause=raw["cause"], **words)
    error.answered = raw["answered"]
    return error


def _is_told(raw: Mapping[str, Any]) -> bool:
    texts = (raw.get(name) for name in ("message", "remedy", "cause", "traceback"))
    return (
        raw.get("class") in KNOWN
        and all(isinstance(text, str) for text in texts)
        and isinstance(raw.get("answered"), bool)
        and is_wait(raw.get("retry_after"))
        and _are_errors(raw.get("errors"))
    )


def _is_whole(error: MarketplaceError) -> bool:
    texts = (getattr(error, name, None) for name in ("message", "remedy", "cause_code"))
    return all(isinstance(text, str) for text in texts) and (
        is_wait(getattr(error, "retry_after", None)) and _are_errors(getattr(error, "errors", {}))
    )


def _are_errors(errors_by_field: object) -> bool:
    return isinstance(errors_by_field, dict) and all(
        isinstance(name, str) and isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        for name, texts in errors_by_field.items()
    )
