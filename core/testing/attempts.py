"""Trying a hook: what came of it, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import MarketplaceError, OutcomeUnknown, PluginFault


@dataclass(frozen=True)
class Outcome:
    """What a call returned, or which error it raised."""

    value: Any = None
    error: MarketplaceError | None = None

    @property
    def returned(self) -> bool:
        """Whether the call returned."""
        return self.error is None

    @property
    def fault(self) -> bool:
        """Whether the plugin itself failed."""
        return isinstance(self.error, PluginFault)

    @property
    def unknown(self) -> bool:
        """Whether it said that nobody knows what came of it."""
        return isinstance(self.error, OutcomeUnknown)

    def __str__(self) -> str:
        if self.error is None:
            text = repr(self.value)
            return f"returned {text if len(text) < 200 else text[:200] + '…'}"  # noqa: PLR2004 - a line
        return f"raised {type(self.error).__name__}: {self.error.message}"


def attempt(call: Callable[[], Any]) -> Outcome:
    """Call a hook through the core's adapter, from which only errors of marketplaces come."""
    try:
        return Outcome(call())
    except MarketplaceError as error:
        return Outcome(error=error)
