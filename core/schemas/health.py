"""Health as JSON, for the API and ``--json``."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..health.report import HealthReport
from ..health.states import last_found
from ..records import HealthPoint, Outage, RawReading


def health_json(report: HealthReport) -> dict[str, Any]:
    """Return what the owner is told of an endpoint's health."""
    health = report.health
    return {
        "endpoint_slug": report.slug,
        "state": health.state,
        "since": _time(health.since),
        "checked_at": _time(health.checked_at),
        "found": last_found(health),
        "message": health.message,
        "latency_ms": _number(health.latency_ms),
        "leaning": health.leaning,
        "turns": health.turns,
        "results": [asdict(result) | {"latency_ms": _number(result.latency_ms)} for result in health.results],
        "uptime": {name: _number(value, 3) for name, value in report.uptime.items()},
        "p50_ms": _number(report.p50_ms),
        "p95_ms": _number(report.p95_ms),
        "p99_ms": _number(report.p99_ms),
        "step": report.span.step,
        "series": [_point(point) for point in report.series],
        "readings": [_reading(reading) for reading in report.readings],
        "incidents": [outage_json(outage) for outage in report.outages],
    }


def outage_json(outage: Outage) -> dict[str, Any]:
    """Return one outage."""
    return {
        "began_at": _time(outage.began_at),
        "ended_at": _time(outage.ended_at),
        "worst": outage.worst,
        "message": outage.message,
    }


def _point(point: HealthPoint) -> dict[str, Any]:
    return {
        "start": _time(point.start),
        "state": point.state,
        "uptime": _number(point.uptime, 3),
        "seconds": dict(point.seconds),
        "p50_ms": _number(point.p50_ms),
        "p95_ms": _number(point.p95_ms),
    }


def _reading(reading: RawReading) -> dict[str, Any]:
    return {
        "at": _time(reading.at),
        "found": reading.found,
        "state": reading.state,
        "latency_ms": _number(reading.latency_ms),
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
