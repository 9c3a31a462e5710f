"""Health and publications as tables: a matrix of all endpoints, or one endpoint in detail."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from .output import note, say, table
from .words import age_word, moment_of, sync_word

WIDEST_STATE = len("needs republish")
HEALTH = ("Health", "Age")
WIDEST_HEALTH = len("  unhealthy  59 min")
NO_MARKETPLACE = "There is no marketplace yet. Add one with: publicist marketplace add"


def show_matrix(found: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each endpoint with a column for each marketplace, or a row for each pair if that is too wide."""
    places = [each["marketplace_name"] for each in found[0]["publications"]]
    if not places:
        note(NO_MARKETPLACE)
    widest = max(len(each["endpoint_slug"]) for each in found) + WIDEST_HEALTH
    if widest + sum(2 + max(len(name), WIDEST_STATE) for name in places) <= shutil.get_terminal_size().columns:
        table(["Endpoint", *HEALTH, *places], [[*_head(each), *map(sync_word, each["publications"])] for each in found])
        return
    table(
        ["Endpoint", *HEALTH, "Marketplace", "State"],
        [[*_head(each), row["marketplace_name"], sync_word(row)] for each in found for row in each["publications"]],
    )


def show_health(health: Mapping[str, Any]) -> None:
    """Print how the endpoint does, since when, and how long ago it was looked at."""
    since = f" since {moment_of(health['since'])}" if health["since"] else ""
    looked = f", looked at {age_word(health['age_seconds'])} ago" if health["checked_at"] else ", not looked at yet"
    say(f"Health: {health['state']}{since}{looked}")
    if health["message"]:
        say(f"  {health['message']}")


def show_publications(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print for each marketplace how the listing stands, what was last said, and what to do."""
    if not rows:
        note(NO_MARKETPLACE)
    for row in rows:
        sync = sync_word(row)
        say(f"{row['marketplace_name']}: {row['status']}" + ("" if sync in ("-", row["status"]) else f", {sync}"))
        for line in _more(row):
            say(f"  {line}")


def _more(row: Mapping[str, Any]) -> list[str]:
    lines = [row["remote_url"]] if row["remote_url"] else []
    if row["active"] is False:
        lines.append("The marketplace has switched the listing off; once the endpoint is healthy it is told so.")
    if row["changed"]:
        lines.append(f"Changed since: {', '.join(row['changed'])}. Run `publicist republish` to list it anew.")
    for name, each in row["drift"].items():
        lines.append(f"Differs: {name} shows {each['found']!r}, wanted is {each['wanted']!r}.")
    if row["error"]:
        lines += [row["error"]["message"], f"→ {row['error']['remedy']}"]
    if row["due_at"]:
        lines.append(f"Next try: {moment_of(row['due_at'])}, after {row['attempts']}.")
    if row["verified_at"]:
        lines.append(f"Seen there: {moment_of(row['verified_at'])}")
    return lines


def _head(each: Mapping[str, Any]) -> tuple[str, str, str]:
    return each["endpoint_slug"], each["health"]["state"], age_word(each["health"]["age_seconds"])
