"""What Prometheus reads of a space: families that begin with ``publicist_``, made anew at each scrape.

What is in the store is the same whichever process is asked, runners' jobs and the lateness of checks among it; only
queries, marked so, are those of the process which answers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from ..health.states import as_known
from ..queries.counts import BOUNDS_SECONDS
from ..records import BreakerState, HealthState, MarketplaceStatus, PublicationStatus
from ..services import Services
from ..version import VERSION

DAY = timedelta(days=1)


def expose(services: Services, accepts: str) -> tuple[bytes, str]:
    """Return the metrics, and their media type: OpenMetrics where ``accepts`` (an Accept header) asks for it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SpaceCollector(services))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder(accepts)
    return encode(registry), media_type


@dataclass(frozen=True, slots=True)
class _Places:
    """The marketplaces' names by their ids, and how they and the calls to them stand."""

    names: Mapping[str, str]
    statuses: Mapping[str, str]
    breakers: Mapping[str, str]


class SpaceCollector(Collector):
    """Gives the families of one space."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Give every family; families without a sample are given too, so that what is asked for exists."""
        services, now = self._services, self._services.clock()
        with services.store.session():
            places = self._places()
            yield InfoMetricFamily("publicist_build", "This publicist.", {"version": VERSION})
            yield from self._publications(places)
            yield from self._outcomes(places)
            yield from self._queue(now)
            yield from _place_states(places)
            yield from self._health(now)
            yield from self._usage(now)
        yield from self._queries()
        yield from self._jobs()
        yield from self._checks()

    def _places(self) -> _Places:
        store = self._services.store
        found = store.marketplaces.all()
        pacing = store.pacing.of_all([item.id for item in found])
        return _Places(
            {item.id: item.name for item in found},
            {item.name: item.status for item in found},
            {item.name: pacing[item.id].breaker for item in found if item.id in pacing},
        )

    def _publications(self, places: _Places) -> Iterator[Metric]:
        counts = self._services.store.gauges.publications()
        labels = ["marketplace", "status"]
        family = GaugeMetricFamily("publicist_publications", "Publications by marketplace and status.", labels=labels)
        for place, name in places.names.items():
            for status in get_args(PublicationStatus):
                family.add_metric([name, status], counts.get((place, status), 0))
        yield family

    def _outcomes(self, places: _Places) -> Iterator[Metric]:
        attempts = CounterMetricFamily(
            "publicist_attempts",
            "Calls to marketplaces for publications whose end is known, by operation.",
            labels=["marketplace", "operation"],
        )
        outcomes = CounterMetricFamily(
            "publicist_outcomes",
            "The same by how they ended: listed, absent, unchanged, or the cause of a failure.",
            labels=["marketplace", "operation", "outcome"],
        )
        total = Counter[tuple[str, str]]()
        for (place, operation, outcome), calls in sorted(self._services.store.gauges.outcomes().items()):
            if name := places.names.get(place):
                outcomes.add_metric([name, operation, outcome], calls)
                total[name, operation] += calls
        for (name, operation), calls in total.items():
            attempts.add_metric([name, operation], calls)
        yield attempts
        yield outcomes

    def _queue(self, now: datetime) -> Iterator[Metric]:
        depth = self._services.store.gauges.queue(now)
        family = GaugeMetricFamily("publicist_queue_depth", "Publications to be worked, due or later.", labels=["due"])
        family.add_metric(["now"], depth.due)
        family.add_metric(["later"], depth.later)
        yield family
        age = (now - depth.oldest).total_seconds() if depth.oldest else 0.0
        yield GaugeMetricFamily(
            "publicist_queue_age_seconds", "For how long the one that waits longest has been due.", value=age
        )

    def _health(self, now: datetime) -> Iterator[Metric]:
        services, slugs = self._services, self._services.store.gauges.slugs()
        known = services.health_book.all()
        states: dict[str, HealthState] = {
            slug: as_known(known[name], now, services.health_book.trusted).state if name in known else "unknown"
            for name, slug in slugs.items()
        }
        count = Counter(states.values())
        family = GaugeMetricFamily("publicist_endpoints", "Endpoints by state of health.", labels=["state"])
        for state in get_args(HealthState):
            family.add_metric([state], count[state])
        yield family
        up = GaugeMetricFamily(
            "publicist_endpoint_up", "Whether an endpoint is healthy or degraded; unknown ones are left out.",
            labels=["endpoint"],
        )  # fmt: skip
        for slug, state in states.items():
            if state != "unknown":
                up.add_metric([slug], state in ("healthy", "degraded"))
        yield up
        opened = services.alerts.incidents(per_page=1, open_only=True).total
        yield GaugeMetricFamily("publicist_incidents_open", "Incidents that are not over.", value=opened)

    def _usage(self, now: datetime) -> Iterator[Metric]:
        missed = self._services.store.usage_counts.uncounted(now - DAY, now)
        family = GaugeMetricFamily(
            "publicist_usage_uncounted",
            "Queries missing in the counts of processes seen within a day, dropped or lost in a crash.",
            labels=["why"],
        )
        family.add_metric(["dropped"], missed.dropped)
        family.add_metric(["lost"], missed.lost)
        yield family

    def _queries(self) -> Iterator[Metric]:
        counted = self._services.usage.answered.read()
        family = CounterMetricFamily(
            "publicist_gateway_requests", "Queries that this process has answered, by status.", labels=["status"]
        )
        for status, queries in sorted(counted.statuses.items()):
            family.add_metric([str(status)], queries)
        yield family
        bounds = [*map(str, BOUNDS_SECONDS), "+Inf"]
        buckets = list(zip(bounds, accumulate(counted.durations), strict=True))
        duration = HistogramMetricFamily(
            "publicist_gateway_duration_seconds", "How long this process took to answer them."
        )
        duration.add_metric([], buckets, counted.seconds)
        yield duration

    def _jobs(self) -> Iterator[Metric]:
        late = GaugeMetricFamily("publicist_job_late", "Whether a job of a runner stalls.", labels=["job"])
        ended = GaugeMetricFamily(
            "publicist_job_finished_timestamp_seconds", "When it last finished a round.", labels=["job"]
        )
        for name, job in self._services.runners.jobs().items():
            late.add_metric([name], job.late)
            if job.last_finished is not None:
                ended.add_metric([name], job.last_finished.timestamp())
        yield late
        yield ended

    def _checks(self) -> Iterator[Metric]:
        late = self._services.runners.lateness()
        family = GaugeMetricFamily(
            "publicist_check_lateness_seconds",
            "By how much the last checks began too late, by percentile; 100 is the worst of them.",
            labels=["percentile"],
        )
        for name, seconds in (("50", late.p50), ("95", late.p95), ("99", late.p99), ("100", late.most)):
            if seconds is not None:
                family.add_metric([name], seconds)
        yield family


def _place_states(places: _Places) -> Iterator[Metric]:
    yield _states("publicist_marketplace_status", "The status of each marketplace.", MarketplaceStatus, places.statuses)
    yield _states("publicist_breaker_state", "The breaker towards each marketplace.", BreakerState, places.breakers)


def _states(name: str, said: str, words: object, found: Mapping[str, str]) -> Metric:
    family = StateSetMetricFamily(name, said, labels=["marketplace"])
    for place, state in found.items():
        family.add_metric([place], {word: word == state for word in get_args(words)})
    return family
