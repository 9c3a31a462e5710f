"""How fast a marketplace may be called, and how that stands just now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class Pace:
    """The most that a marketplace is asked for: calls a minute, calls at once after a pause, calls under way."""

    rate: float
    burst: int
    concurrency: int


@dataclass(frozen=True, slots=True)
class Pacing:
    """What is kept about the calls to one marketplace; all processes share it.

    Attributes:
        breaker: ``closed`` while it answers; see :mod:`publicist.core.marketplaces.pacing`.
        failures: calls in a row that it did not answer.
        openings: how often in a row the breaker has opened; the wait grows with it.
        next_try: when an open breaker lets one call through.
        blocked_until: until when the marketplace asked to be left alone.
        refused: whether it refused the credentials that it would be called with.
        paid_until: the calls made so far are paid for until then, see
            :func:`publicist.core.marketplaces.pacing.tokens`.
        reports_paid_until: the same for health reports.
    """

    marketplace_id: str
    breaker: BreakerState = "closed"
    failures: int = 0
    openings: int = 0
    open_since: datetime | None = None
    next_try: datetime | None = None
    blocked_until: datetime | None = None
    refused: bool = False
    paid_until: datetime | None = None
    reports_paid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the calls to a marketplace stand, as people see it. ``blocked_until`` is None once it is over."""

    pace: Pace
    pacing: Pacing
    blocked_until: datetime | None
