"""Unusual patterns in usage, each said in a sentence. Pure; all times are UTC.

The thresholds let a quiet endpoint point out nothing: a figure must be large by itself, and large beside what is usual.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..records import HourCount, PersonCount, UsageCounts, UsageSpan

PatternKind = Literal["spike", "one_person", "repeated_denials", "failing_tokens"]

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
WEEKS_LOOKED_BACK = 4
HISTORY = WEEKS_LOOKED_BACK * WEEK
"""How far before a span :func:`find_patterns` looks."""

_LEAST_WEEKS = 2
_SPIKE_LEAST, _SPIKE_TIMES = 30, 3
_SHARE_LEAST, _SHARE, _SHARE_PEOPLE = 100, 0.5, 3
_DENIALS_LEAST, _DENIALS_SHARE = 20, 0.5
_TOKENS_LEAST, _TOKENS_SHARE = 50, 0.25
_SHOWN_OF_PERSON = 8
_FEW = 10


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something to look at. ``queries`` is how many it is about; ``usual`` how many would be usual, where known.

    ``since`` and ``until`` say when; ``person`` is the keyed hash of whom it is about, where it is one person.
    """

    kind: PatternKind
    message: str
    since: datetime
    until: datetime
    queries: int
    usual: float | None = None
    person: str = ""
    marketplace_id: str = ""


def find_patterns(span: UsageSpan, counts: UsageCounts, hours: Sequence[HourCount]) -> tuple[Pattern, ...]:
    """Return what is unusual in ``span``.

    Args:
        counts: what was counted in it.
        hours: the queries by hour in it and in :data:`HISTORY` before.
    """
    return (*_spikes(span, hours), *_one_person(span, counts), *_denials(span, counts), *_tokens(span, counts))


def _spikes(span: UsageSpan, hours: Sequence[HourCount]) -> list[Pattern]:
    """Compare each hour with the same hour of the week before, and group those that follow each other."""
    at = Counter[datetime]()
    for item in hours:
        at[item.hour] += item.queries
    if not at:
        return []
    first, runs = min(at), list[list[tuple[datetime, float]]]()
    for hour in sorted(hour for hour in at if span.since <= hour < span.until):
        usual = _usual(at, hour, first)
        if usual is None or at[hour] < max(_SPIKE_LEAST, _SPIKE_TIMES * usual):
            continue
        if runs and runs[-1][-1][0] == hour - HOUR:
            runs[-1].append((hour, usual))
        else:
            runs.append([(hour, usual)])
    found = [_spike(run, at) for run in runs]
    return sorted(found, key=lambda pattern: -pattern.queries)[:_FEW]


def _usual(at: Counter[datetime], hour: datetime, first: datetime) -> float | None:
    """Return the mean of the same hours of past weeks; None while too few weeks are known."""
    past = [at[hour - WEEK * number] for number in range(1, WEEKS_LOOKED_BACK + 1) if hour - WEEK * number >= first]
    return sum(past) / len(past) if len(past) >= _LEAST_WEEKS else None


def _spike(run: Sequence[tuple[datetime, float]], at: Counter[datetime]) -> Pattern:
    since, until = run[0][0], run[-1][0] + HOUR
    queries, usual = sum(at[hour] for hour, _ in run), sum(mean for _, mean in run)
    message = (
        f"{queries:,} queries from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC; "
        f"past weeks had {usual:,.0f} at that time."
    )
    return Pattern("spike", message, since, until, queries, usual)


def _one_person(span: UsageSpan, counts: UsageCounts) -> Iterator[Pattern]:
    """Point out who asks more than half of all; guests and unknown callers are nobody in particular."""
    total = sum(item.queries for item in counts.hours)
    if total < _SHARE_LEAST or counts.people < _SHARE_PEOPLE:
        return
    for person in counts.busiest:
        if person.queries > _SHARE * total:
            said = f"{_who(person)} sent {person.queries:,} of {total:,} queries ({person.queries / total:.0%})."
            yield _about(person, "one_person", said, span, person.queries)


def _denials(span: UsageSpan, counts: UsageCounts) -> Iterator[Pattern]:
    for person in counts.most_denied[:_FEW]:
        if person.denied >= max(_DENIALS_LEAST, _DENIALS_SHARE * person.queries):
            said = f"{_who(person)} was refused {person.denied:,} times, in {person.queries:,} queries."
            yield _about(person, "repeated_denials", said, span, person.denied)


def _tokens(span: UsageSpan, counts: UsageCounts) -> Iterator[Pattern]:
    total, failing = sum(item.queries for item in counts.hours), counts.denials.get("not_authenticated", 0)
    if failing >= max(_TOKENS_LEAST, _TOKENS_SHARE * total):
        said = f"{failing:,} of {total:,} queries came without a valid token."
        yield Pattern("failing_tokens", said, span.since, span.until, failing)


def _about(person: PersonCount, kind: PatternKind, message: str, span: UsageSpan, queries: int) -> Pattern:
    return Pattern(
        kind, message, span.since, span.until, queries, person=person.person, marketplace_id=person.marketplace_id
    )


def _who(person: PersonCount) -> str:
    return f"One person ({person.person[:_SHOWN_OF_PERSON]})"
