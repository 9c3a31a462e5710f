"""How fast a marketplace is called, and when not at all. Pure: no store, no clock, no dice.

Every call takes a token; tokens come back at the marketplace's rate, up to its burst. A circuit breaker keeps a
marketplace that does not answer from being called for nothing, and from being flooded when it returns::

    state       news       becomes     and
    ─────────────────────────────────────────────────────────────────────────────────────────────
    closed      answered   closed      the failures are forgotten
    closed      failed     closed      one failure more, while that makes fewer than THRESHOLD
    closed      failed     open        at THRESHOLD: the first wait begins
    open        probe      half_open   once the wait is over, one call is let through
    open        answered   closed      a test of the connection, or a call that began before
    open        failed     open        nothing: a call that began before
    half_open   answered   closed      everything is forgotten; the bucket begins empty
    half_open   failed     open        a longer wait begins
    half_open   probe      half_open   the last probe never came back, so another goes
    closed, open   faulty  as it was   a plugin's fault says nothing about the marketplace
    half_open   faulty     open        as failed: the probe is over and has proved nothing
    any         nothing    as it was   after a lost probe another one goes

``answered`` is every answer that makes sense, a rejection, a refused credential and a 429 among them; ``failed`` is no
connection, no whole answer, a 5xx or nonsense, and a plugin that does not return; ``nothing`` is a call that was not
made, or ended because of another one; ``probe`` is the claim of a call.

Beside the breaker, two things hold calls back: what the marketplace asked for (``Retry-After``), and refused
credentials. The latter wait for other credentials, or for a test that succeeds; time does not help.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from ..errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    PluginFault,
    RateLimited,
    TransientError,
)
from ..hosting.guard import Hung, NotCalled, Unfinished
from ..records import Pace, Pacing

THRESHOLD = 5
"""Failures in a row that open the breaker."""

BASE = timedelta(seconds=10)
CAP = timedelta(minutes=15)
"""The longest that a marketplace is left alone, by the breaker as well as by its own wish."""

PROBE = timedelta(seconds=60)
"""How long a probe may take before another one goes."""

UNSAID = timedelta(seconds=5)
"""How long a marketplace is left alone that asks to be, and does not say how long."""

_MOST_DOUBLINGS = 16
_MINUTE = timedelta(minutes=1)

News = Literal["answered", "failed", "faulty", "nothing"]


def news(error: MarketplaceError | None) -> News:
    """Return what the end of a call says about the marketplace; None stands for a success."""
    if isinstance(error, NotCalled | Unfinished):
        return "nothing"
    if isinstance(error, PluginFault) and not isinstance(error, Hung):
        return "faulty"
    return "failed" if isinstance(error, MarketplaceUnavailable | OutcomeUnknown | Hung) else "answered"


def observe(pacing: Pacing, pace: Pace, error: MarketplaceError | None, now: datetime, chance: float) -> Pacing:
    """Return the pacing after a call that ended with ``error``; the same object when nothing has changed.

    Args:
        chance: a random number from 0 to 1, fresh for each call: it spreads the tries of several spaces.
    """
    after = _blocked(_stepped(pacing, pace, news(error), now, chance), pace, error, now)
    refused = isinstance(error, AuthenticationFailed) or (pacing.refused and error is not None)
    after = replace(after, refused=refused)
    return pacing if after == pacing else after


def held_until(pacing: Pacing, now: datetime) -> datetime | None:
    """Return until when no call may go, None when one may. Refused credentials have no such time.

    A time beyond ``now + CAP`` was written by a clock that has since been set back, and does not count.
    """
    waits = [pacing.blocked_until, pacing.next_try if pacing.breaker != "closed" else None]
    return max((until for until in waits if until is not None and now < until <= now + CAP), default=None)


def allowance(pacing: Pacing, pace: Pace, live: int, now: datetime) -> int:
    """Return how many calls may begin at ``now`` while ``live`` are under way."""
    if pacing.refused or held_until(pacing, now) is not None:
        return 0
    most = pace.concurrency - live if pacing.breaker == "closed" else 1
    return max(0, min(most, tokens(pacing.paid_until, pace, now)))


def spent(pacing: Pacing, pace: Pace, calls: int, now: datetime) -> Pacing:
    """Return the pacing after the claim of ``calls``: their tokens are gone, and with an open breaker it is a probe."""
    paid = _paid(pacing.paid_until, pace, calls, now)
    if pacing.breaker == "closed":
        return replace(pacing, paid_until=paid)
    return replace(pacing, paid_until=paid, breaker="half_open", next_try=now + PROBE)


def report_spent(pacing: Pacing, pace: Pace, now: datetime) -> Pacing | None:
    """Return the pacing after the claim of one health report, None when none may go.

    Reports have tokens of their own, so that neither they nor the listings starve the other; towards a marketplace
    that does not answer, a report may be the probe.
    """
    if pacing.refused or held_until(pacing, now) is not None or not tokens(pacing.reports_paid_until, pace, now):
        return None
    paid = _paid(pacing.reports_paid_until, pace, 1, now)
    if pacing.breaker == "closed":
        return replace(pacing, reports_paid_until=paid)
    return replace(pacing, reports_paid_until=paid, breaker="half_open", next_try=now + PROBE)


def tokens(paid_until: datetime | None, pace: Pace, now: datetime) -> int:
    """Return how many tokens there are, from 0 to the burst.

    The bucket is kept as one time: every call pays for its share of a minute, and as much as the burst may be owed.
    """
    share = _share(pace)
    return max(0, min(pace.burst, (now + pace.burst * share - _clamped(paid_until, pace, now)) // share))


def _stepped(pacing: Pacing, pace: Pace, said: News, now: datetime, chance: float) -> Pacing:
    match pacing.breaker, said:
        case "closed", "answered":
            return replace(pacing, failures=0)
        case "closed", "failed":
            after = replace(pacing, failures=pacing.failures + 1)
            return _opened(after, now, chance) if after.failures >= THRESHOLD else after
        case _, "answered":
            empty = now + pace.burst * _share(pace)
            return replace(
                pacing, breaker="closed", failures=0, openings=0, open_since=None, next_try=None, paid_until=empty
            )
        case "half_open", "failed" | "faulty":
            return _opened(replace(pacing, failures=pacing.failures + 1), now, chance)
        case _:
            return pacing


def _opened(pacing: Pacing, now: datetime, chance: float) -> Pacing:
    wait = min(CAP, BASE * 2 ** min(pacing.openings, _MOST_DOUBLINGS))
    return replace(
        pacing,
        breaker="open",
        openings=pacing.openings + 1,
        open_since=pacing.open_since or now,
        next_try=now + wait * (0.5 + chance / 2),
    )


def _blocked(pacing: Pacing, pace: Pace, error: MarketplaceError | None, now: datetime) -> Pacing:
    """Leave the marketplace alone for as long as it asked; afterwards it is not met with a full bucket."""
    asked = error.retry_after if isinstance(error, TransientError) else None
    if asked is None and not isinstance(error, RateLimited):
        return pacing
    until = now + (UNSAID if asked is None else min(CAP, timedelta(seconds=min(max(asked, 0.0), CAP.total_seconds()))))
    if pacing.blocked_until is not None and until < pacing.blocked_until <= now + CAP:
        return pacing
    return replace(pacing, blocked_until=until, paid_until=until + pace.burst * _share(pace))


def _paid(paid_until: datetime | None, pace: Pace, calls: int, now: datetime) -> datetime:
    return _clamped(paid_until, pace, now) + calls * _share(pace)


def _clamped(paid_until: datetime | None, pace: Pace, now: datetime) -> datetime:
    latest = now + CAP + 2 * pace.burst * _share(pace)
    return now if paid_until is None or paid_until > latest else max(paid_until, now)


def _share(pace: Pace) -> timedelta:
    """How long one call fills at the pace's rate."""
    return max(_MINUTE / pace.rate, timedelta(microseconds=1))
