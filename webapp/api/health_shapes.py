"""What the API answers about an endpoint's health."""

from typing import get_args

from ...core.health.uptime import SPANS
from ...core.records import HealthState, Step
from ...core.schemas import Strict
from .shapes import count, flag, many, mapping, one, text, time
from .usage_shapes import number

STATES = get_args(HealthState)


class CheckResultShape(Strict):
    """What one check saw in the last look; `warning` tells what will go wrong if nobody acts, or is empty."""

    name = text()
    ok = flag()
    reachable = flag()
    message = text()
    latency_ms = number()
    warning = text()


UptimesShape = Strict.from_dict({name: number() for name in SPANS}, name="UptimesShape")
"""Percent of the known time by the name of the span; null where nothing is known."""


class HealthPointShape(Strict):
    """One hour or day: the worst state in it, percent of uptime, seconds by state, latencies of looks that passed."""

    start = time(null=False)
    state = text(*STATES)
    uptime = number()
    seconds = mapping(description="Seconds in each state; time that nobody knows is in none.")
    p50_ms = number()
    p95_ms = number()


class HealthReadingShape(Strict):
    """One look: what it found by itself, and the state of the endpoint after it."""

    at = time(null=False)
    found = text(*STATES)
    state = text(*STATES)
    latency_ms = number()


class HealthIncidentShape(Strict):
    """A stretch in which the endpoint was degraded or worse; `ended_at` is null while it lasts."""

    began_at = time(null=False)
    ended_at = time()
    worst = text(*STATES)
    message = text()


class HealthShape(Strict):
    """How an endpoint does and did; the newest readings and incidents come first.

    `leaning` is the state that the last looks speak for, if it is another one, and `turns` how many in a row do.
    Latencies beside `step` are of the time of the series.
    """

    endpoint_slug = text()
    state = text(*STATES)
    since = time()
    checked_at = time()
    found = text(*STATES)
    message = text()
    latency_ms = number()
    leaning = text(*STATES, null=True)
    turns = count()
    results = many(CheckResultShape)
    uptime = one(UptimesShape)
    p50_ms = number()
    p95_ms = number()
    p99_ms = number()
    step = text(*get_args(Step))
    series = many(HealthPointShape)
    readings = many(HealthReadingShape)
    incidents = many(HealthIncidentShape)
