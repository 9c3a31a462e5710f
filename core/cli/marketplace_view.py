"""How a marketplace is shown to people."""

from datetime import datetime
from typing import TYPE_CHECKING

from ..moments import to_second
from .output import facts

if TYPE_CHECKING:
    from ..records import Marketplace, Standing


def show_facts(shown: "Marketplace", listed: int, standing: "Standing") -> None:
    """Print everything that there is to know about a marketplace, without its credentials."""
    pace = standing.pace
    facts(
        [
            ("name", shown.name),
            ("id", shown.id),
            ("kind", shown.kind),
            ("url", shown.url),
            ("status", "being removed" if shown.removing else shown.status),
            ("reason", shown.status_reason or ""),
            ("account", shown.account or ""),
            ("endpoints", str(listed)),
            ("sync policy", shown.sync_policy),
            ("pace", f"{pace.rate:g} calls a minute, {pace.concurrency} at once"),
            ("calls", "\n".join(held_back(standing)) or "as needed"),
        ]
    )


def held_back(standing: "Standing") -> list[str]:
    """Return what keeps calls from the marketplace, a sentence each."""
    found, pacing = [], standing.pacing
    if pacing.breaker != "closed":
        failures = f"{pacing.failures} failures in a row"
        found.append(f"Not answering since {_said(pacing.open_since)} ({failures}); next try {_said(pacing.next_try)}.")
    if standing.blocked_until is not None:
        found.append(f"Asked to be left alone until {_said(standing.blocked_until)}.")
    if pacing.refused:
        found.append("Refused the credentials; not called until they change, or a test succeeds.")
    return found


def _said(moment: datetime | None) -> str:
    return to_second(moment) if moment else "unknown"
