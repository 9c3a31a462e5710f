"""The live table of ``publicist watch``, no larger than the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from .output import count
from .screen import STYLES
from .texts import clean
from .words import age_word, moment, sync_word

WORST_FIRST = ("offline", "unhealthy", "degraded", "unknown", "healthy")
TROUBLED = ("failed", "drifted", "needs republish", "pending", "in sync")
OFF = "switched off"
AROUND = 7
"""Lines of the screen that are not endpoints: a heading, the table's frame, and what is left out."""


def draw(found: Sequence[Mapping[str, Any]], now: datetime, height: int) -> Group:
    """Return the table for a screen of so many lines, the worst endpoints first."""
    ranked = sorted(found, key=_rank)
    shown = ranked[: max(1, height - AROUND)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("Endpoint", no_wrap=True, overflow="ellipsis", ratio=3)
    for name in ("Health", "For", "Age", "Latency"):
        table.add_column(name, no_wrap=True)
    table.add_column("Listings", no_wrap=True, overflow="ellipsis", ratio=2)
    for each in shown:
        table.add_row(*_cells(each, now))
    left_out = len(ranked) - len(shown)
    foot = f"and {count(left_out, 'endpoint')} more, none of them worse" if left_out else ""
    return Group(Text(_heading(found, now), no_wrap=True, overflow="ellipsis"), table, Text(foot, style="dim"))


def listings_word(publications: Sequence[Mapping[str, Any]]) -> str:
    """Return how an endpoint's listings stand, what troubles first: ``1 failed, 1 switched off, 2 in sync``."""
    words = Counter(OFF if row["active"] is False else sync_word(row) for row in publications)
    order = (TROUBLED[0], OFF, *TROUBLED[1:])
    return ", ".join(f"{words[word]} {word}" for word in order if words[word]) or "-"


def _heading(found: Sequence[Mapping[str, Any]], now: datetime) -> str:
    states = Counter(each["health"]["state"] for each in found)
    told = ", ".join(f"{states[state]} {state}" for state in WORST_FIRST if states[state])
    return f"{moment(now)}  {told or 'no endpoints yet'}  (q leaves)"


def _rank(each: Mapping[str, Any]) -> tuple[int, bool, str]:
    calm = {"in sync", "-"}
    troubled = any(sync_word(row) not in calm or row["active"] is False for row in each["publications"])
    return WORST_FIRST.index(each["health"]["state"]), not troubled, each["endpoint_slug"]


def _cells(each: Mapping[str, Any], now: datetime) -> list[Text]:
    health, listings = each["health"], listings_word(each["publications"])
    since = datetime.fromisoformat(health["since"]) if health["since"] else None
    latency = "-" if health["latency_ms"] is None else f"{health['latency_ms']:,.0f} ms"
    return [
        Text(clean(each["endpoint_slug"])),
        Text(health["state"], style=STYLES[health["state"]]),
        Text(age_word(max(0, int((now - since).total_seconds()))) if since else "-"),
        Text(age_word(health["age_seconds"]) or "-"),
        Text(latency),
        Text(listings, style=STYLES.get(listings.partition(",")[0].partition(" ")[2], "")),
    ]
