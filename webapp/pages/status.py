"""``/status``: the state of the listed endpoints, for anybody, where the owner has opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Response, render_template

from ...core.health.status_pages import BARS_DAYS, INCIDENT_DAYS, StatusPage
from ...core.records import HealthPoint
from ..context import context
from ..incoming import PageQuery, read_query

FRESH_SECONDS = 30
GOOD, FAIR = 99.9, 95.0
WORDS = {
    "healthy": "Works",
    "degraded": "Slow, or fails now and then",
    "unhealthy": "Fails",
    "offline": "Not reached",
    "unknown": "Not known",
    "maintenance": "In maintenance",
}
_HEIGHTS = {"good": 30, "fair": 22, "bad": 14, "none": 4}
_STEP, _MIDDLE = 5, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """Days in a row that were alike, a bar for each: their ``path``, of which tone they are, and what they say."""

    path: str
    tone: str
    title: str


def show(tag: str | None = None) -> Response:
    """Show the page of all endpoints, or of a tag. Raises NotFound where it is not open."""
    services, query = context().services, read_query(PageQuery(only=["page"]))
    page = services.status_pages.page(tag, query["page"])
    html = render_template(
        "status.html",
        page=page,
        space=services.spaces.current(),
        words=WORDS,
        headline=headline(page),
        bars=bars,
        days=BARS_DAYS,
        incident_days=INCIDENT_DAYS,
        width=BARS_DAYS * _STEP,
    )
    headers = {"Cache-Control": f"public, max-age={FRESH_SECONDS}"}
    return Response(html, headers=headers, content_type="text/html; charset=utf-8")


def headline(page: StatusPage) -> tuple[str, str]:
    """Return the state of everything in a few words, and its tone."""
    down = sum(page.counts.get(state, 0) for state in ("unhealthy", "offline"))
    if down:
        return (f"{down} of {page.total} do not work" if down > 1 else f"1 of {page.total} does not work"), "bad"
    if page.counts.get("degraded"):
        return "Some are slow, or fail now and then", "fair"
    if page.counts.get("maintenance"):
        return "Maintenance is under way", "fair"
    return ("Everything works", "good") if page.counts.get("healthy") else ("Nothing is known at present", "none")


def bars(points: Sequence[HealthPoint]) -> list[Bar]:
    """Return a bar a day; one that is lower is worse, so that it is told without colour."""
    days = zip(points, range(_MIDDLE, _MIDDLE + _STEP * len(points), _STEP), strict=True)
    return [_bar(told, list(alike)) for told, alike in groupby(days, key=lambda day: _tone(day[0]))]


def _bar(told: tuple[str, str], days: Sequence[tuple[HealthPoint, int]]) -> Bar:
    tone, said = told
    first, last = (f"{point.start:%-d %b %Y}" for point, _ in (days[0], days[-1]))
    when = first if len(days) == 1 else f"{first} to {last}"
    return Bar("".join(f"M{x} 30v-{_HEIGHTS[tone]}" for _, x in days), tone, f"{when}: {said}")


def _tone(point: HealthPoint) -> tuple[str, str]:
    if point.uptime is None:
        return "none", "nothing is known"
    said = f"up {percent(point.uptime)}"
    return ("good" if point.uptime >= GOOD else "fair" if point.uptime >= FAIR else "bad"), said


def percent(value: float) -> str:
    """Return a share for people; 100 % is said of all of the time only."""
    return "100%" if value >= 100 else f"{min(value, 99.99):.2f}%"  # noqa: PLR2004 - all of it
