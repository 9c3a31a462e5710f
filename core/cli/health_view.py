"""An endpoint's health as people read it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from .output import count, facts, say, table

WORDS = {True: "ok", False: "fail"}
MOST_INCIDENTS = 10
STILL = "still"


def show(told: Mapping[str, Any]) -> None:
    """Print a report, as :func:`publicist.core.schemas.health_json` tells it."""
    facts([(name, value) for name, value in _facts(told) if value])
    _table(["Check", "Result", "Latency", "What was seen"], [_result(one) for one in told["results"]])
    step = told["step"]
    points = [point for point in told["series"] if point["seconds"]]
    _table([step.capitalize(), "Worst", "Uptime", "Latency, 95 %"], [_point(point, step) for point in points])
    incidents = told["incidents"][:MOST_INCIDENTS]
    _table(["Incident", "Until", "Worst", "Why"], [_incident(one) for one in incidents])


def _facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    leaning = told["leaning"] and f"towards {told['leaning']}, for {count(told['turns'], 'look')}"
    return [
        ("Endpoint", told["endpoint_slug"]),
        ("State", told["state"]),
        ("Since", _time(told["since"])),
        ("Why", told["message"]),
        ("Leaning", leaning or ""),
        ("Last look", _time(told["checked_at"])),
        ("Uptime", ", ".join(f"{name} {_percent(value)}" for name, value in told["uptime"].items())),
        ("Latency", _latency(told)),
    ]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        say()
        table(columns, rows)


def _result(result: Mapping[str, Any]) -> list[str]:
    seen = [result["message"], f"Soon: {result['warning']}" if result["warning"] else ""]
    return [result["name"], WORDS[result["ok"]], _milliseconds(result["latency_ms"]), " ".join(filter(None, seen))]


def _point(point: Mapping[str, Any], step: str) -> list[str]:
    start = point["start"][:10] if step == "day" else _time(point["start"])
    return [start, point["state"], _percent(point["uptime"]), _milliseconds(point["p95_ms"])]


def _incident(incident: Mapping[str, Any]) -> list[str]:
    return [_time(incident["began_at"]), _time(incident["ended_at"]) or STILL, incident["worst"], incident["message"]]


def _time(text: str | None) -> str:
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f} %"


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f} ms"


def _latency(told: Mapping[str, Any]) -> str:
    if told["p50_ms"] is None:
        return ""
    return ", ".join(f"{_milliseconds(told[name])} for {share}" for name, share in _SHARES.items())


_SHARES = {"p50_ms": "half", "p95_ms": "95 %", "p99_ms": "99 %"}
