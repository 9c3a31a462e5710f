"""Usage as people read it in a terminal."""

from collections.abc import Mapping
from typing import Any

from .output import facts, note, say, table

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_COUNTRIES = 5
NOBODY = "(none: guests, no valid token)"
GONE = "(removed)"


def show(told: Mapping[str, Any]) -> None:
    """Print a report, as :func:`publicist.core.schemas.usage_json` tells it."""
    facts([(name, value) for name, value in _facts(told) if value])
    if told["total"]:
        _show_tables(told)
    for pattern in told["patterns"]:
        note(f"Unusual: {pattern['message']}")
    dropped, lost = told["uncounted"]["dropped"], told["uncounted"]["lost"]
    if dropped or lost:
        note(f"Not counted, of all endpoints: {dropped} queries dropped under load, {lost} lost in crashes.")


def _facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Endpoint", told["endpoint_slug"] or "all"),
        ("From", _time(told["since"], "hour")),
        ("Until", _time(told["until"], "hour")),
        ("Queries", str(told["total"])),
        ("Unique users", str(told["unique_users"])),
        ("Successful", str(told["successful"])),
        ("Access denied (403)", str(told["denied"])),
        ("Rate limited (429)", str(told["rate_limited"])),
        ("No valid token (401)", str(told["unauthenticated"])),
        ("Payment required (402)", str(told["payment_required"])),
        ("Failed (other 4xx, 5xx)", str(told["failed"])),
        ("Latency", _latency(told)),
        ("Cost", "\n".join(_cost(cost) for cost in told["costs"])),
        ("Busiest hours (UTC)", ", ".join(_peak(peak) for peak in told["peak_times"]["peaks"])),
        ("Countries", ", ".join(f"{each['country']} {each['queries']}" for each in told["countries"][:MOST_COUNTRIES])),
    ]


def _show_tables(told: Mapping[str, Any]) -> None:
    step = told["step"]
    columns = ["Queries", "Users", "Successful", "401-403", "429", "Failed"]
    used = [point for point in told["over_time"] if point["total"]]
    say()
    table([step.capitalize(), *columns], [[_time(point["start"], step), *_counts(point)] for point in used])
    say()
    table(["Marketplace", *columns], [[_name(side), *_counts(side)] for side in told["marketplaces"]])
    if told["endpoint_slug"] is None:
        say()
        rows = [[side["endpoint_slug"] or GONE, *_counts({"unique_users": "", **side})] for side in told["endpoints"]]
        table(["Endpoint", *columns], rows)


def _counts(classes: Mapping[str, Any]) -> list[str]:
    """Return one row's numbers; the three ways of being kept out are one of them."""
    kept_out = classes["denied"] + classes["unauthenticated"] + classes["payment_required"]
    shown = [classes["total"], classes["unique_users"], classes["successful"]]
    return [str(value) for value in (*shown, kept_out, classes["rate_limited"], classes["failed"])]


def _time(text: str, step: str) -> str:
    return text[:10] if step == "day" else f"{text[:10]} {text[11:16]} UTC"


def _latency(told: Mapping[str, Any]) -> str:
    if told["p50_ms"] is None:
        return ""
    return f"{told['p50_ms']:,.0f} ms for half, {told['p95_ms']:,.0f} ms for 95 %"


def _cost(cost: Mapping[str, Any]) -> str:
    return f"{cost['total']} {cost['currency']} for {cost['queries']} queries, {cost['average']} on average"


def _peak(peak: Mapping[str, int]) -> str:
    return f"{DAYS[peak['weekday']]} {peak['hour']:02}:00 ({peak['queries']})"


def _name(side: Mapping[str, Any]) -> str:
    if side["marketplace_id"] is None:
        return NOBODY
    return side["marketplace_name"] or GONE
