"""``/monitoring``: the health of all endpoints at a glance, what troubles first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.health.monitoring import HOURS, PER_PAGE, TROUBLE, Sight, Watched
from ...core.paging import page_count
from ..charts import Strip, strip
from .endpoint.head import HEALTH_WORDS
from .page import Here, Pages, go, render, say
from .status import percent
from .tabs.area import page_number, say_ms

pages = Pages("monitoring")

STATES: Mapping[str, str] = {
    "": "All",
    TROUBLE: "In trouble",
    "offline": "Offline",
    "unhealthy": "Unhealthy",
    "degraded": "Degraded",
    "unknown": "Not known",
    "maintenance": "In maintenance",
    "healthy": "Healthy",
}
_TROUBLED = ("offline", "unhealthy", "degraded")
_LATE_SECONDS = 30.0
_LIVE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint as its row shows it."""

    watched: Watched
    state: str
    word: str
    strip: Strip
    up: str
    latency: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A way of choosing rows, with how many there are."""

    name: str
    title: str
    number: int
    query: str


@dataclass(frozen=True, slots=True)
class Late:
    """How late checks begin, in words; ``bad`` where that is too late, or nobody runs them."""

    said: str
    bad: bool


@pages.show("/monitoring")
def monitoring(here: Here) -> AnyResponse:
    """Show one page of the endpoints; htmx asks for the part that changes."""
    asked = {name: request.args.get(name, "").strip() for name in ("q", "tag")}
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    sight = here.services.monitoring.page(page_number(), state=state, text=asked["q"], tag=asked["tag"])
    chosen = {name: value for name, value in {**asked, "state": state}.items() if value}
    return render(
        "monitoring/live.html" if here.live else "monitoring/page.html",
        here,
        sight=sight,
        rows=[_row(one) for one in sight.rows],
        filters=_filters(sight, chosen),
        state=state,
        asked=asked,
        chosen=urlencode(chosen),
        everything=sum(sight.counts.values()),
        pages=page_count(sight.total, PER_PAGE),
        late=lateness(here),
        slugs=_slugs(here, sight),
        hours=HOURS,
        every=_LIVE_SECONDS,
    )


@pages.act("/monitoring/incidents/<uuid:incident_id>/acknowledge")
def acknowledge(here: Here, incident_id: str) -> AnyResponse:
    """Note that somebody knows; no reminder comes any more."""
    found = here.services.alerts.acknowledge(str(incident_id))
    say(f"Acknowledged: {found[0].title}. No reminder comes any more; that it is over is told.")
    return go("monitoring.monitoring")


def lateness(here: Here) -> Late:
    """Return how late checks begin, and whether anybody runs them."""
    services = here.services
    jobs, late = services.runners.jobs(), services.runners.lateness()
    if not jobs:
        return Late("No runner is known: nothing is looked at by itself. `publicist serve` runs one.", bad=True)
    if stalled := [name for name, job in jobs.items() if job.late]:
        return Late(f"The runner is late with: {', '.join(sorted(stalled))}.", bad=True)
    if late.p95 is None:
        return Late("No turn has been taken since the start.", bad=False)
    said = f"Checks begin on time: 95 of 100 within {late.p95:.1f} s of their turn, the latest {late.most or 0:.1f} s."
    return Late(said, bad=False) if late.p95 < _LATE_SECONDS else Late(said.replace("on time", "late"), bad=True)


def _row(one: Watched) -> Row:
    state = "maintenance" if one.window else one.health.state
    word = "In maintenance" if one.window else HEALTH_WORDS[one.health.state]
    states = [(point.state if point.uptime is not None else "unknown") for point in one.bars]
    titles = [f"{point.start:%H:%M} {known}" for point, known in zip(one.bars, states, strict=True)]
    known_hours = [point for point in one.bars if point.uptime is not None]
    mean = sum(point.uptime or 0 for point in known_hours) / len(known_hours) if known_hours else None
    up = f"up {percent(mean)}" if mean is not None else "nothing is known"
    return Row(one, state, word, strip(list(zip(states, titles, strict=True))), up, say_ms(one.latency_ms))


def _filters(sight: Sight, chosen: Mapping[str, str]) -> Sequence[Filter]:
    rest = {name: value for name, value in chosen.items() if name != "state"}
    numbers = {
        "": sum(sight.counts.values()),
        TROUBLE: sum(sight.counts.get(state, 0) for state in _TROUBLED),
    }
    return [
        Filter(
            name,
            title,
            numbers.get(name, sight.counts.get(name, 0)),
            urlencode({**rest, **({"state": name} if name else {})}),
        )
        for name, title in STATES.items()
    ]


def _slugs(here: Here, sight: Sight) -> Mapping[str, str]:
    """Return the slugs of the endpoints that incidents are about, where they are still there."""
    return here.services.alert_book.slugs() if sight.incidents else {}
