"""What the owner is told about an endpoint's health."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..records import Health, HealthPoint, HealthSpan, Outage, RawReading


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What the owner is told of one endpoint.

    ``uptime`` is in percent by the name of the span, see :data:`publicist.core.health.uptime.SPANS`; latencies are in
    milliseconds, of the looks of the ``span`` that passed; ``readings`` and ``outages`` are the newest first.
    """

    slug: str
    health: Health
    uptime: Mapping[str, float | None]
    span: HealthSpan
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    series: tuple[HealthPoint, ...]
    readings: tuple[RawReading, ...]
    outages: tuple[Outage, ...]
