"""The states of an endpoint's health, as a pure transition table.

A *look* finds by itself one of: ``healthy``, ``degraded`` (all checks pass, but they are slow or have failed on and off
lately, or too many real queries failed or were slow), ``unhealthy`` (a check failed, something answered) or
``offline`` (nothing answered). A look that did not take place (maintenance, our own network is down, nothing to check)
finds ``unknown``. The state follows what was found lately::

      present      |  found in this look, and in those before it        ->  next
    ---------------+----------------------------------------------------------------
      any          |  unknown                                           ->  unknown
      unknown      |  healthy, degraded                                 ->  that
      unknown      |  FAILS looks in a row unhealthy or offline         ->  the mildest of them
      healthy      |  FAILS looks in a row worse                        ->  the mildest of them
      degraded     |  FAILS looks in a row worse                        ->  the mildest of them
      unhealthy    |  FAILS looks in a row offline                      ->  offline
      degraded     |  CALM looks in a row better                        ->  the worst of them
      unhealthy    |  CALM looks in a row better                        ->  the worst of them
      offline      |  CALM looks in a row better                        ->  the worst of them
      any          |  anything else                                     ->  as it is

    CALM = PASSES x the number of failing stretches among the last 20 looks (at least PASSES, at most 20)

So whoever fails again and again has to stay well for longer each time, and with three failing stretches among the last
20 looks even one that passes finds ``degraded``: an endpoint that fails every other time is degraded, steadily.
Only the order of looks counts, never the time between them: a clock that jumps changes no state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from ..records import CheckResult, Health, HealthChange, HealthState
from .sums import LETTERS, STATES

ORDER: tuple[HealthState, ...] = ("healthy", "degraded", "unhealthy", "offline")
"""From the best to the worst; ``unknown`` has no place among them."""

REMEMBERED = 20
"""How many looks are remembered."""

FLAPS = 3
"""With so many failing stretches among the remembered looks an endpoint is degraded at best."""

EASE = 0.8
"""What is degraded has to come below this share of a limit to be well again."""

LONGEST_MESSAGE = 500

MOST_AHEAD = timedelta(days=1)
"""So far may a clock have been ahead; what was noted later than that counts for nothing."""

_FAILING = LETTERS["unhealthy"] + LETTERS["offline"]
_QUERY = "query"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a state is reached and left; times in milliseconds, ``degraded_errors`` a share. 0 turns a limit off.

    ``degraded_ms`` is for checks, ``degraded_query_ms`` for real queries and the check ``query``, which both wait for a
    model. Real queries count from ``least_queries`` on.
    """

    fails: int = 3
    passes: int = 2
    degraded_ms: float = 5_000.0
    degraded_query_ms: float = 20_000.0
    degraded_errors: float = 0.2
    least_queries: int = 10


@dataclass(frozen=True, slots=True)
class RealQueries:
    """The queries of the last minutes: how many, how many of them failed, and how long 95 of 100 took at most."""

    total: int
    failed: int
    p95_ms: float | None = None


def step(
    health: Health,
    results: Sequence[CheckResult] | None,
    real: RealQueries | None,
    now: datetime,
    thresholds: Thresholds,
    why: str = "",
    latency_ms: float | None = None,
) -> tuple[Health, HealthChange | None]:
    """Return the health after one look, and the change of state if there was one.

    Args:
        results: what the checks saw; None (or nothing at all) if it was not looked.
        real: what is known of the endpoint's real queries.
        why: why it was not looked.
        latency_ms: how long the look took; if it is left out, that of the slowest check.
    """
    found, message = judge(health, results, real, thresholds) if results else ("unknown", why)
    recent = _remembered(health.recent, found)
    state = _next(health.state, recent, thresholds)
    leaning, turns = _leaning(state, recent)
    at = _after(health.since, now)
    after = Health(
        endpoint_id=health.endpoint_id,
        state=state,
        since=at if state != health.state or health.since is None else health.since,
        checked_at=now if results else health.checked_at,
        latency_ms=_latency(results, latency_ms) if results else health.latency_ms,
        message=message[:LONGEST_MESSAGE],
        leaning=leaning,
        turns=turns,
        results=tuple(results) if results else health.results,
        recent=recent,
        noted_at=now,
        known=health.known if state == "unknown" else state,
    )
    if state == health.state:
        return after, None
    return after, HealthChange(health.endpoint_id, health.state, state, at, health.since, after.message)


def judge(
    health: Health, results: Sequence[CheckResult], real: RealQueries | None, thresholds: Thresholds
) -> tuple[HealthState, str]:
    """Return what one look finds by itself, and why."""
    failed = [result for result in results if not result.ok]
    if failed:
        reached = any(result.reachable for result in results)
        return "unhealthy" if reached else "offline", sentence_of(failed)
    ease = EASE if health.state == "degraded" else 1.0
    reasons = [*_slow(results, thresholds, ease), *_troubled(real, thresholds, ease)]
    flaps = stretches(health.recent)
    if flaps >= FLAPS:
        reasons.append(f"It failed {flaps} times among the last {len(health.recent)} looks.")
    return ("degraded", " ".join(reasons)) if reasons else ("healthy", "")


def sentence_of(results: Sequence[CheckResult]) -> str:
    """Return what checks said; what several say alike is said once: ``dataset, query: No connection``."""
    names: dict[str, list[str]] = {}
    for one in results:
        names.setdefault(one.message, []).append(one.name)
    return "; ".join(f"{', '.join(found)}: {said}" for said, found in names.items()).replace(".; ", "; ")


def last_found(health: Health) -> HealthState:
    """Return what the last look found by itself; ``unknown`` before the first."""
    return STATES[health.recent[-1]] if health.recent else "unknown"


def as_known(health: Health, now: datetime, longest: timedelta) -> Health:
    """Return the health as it may be told now: ``unknown`` if it was not noted for longer than ``longest``."""
    if health.noted_at is not None and now - health.noted_at <= longest:
        return health
    if health.noted_at is None:
        return replace(health, state="unknown")
    said = f"Not looked at since {health.noted_at:%Y-%m-%d %H:%M} UTC."
    return replace(health, state="unknown", since=health.noted_at, message=said, leaning=None, turns=0)


def stretches(recent: str) -> int:
    """Return how many times the remembered looks begin to fail after having passed."""
    before = f"h{recent}"
    return sum(letter in _FAILING and was not in f"{_FAILING}?" for was, letter in zip(before, recent, strict=False))


def _after(since: datetime | None, now: datetime) -> datetime:
    """Return when a change is said to be: after the one before it, even by a clock that was set back since.

    A time that is further ahead was never right, and nothing is to wait for it.
    """
    if since is None or not now <= since <= now + MOST_AHEAD:
        return now
    return since + timedelta(microseconds=1)


def _next(state: HealthState, recent: str, thresholds: Thresholds) -> HealthState:
    last = STATES[recent[-1]]
    if last == "unknown" or (state == "unknown" and recent[-1] not in _FAILING):
        return last
    rank = _rank(state)
    row = _row(recent, thresholds.fails)
    if row and min(row) > rank:
        return ORDER[min(row)]
    row = _row(recent, _calm(recent, thresholds))
    if row and max(row) < rank:
        return ORDER[max(row)]
    return state


def _row(recent: str, length: int) -> list[int]:
    """Return the ranks of the last looks; nothing if there are not so many in a row."""
    last = recent[-length:]
    return [] if len(last) < length or "?" in last else [_rank(STATES[letter]) for letter in last]


def _calm(recent: str, thresholds: Thresholds) -> int:
    return min(REMEMBERED, thresholds.passes * max(1, stretches(recent)))


def _rank(state: HealthState) -> int:
    return -1 if state == "unknown" else ORDER.index(state)


def _remembered(recent: str, found: HealthState) -> str:
    """Return the looks with the newest; a long time without looks counts as one, or it would push out all others."""
    letter = LETTERS[found]
    return recent if letter == "?" == recent[-1:] else f"{recent}{letter}"[-REMEMBERED:]


def _leaning(state: HealthState, recent: str) -> tuple[HealthState | None, int]:
    """Return the state that the last looks speak for, if it is another, and how many looks in a row do."""
    rank, run = _rank(state), [_rank(STATES[letter]) for letter in recent.rpartition("?")[2]]
    if state == "unknown" and not run:
        return None, 0
    worse = _trailing(run, lambda found: found > rank)
    better = _trailing(run, lambda found: found < rank)
    if worse:
        return ORDER[min(worse)], len(worse)
    return (ORDER[max(better)], len(better)) if better else (None, 0)


def _trailing(run: Sequence[int], fits: Callable[[int], bool]) -> list[int]:
    return list(takewhile(fits, reversed(run)))


def _slow(results: Sequence[CheckResult], thresholds: Thresholds, ease: float) -> list[str]:
    return [
        f"{one.name} took {one.latency_ms:,.0f} ms."
        for one in results
        if one.latency_ms is not None and _over(one.latency_ms, _limit(one.name, thresholds), ease)
    ]


def _limit(name: str, thresholds: Thresholds) -> float:
    return thresholds.degraded_query_ms if name == _QUERY else thresholds.degraded_ms


def _troubled(real: RealQueries | None, thresholds: Thresholds, ease: float) -> list[str]:
    if real is None or not real.total or real.total < thresholds.least_queries:
        return []
    reasons = []
    if _over(real.failed / real.total, thresholds.degraded_errors, ease):
        reasons.append(f"{real.failed} of the last {real.total} queries failed.")
    if real.p95_ms is not None and _over(real.p95_ms, thresholds.degraded_query_ms, ease):
        reasons.append(f"One query in 20 took {real.p95_ms:,.0f} ms or more.")
    return reasons


def _over(value: float, limit: float, ease: float) -> bool:
    return limit > 0 and value >= limit * ease


def _latency(results: Sequence[CheckResult], given: float | None) -> float | None:
    if given is not None:
        return given
    return max((one.latency_ms for one in results if one.latency_ms is not None), default=None)
