"""Usage as JSON and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from ..records import HourRow, QueryEvent
from ..usage.metrics import Classes, Cost, Latency, Metrics, Peak, Point, Side
from ..usage.patterns import Pattern
from ..usage.report import UsageReport

UNKNOWN_COUNTRY = "unknown"
HOUR_COLUMNS = (
    "hour", "endpoint", "marketplace", "status", "denial", "country", "currency", "queries", "cost",
)  # fmt: skip
QUERY_COLUMNS = (
    "at", "endpoint", "marketplace", "person", "country", "status", "denial", "latency_ms", "cost", "currency", "text",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def usage_json(report: UsageReport) -> dict[str, Any]:
    """Return a report for the API and ``--json``; sums of money are texts."""
    metrics = report.metrics
    return {
        "endpoint_slug": report.slug,
        "since": report.span.since.isoformat(),
        "until": report.span.until.isoformat(),
        "step": report.span.step,
        **_classes(metrics.classes),
        "unique_users": metrics.people,
        **_latency(metrics.latency),
        "over_time": [_point(point) for point in metrics.over_time],
        "peak_times": _peak_times(metrics),
        "countries": [_country(name, queries) for name, queries in metrics.countries.items()],
        "costs": [_cost(cost) for cost in metrics.costs],
        "denials": dict(metrics.denials),
        "marketplaces": [_marketplace(side, report.names) for side in metrics.marketplaces],
        "endpoints": [_endpoint(side, report.slugs) for side in metrics.endpoints],
        "patterns": [_pattern(pattern) for pattern in report.patterns],
        "uncounted": asdict(metrics.uncounted),
    }


def hours_csv(rows: Iterable[HourRow], slugs: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of a CSV file (RFC 4180) of hourly counts, the column names first."""
    return _csv(
        HOUR_COLUMNS,
        (
            (
                row.hour.isoformat(),
                *_whose(row, slugs, names),
                row.status,
                row.denial,
                row.country,
                row.currency,
                row.queries,
                _money(row.cost),
            )
            for row in rows
        ),
    )


def queries_csv(rows: Iterable[QueryEvent], slugs: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of a CSV file of single queries, the column names first."""
    return _csv(
        QUERY_COLUMNS,
        (
            (
                row.at.isoformat(),
                *_whose(row, slugs, names),
                row.person,
                row.country,
                row.status,
                row.denial,
                round(row.latency_ms, 3),
                _money(row.cost),
                row.currency,
                row.text,
            )
            for row in rows
        ),
    )


def _whose(row: HourRow | QueryEvent, slugs: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, str]:
    endpoint, marketplace = row.endpoint_id, row.marketplace_id
    return slugs.get(endpoint, endpoint), names.get(marketplace, marketplace)


def _csv(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    yield _line(columns)
    yield from map(_line, rows)


def _line(cells: Iterable[Any]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, for texts come from whoever asked."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _classes(classes: Classes) -> dict[str, int]:
    return {"total": classes.total, **asdict(classes)}


def _latency(latency: Latency) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 1) for name, value in asdict(latency).items()}


def _point(point: Point) -> dict[str, Any]:
    return {"start": point.start.isoformat(), **_classes(point.classes), "unique_users": point.people}


def _peak_times(metrics: Metrics) -> dict[str, Any]:
    return {"week": [list(day) for day in metrics.week], "peaks": [_peak(peak) for peak in metrics.peaks]}


def _peak(peak: Peak) -> dict[str, int]:
    return {"weekday": peak.weekday, "hour": peak.hour, "queries": peak.queries}


def _country(name: str, queries: int) -> dict[str, Any]:
    return {"country": name or UNKNOWN_COUNTRY, "queries": queries}


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "currency": cost.currency,
        "queries": cost.queries,
        "total": _money(cost.total),
        "average": _money(round(cost.average, 8)),
    }


def _marketplace(side: Side, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "marketplace_id": side.id or None,
        "marketplace_name": names.get(side.id),
        **_classes(side.classes),
        "unique_users": side.people,
        **_latency(side.latency or Latency(None, None)),
    }


def _endpoint(side: Side, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {"endpoint_id": side.id, "endpoint_slug": slugs.get(side.id), **_classes(side.classes)}


def _pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "kind": pattern.kind,
        "message": pattern.message,
        "since": pattern.since.isoformat(),
        "until": pattern.until.isoformat(),
        "queries": pattern.queries,
        "usual": pattern.usual,
        "person": pattern.person or None,
        "marketplace_id": pattern.marketplace_id or None,
    }


def _money(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
