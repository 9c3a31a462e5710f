"""When to try again: exponential back-off with full jitter. Pure: no clock, no dice."""

import math
from datetime import datetime, timedelta

BASE = timedelta(seconds=5)
CAP = timedelta(seconds=900)
MAX_ATTEMPTS = 12
_MOST_DOUBLINGS = 32


def next_attempt(
    now: datetime,
    attempts: int,
    retry_after: float | None,
    random: float,
    base: timedelta = BASE,
    cap: timedelta = CAP,
) -> datetime:
    """Return the time of the next attempt, never before ``now`` and never after ``now + 2 * cap``.

    Args:
        now: the present time.
        attempts: how many attempts have failed so far, this one included.
        retry_after: the seconds the marketplace asked us to wait, or None. It is a floor, itself held to
            ``cap``; the jitter comes on top, so that all who were told the same do not come back together.
        random: a number from 0 to 1, fresh for each call.
        base: the longest wait after the first failure; it doubles with each further one.
        cap: the longest wait.
    """
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    ceiling = min(base.total_seconds() * 2**doublings, cap.total_seconds())
    return now + timedelta(seconds=_floor(retry_after, cap) + random * ceiling)


def gave_up(attempts: int, limit: int = MAX_ATTEMPTS) -> bool:
    """Return whether ``attempts`` failed attempts are all that are made before a person is asked."""
    return attempts >= limit


def _floor(retry_after: float | None, cap: timedelta) -> float:
    if retry_after is None or math.isnan(retry_after):
        return 0.0
    return min(max(retry_after, 0.0), cap.total_seconds())
