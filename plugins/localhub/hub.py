"""What all routes of one hub share: its settings, database, keys and clock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import current_app

from .database import Database
from .keys import Keys
from .settings import HubSettings
from .times import stamp

EXTENSION = "localhub"


@dataclass(frozen=True, slots=True)
class Hub:
    """One running hub.

    ``logged_out`` maps the ids of access tokens whose session ended to their expiry. It is kept in memory only:
    the real hub forgets it at a restart as well.
    """

    settings: HubSettings
    database: Database
    keys: Keys
    logged_out: dict[str, float] = field(default_factory=dict)

    @property
    def has_satellites(self) -> bool:
        """Whether this hub speaks the newer dialect."""
        return self.settings.dialect == "satellites"

    def now(self) -> datetime:
        """Return the hub's time."""
        return self.settings.clock()

    def stamp(self) -> str:
        """Return the hub's time as it is stored."""
        return stamp(self.now())


def current_hub() -> Hub:
    """Return the hub that serves the present request."""
    return cast(Hub, current_app.extensions[EXTENSION])


def rows(query: Any) -> list[Any]:
    """Return all rows of a select from the present request's hub."""
    return current_hub().database.rows(query)


def first(query: Any) -> Any:
    """Return the first row of a select from the present request's hub, or None."""
    return current_hub().database.first(query)


def run(query: Any) -> int:
    """Execute an insert, update or delete in the present request's hub."""
    return current_hub().database.run(query)
