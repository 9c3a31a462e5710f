"""``/endpoints/<slug>/health``: how an endpoint does, since when, and how it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response as AnyResponse

from ....core.health.report import HealthReport
from ....core.records import HealthPoint, HealthState, Outage, RawReading
from ....core.usage.metrics import Classes
from ....core.usage.spans import UsageWish
from ...charts import LineChart, Series, Strip, line_chart, strip
from ..endpoint.head import HEALTH_WORDS, head
from ..page import Here, render
from ..status import percent
from .area import NOTHING, chosen, label_step, pages, say_ms, say_share, say_step, say_time

RANGES: Mapping[str, tuple[str, dict[str, int]]] = {
    "24h": ("24 hours", {"hours": 24}),
    "7d": ("7 days", {"hours": 168}),
    "30d": ("30 days", {"days": 30}),
    "90d": ("90 days", {"days": 90}),
    "365d": ("a year", {"days": 365}),
}
"""What may be looked at: its name, and how it is asked for; up to a week by the hour."""

_SPAN_WORDS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days", "365d": "365 days"}
INCIDENTS = 20


@dataclass(frozen=True, slots=True)
class Past:
    """The steps of a range, as charts and as the figures behind them."""

    strip: Strip
    latency: LineChart
    rows: Sequence[Sequence[str]]
    first: datetime
    by_hour: bool


@dataclass(frozen=True, slots=True)
class Errors:
    """The real queries of a range: how many, and what share of them failed."""

    total: int
    failed: int
    share: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the endpoint was not well; ``lasted`` is empty while it goes on."""

    outage: Outage
    word: str
    lasted: str


@pages.show("/endpoints/<slug>/health")
def health(here: Here, slug: str) -> AnyResponse:
    """Show the state, uptimes, the chosen range, incidents and the last readings."""
    top, span = head(here, slug), chosen("range", RANGES, "90d")
    report = here.services.health_reports.report(slug, **RANGES[span][1])
    return render(
        "tabs/health.html",
        here,
        endpoint=top,
        tab="health",
        report=report,
        span=span,
        ranges={name: title for name, (title, _) in RANGES.items()},
        uptimes=[
            (_SPAN_WORDS[name], NOTHING if value is None else percent(value)) for name, value in report.uptime.items()
        ],
        past=past(report),
        figures=[say_ms(each) for each in (report.p50_ms, report.p95_ms, report.p99_ms)],
        errors=errors(here, slug, report.span.since),
        incidents=[_stretch(one) for one in report.outages[:INCIDENTS]],
        more=max(0, len(report.outages) - INCIDENTS),
        readings=[_reading(one) for one in report.readings],
        words=HEALTH_WORDS,
        say_ms=say_ms,
    )


def past(report: HealthReport) -> Past:
    """Return the series of a report as charts."""
    step, points = report.span.step, report.series
    titles = [f"{say_step(point.start, step)}: {_said(point)}" for point in points]
    labels = [label_step(point.start, step, long=len(points) > 24) for point in points]  # noqa: PLR2004 - hours of a day
    latency = line_chart(
        labels,
        [
            Series("half of the looks", "line-half", [point.p50_ms for point in points]),
            Series("95 of 100", "line-slow", [point.p95_ms for point in points]),
        ],
        [_latency_title(point, report) for point in points],
    )
    rows = [
        (
            say_step(point.start, step),
            HEALTH_WORDS[point.state] if point.uptime is not None else "Not known",
            NOTHING if point.uptime is None else percent(point.uptime),
            say_ms(point.p50_ms),
            say_ms(point.p95_ms),
        )
        for point in reversed(points)
    ]
    states = [point.state if point.uptime is not None else "unknown" for point in points]
    return Past(strip(list(zip(states, titles, strict=True))), latency, rows, report.span.since, step == "hour")


def errors(here: Here, slug: str, since: datetime) -> Errors:
    """Return how the real queries went since then: those that failed, beside those that were answered."""
    found = here.services.usage_reports.report(UsageWish(slug, since=since))
    classes: Classes = found.metrics.classes
    total = classes.successful + classes.failed
    return Errors(total, classes.failed, say_share(classes.failed, total))


def _said(point: HealthPoint) -> str:
    if point.uptime is None:
        return "nothing is known"
    return f"up {percent(point.uptime)}" if point.state == "healthy" else f"{point.state}, up {percent(point.uptime)}"


def _latency_title(point: HealthPoint, report: HealthReport) -> str:
    when = say_step(point.start, report.span.step)
    if point.p50_ms is None:
        return f"{when}: nothing is known"
    return f"{when}: half within {say_ms(point.p50_ms)}, 95 of 100 within {say_ms(point.p95_ms)}"


def _stretch(outage: Outage) -> Stretch:
    lasted = "" if outage.ended_at is None else say_time(outage.ended_at - outage.began_at)
    return Stretch(outage, HEALTH_WORDS[outage.worst], lasted)


def _reading(reading: RawReading) -> tuple[datetime, HealthState, str]:
    return reading.at, reading.found, say_ms(reading.latency_ms)
