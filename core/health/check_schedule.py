"""When each endpoint's turn to be looked at is. Pure.

Every endpoint has a phase of its own within the interval, made from its id: so looks are spread evenly, and stay where
they are when endpoints come and go. What was missed (the space was off, a laptop slept, the clock jumped) is made up
for little by little, never all at once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Why = Literal["asked", "turn", "missed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint that is to be watched.

    ``taken`` is the turn that was taken last, None where it never was or is to be made up for; ``looked_at`` is when
    it was looked at last. ``asked`` says why it is to be looked at besides, empty if it is not; ``held``, that
    somebody is at it.
    """

    endpoint_id: str
    taken: datetime | None = None
    looked_at: datetime | None = None
    asked: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A look that is due: since when, and why; ``turn`` is the one that it takes."""

    standing: Standing
    turn: datetime
    at: datetime
    why: Why


def turn_of(endpoint_id: str, interval: timedelta, now: datetime) -> datetime:
    """Return the endpoint's last turn that is not after ``now``."""
    step = interval // MICROSECOND
    return now - timedelta(microseconds=((now - EPOCH) // MICROSECOND - _number(endpoint_id)) % step)


@lru_cache(maxsize=65_536)
def _number(endpoint_id: str) -> int:
    """Return what is the same for an id at all times, and differs from other ids'."""
    return int.from_bytes(hashlib.sha256(endpoint_id.encode(errors="replace")).digest()[:8], "big")


def due(standings: Iterable[Standing], interval: timedelta, since: datetime, allowed: int, now: datetime) -> list[Due]:
    """Return what is due: what was asked for first, then turns, the oldest first, then some that were missed.

    Args:
        since: from when on turns have been looked for without a gap; those before were missed, and are not late.
        allowed: how many of the missed ones may be made up for now; see :func:`allowance`.
    """
    asked, turns, missed = [], [], []
    for one in standings:
        turn = turn_of(one.endpoint_id, interval, now)
        if one.held:
            continue
        if one.asked:
            asked.append(Due(one, turn, now, "asked"))
        elif one.taken is None or (turn < since and _is_open(one.taken, turn, interval)):
            missed.append(Due(one, turn, now, "missed"))
        elif _is_open(one.taken, turn, interval):
            turns.append(Due(one, turn, turn, "turn"))
    return [*asked, *sorted(turns, key=lambda each: each.at), *missed[:allowed]]


def allowance(number: int, interval: timedelta, passed: timedelta) -> int:
    """Return how many missed looks may be made up for after so long: as many as have their turn in it, at least one."""
    return max(1, round(number * (passed / interval)))


def _is_open(taken: datetime, turn: datetime, interval: timedelta) -> bool:
    """Whether a turn was not taken. One that was taken far ahead of it was so by a clock that was set back since."""
    return taken < turn or taken > turn + interval
