"""Latencies in buckets: what a histogram keeps of them, and what can be told from it."""

from bisect import bisect_left
from collections.abc import Mapping

BOUNDS = (
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700,
    1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000,
)  # fmt: skip
"""Upper bounds in milliseconds; each is at most twice the one before, so a percentile is off by less than half."""


def bound_of(latency_ms: float) -> int:
    """Return the bound of the bucket that a latency falls into; what is longer than all counts in the last."""
    return BOUNDS[min(bisect_left(BOUNDS, latency_ms), len(BOUNDS) - 1)]


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """Return the latency in milliseconds that ``share`` (0 to 1) of the answers stay below; None without answers.

    Inside a bucket the answers are taken to be spread evenly.
    """
    wanted, seen = share * sum(buckets.values()), 0
    for bound in sorted(buckets):
        if buckets[bound] and seen + buckets[bound] >= wanted:
            floor = _floor(bound)
            return floor + (bound - floor) * (wanted - seen) / buckets[bound]
        seen += buckets[bound]
    return None


def _floor(bound: int) -> int:
    place = bisect_left(BOUNDS, bound)
    return BOUNDS[place - 1] if place else 0
