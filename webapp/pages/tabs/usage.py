"""``/endpoints/<slug>/usage``: the publishing guide's usage analytics, as charts, and as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....core.records import Marketplace, Step
from ....core.schemas import hours_csv
from ....core.usage.metrics import Classes, Cost, Metrics, Side
from ....core.usage.report import UsageReport
from ....core.usage.spans import UsageWish
from ...charts import BarChart, Column, HeatMap, bar_chart, heat_map, share_of
from ..endpoint.head import head
from ..page import Here, render
from .area import Row, chosen, label_step, pages, say_ms, say_share, say_step

RANGES: Mapping[str, str] = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STATUSES: Mapping[int, str] = {
    200: "Successful queries",
    400: "Failed: not readable",
    401: "Without a valid token",
    402: "Payment required",
    403: "Access denials",
    429: "Rate limit hits",
    500: "Failed: an error here",
}
"""The publishing guide's words for the statuses; other ones are told by their number."""

DENIALS: Mapping[str, str] = {
    "access_denied": "No access",
    "rate_limited": "Rate limit reached",
    "payment_required": "Not paid",
    "policy_violation": "A policy refused, or could not be decided",
    "not_authenticated": "No valid token",
}
_ALWAYS = (200, 400, 403, 429, 500)
_FIRST_ERROR, _REFUSALS = 400, frozenset({401, 402, 403, 429})
_COUNTRIES, _PEOPLE = 12, 10
_SHOWN_OF_PERSON = 8
LINES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Charts:
    """The figures of a span as charts, and the figures behind them as rows of texts."""

    queries: BarChart
    people: BarChart
    week: HeatMap
    rows: Sequence[Sequence[str]]
    week_rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks often: the first letters of a keyed hash, by way of which marketplace, and how often."""

    person: str
    marketplace: str
    queries: int
    denied: int


@dataclass(frozen=True, slots=True)
class Way:
    """The queries that came by way of one marketplace."""

    name: str
    total: int
    successful: str
    people: int
    took: str


@pages.show("/endpoints/<slug>/usage")
def usage(here: Here, slug: str) -> AnyResponse:
    """Show the figures of the chosen days, of all marketplaces or one."""
    top, days = head(here, slug), chosen("days", RANGES, "30")
    places = [item for item, _ in top.places]
    place = chosen("marketplace", [item.id for item in places], "")
    report = here.services.usage_reports.report(UsageWish(slug, place or None, days=int(days)))
    found = report.metrics
    return render(
        "tabs/usage.html",
        here,
        endpoint=top,
        tab="usage",
        days=days,
        ranges=RANGES,
        places=places,
        place=place,
        report=report,
        found=found,
        classes=found.classes,
        success=say_share(found.classes.successful, found.classes.total),
        took=[say_ms(found.latency.p50_ms), say_ms(found.latency.p95_ms)],
        charts_of=charts_of(found, report.span.step, long=int(days) > 1),
        peaks=[_peak(one.weekday, one.hour, one.queries) for one in found.peaks],
        statuses=status_rows(found.statuses),
        denials=_ranking([(DENIALS.get(name, name), number) for name, number in found.denials.items()], "refused"),
        countries=country_rows(found.countries),
        knows_countries=bool(here.services.settings.geoip_database),
        costs=[(one.currency, _amount(one), f"{one.total.normalize():f}", one.queries) for one in found.costs],
        people=[_asking(report, one.person, one.marketplace_id, one.queries, one.denied) for one in found.busiest][
            :_PEOPLE
        ],
        ways=[_way(one, places) for one in found.marketplaces],
    )


@pages.show("/endpoints/<slug>/usage.csv")
def usage_csv(here: Here, slug: str) -> AnyResponse:
    """Send the hourly counts of the chosen days as a file."""
    reports, days = here.services.usage_reports, chosen("days", RANGES, "30")
    here.services.endpoints.get(slug)
    wish = UsageWish(slug, request.args.get("marketplace") or None, days=int(days))
    rows = hours_csv(reports.rows(wish), reports.slugs(), reports.names())
    headers = {"Content-Disposition": f'attachment; filename="usage-{slug}.csv"'}
    return Response(_joined(iter(rows)), headers=headers, content_type="text/csv; charset=utf-8")


def charts_of(found: Metrics, step: Step, *, long: bool) -> Charts:
    """Return the figures as charts."""
    points = found.over_time
    labels = [label_step(point.start, step, long=long) for point in points]
    whens = [say_step(point.start, step) for point in points]
    queries = [
        Column(label, f"{when}: {_say_classes(point.classes)}", _parts(point.classes))
        for label, when, point in zip(labels, whens, points, strict=True)
    ]
    people = [
        Column(label, f"{when}: {point.people:,}", [("people", point.people)])
        for label, when, point in zip(labels, whens, points, strict=True)
    ]
    rows = [
        (when, *(f"{number:,}" for number in (*_three(point.classes), point.people)))
        for when, point in zip(whens, points, strict=True)
    ]
    week = heat_map(
        WEEKDAYS,
        [f"{hour:02}" for hour in range(24)],
        found.week,
        lambda day, hour: _peak(day, hour, found.week[day][hour]),
    )
    week_rows = [(day, *map(str, row)) for day, row in zip(WEEKDAYS, found.week, strict=True)]
    return Charts(bar_chart(queries), bar_chart(people), week, rows[::-1], week_rows)


def status_rows(statuses: Mapping[int, int]) -> list[Row]:
    """Return the queries by status: the guide's always, others where there are any."""
    known = {status: statuses.get(status, 0) for status in sorted({*_ALWAYS, *statuses})}
    most, total = max(known.values()), sum(known.values())
    return [
        Row(
            f"{status} {STATUSES.get(status, 'Failed' if status >= _FIRST_ERROR else 'Successful')}",
            share_of(number, most),
            f"{number:,} ({say_share(number, total)})" if total else "0",
            _tone(status),
        )
        for status, number in known.items()
    ]


def country_rows(countries: Mapping[str, int]) -> list[Row]:
    """Return the queries by country, the first few; the rest in one row."""
    named = [(name or "Unknown", number) for name, number in countries.items()]
    rest = sum(number for _, number in named[_COUNTRIES:])
    return _ranking([*named[:_COUNTRIES], *([("All others", rest)] if rest else [])], "answered")


def _ranking(rows: Sequence[tuple[str, int]], tone: str) -> list[Row]:
    most, total = max((number for _, number in rows), default=0), sum(number for _, number in rows)
    return [
        Row(name, share_of(number, most), f"{number:,} ({say_share(number, total)})", tone) for name, number in rows
    ]


def _tone(status: int) -> str:
    if status < _FIRST_ERROR:
        return "answered"
    return "refused" if status in _REFUSALS else "failed-query"


def _three(classes: Classes) -> tuple[int, int, int]:
    return classes.successful, classes.total - classes.successful - classes.failed, classes.failed


def _parts(classes: Classes) -> list[tuple[str, float]]:
    return list(zip(("answered", "refused", "failed-query"), _three(classes), strict=True))


def _say_classes(classes: Classes) -> str:
    answered, refused, failed = _three(classes)
    return f"{answered:,} successful, {refused:,} refused, {failed:,} failed"


def _peak(day: int, hour: int, queries: int) -> str:
    return f"{WEEKDAYS[day]} {hour:02}:00 to {(hour + 1) % 24:02}:00: {queries:,}"


def _amount(cost: Cost) -> str:
    return f"{round(cost.average, 6).normalize():f}"


def _asking(report: UsageReport, person: str, marketplace_id: str, queries: int, denied: int) -> Asking:
    return Asking(person[:_SHOWN_OF_PERSON], report.names.get(marketplace_id, "a removed marketplace"), queries, denied)


def _way(side: Side, places: Sequence[Marketplace]) -> Way:
    names = {"": "Guests, and bad tokens", **{item.id: item.name for item in places}}
    share = say_share(side.classes.successful, side.classes.total)
    took = say_ms(side.latency.p50_ms if side.latency else None)
    return Way(names.get(side.id, "A removed marketplace"), side.classes.total, share, side.people or 0, took)


def _joined(lines: Iterator[str]) -> Iterator[str]:
    while part := "".join(islice(lines, LINES_AT_ONCE)):
        yield part
