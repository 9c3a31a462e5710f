"""Publications as tables: a matrix of all endpoints, or one endpoint in detail."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from .output import note, say, table
from .words import moment_of, sync_word

WIDEST_STATE = len("needs republish")
NO_MARKETPLACE = "There is no marketplace yet. Add one with: publicist marketplace add"


def show_matrix(found: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each endpoint with a column for each marketplace, or a row for each pair if that is too wide."""
    places = [each["marketplace_name"] for each in found[0]["publications"]]
    if not places:
        note(NO_MARKETPLACE)
    widest = max(len(each["endpoint_slug"]) for each in found)
    if widest + sum(2 + max(len(name), WIDEST_STATE) for name in places) <= shutil.get_terminal_size().columns:
        table(["Endpoint", *places], [[each["endpoint_slug"], *map(sync_word, each["publications"])] for each in found])
        return
    table(
        ["Endpoint", "Marketplace", "State"],
        [
            [each["endpoint_slug"], row["marketplace_name"], sync_word(row)]
            for each in found
            for row in each["publications"]
        ],
    )


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
        lines.append("The marketplace has switched the listing off.")
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
