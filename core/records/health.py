"""How an endpoint was found."""

from dataclasses import dataclass
from datetime import datetime

from .values import HealthState


@dataclass(frozen=True, slots=True)
class Reading:
    """How one endpoint was found at one time."""

    slug: str
    state: HealthState
    checked_at: datetime
    message: str = ""
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """What a backend said when it was tried; ``message`` tells a person what was seen."""

    ok: bool
    message: str
    latency_ms: float | None = None
