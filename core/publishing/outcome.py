"""How a call to a marketplace ended, as far as a publication is concerned. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import MarketplaceError
from ..records import RemoteListing


@dataclass(frozen=True, slots=True)
class Listed:
    """A create, update or look that ended with our listing there.

    ``digest`` is what it is known to show (None: something else than wanted), ``listed_as`` the fields that only a
    republish changes.
    """

    remote: RemoteListing
    digest: str | None
    listed_as: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """A withdrawal that succeeded, or a look that found nothing."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing had to be done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The call ended with an error."""

    error: MarketplaceError


Outcome = Listed | Absent | Unchanged | Failed


def word(outcome: Outcome) -> str:
    """Return an outcome in one word: that of its kind, or the cause of a failure."""
    return outcome.error.cause_code if isinstance(outcome, Failed) else type(outcome).__name__.lower()
