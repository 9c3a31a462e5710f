"""What a marketplace is told about our endpoints' health, when, and in which order. Pure.

Every reading is told again before what was said of it before runs out, and at once when the state is another one.
What goes along is whatever was told more than half an interval ago, so that there is one batch and not many::

    state differs from what was told, or was never told  →  goes now, first of all
    told an interval ago, or longer (a batch that failed) →  goes now, the oldest first
    told half an interval ago, when anything goes        →  goes along
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..records import HealthState, Reading

LONG_AGO = datetime.min.replace(tzinfo=UTC)
HOLDS_FOR_REPORTS = 3
"""How many reports should go while one holds: two may be lost, and the listing stays lit."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a marketplace was last told of a listing, and when."""

    state: HealthState
    at: datetime


def state_to_tell(known: HealthState, before: HealthState, *, in_maintenance: bool, keep: bool) -> HealthState:
    """Return the state to be told of an endpoint.

    Args:
        known: its state as the book of health has it now.
        before: the last one that was not ``unknown``, which is what a maintenance window leaves standing.
        keep: whether in maintenance the state from before it goes on being told.
    """
    if not in_maintenance:
        return known
    if not keep:
        return "unknown"
    return before if known == "unknown" else known


def interval_for(wished: float, ttl_seconds: float) -> timedelta:
    """Return the time between two reports: as wished, but well under what a report holds for."""
    return timedelta(seconds=min(wished, ttl_seconds / HOLDS_FOR_REPORTS))


def to_tell(readings: Iterable[Reading], told: Mapping[str, Told], interval: timedelta, now: datetime) -> list[Reading]:
    """Return the readings that go now, in their order; none when nothing is due.

    Args:
        told: what was last told, by slug. What was told later than ``now`` (by a clock that has since been set back)
            counts as never told.
    """
    waiting = [(reading, _age(told.get(reading.slug), now), _differs(reading, told)) for reading in readings]
    if not any(differs or age >= interval for _, age, differs in waiting):
        return []
    going = [item for item in waiting if item[2] or item[1] >= interval / 2]
    return [reading for reading, _, _ in sorted(going, key=lambda item: (not item[2], -item[1]))]


def batches(readings: Sequence[Reading], size: int, apart: frozenset[str]) -> Iterator[list[Reading]]:
    """Yield the readings in batches of at most ``size``; those of the slugs in ``apart`` last, each by itself."""
    together = [reading for reading in readings if reading.slug not in apart]
    for start in range(0, len(together), max(1, size)):
        yield together[start : start + max(1, size)]
    yield from ([reading] for reading in readings if reading.slug in apart)


def _differs(reading: Reading, told: Mapping[str, Told]) -> bool:
    last = told.get(reading.slug)
    return last is None or last.state != reading.state


def _age(last: Told | None, now: datetime) -> timedelta:
    at = LONG_AGO if last is None or last.at > now else last.at
    return now - at
