"""States in the words of the tables, and times as people read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..moments import to_second
from .output import EMPTY

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
SYNC = {"in_sync": "in sync", "needs_republish": "needs republish"}


def sync_word(publication: Mapping[str, Any]) -> str:
    """Return where a publication (as JSON) stands, in two words at most; ``-`` where nothing is listed or wanted."""
    if publication["status"] == "not_published" and publication["sync"] == "in_sync":
        return EMPTY
    sync: str = publication["sync"]
    return SYNC.get(sync, sync)


def age_word(seconds: int | None) -> str:
    """Return an age in its largest whole unit: ``40 s``, ``3 min``, ``2 h``, ``5 d``; nothing for None."""
    if seconds is None:
        return ""
    fits = next((unit for unit in UNITS if seconds >= unit[1]), UNITS[-1])
    return f"{seconds // fits[1]} {fits[0]}"


def moment(time: datetime | None) -> str:
    """Return a time to the second, in UTC; nothing for None."""
    return to_second(time) if time else ""


def moment_of(text: str | None) -> str:
    """Return the time that a JSON value tells, as :func:`moment` does."""
    return moment(datetime.fromisoformat(text)) if text else ""
