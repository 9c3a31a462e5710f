"""Which time a person means who asks for usage. Pure; whole hours or whole days in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import InvalidInput
from ..records import Step, UsageSpan
from .metrics import STEPS

MOST_DAYS = 400
DEFAULT_DAYS = 30
BY_HOUR_UP_TO = timedelta(days=2)
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UsageWish:
    """What is asked for. Without ``since`` the last ``days`` are meant, today included; without ``until`` up to now.

    ``slug`` and ``marketplace`` (a name or an id) are None for all.
    """

    slug: str | None = None
    marketplace: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    days: int = DEFAULT_DAYS


def span_of(wish: UsageWish, now: datetime, kept: timedelta) -> UsageSpan:
    """Return the span that is meant, by the hour if it is short and its single queries are still kept.

    Args:
        kept: how long single queries are kept; people are counted by the hour from them.

    Raises:
        InvalidInput: nothing lies in it, or it is longer than 400 days.
    """
    until = min(wish.until or now + _INSTANT, now + _DAY)
    if until > _EARLIEST and wish.since is None:
        since = _floor(until - _INSTANT, _DAY) - (wish.days - 1) * _DAY
    else:
        since = wish.since or until
    if not _EARLIEST <= since < until:
        raise InvalidInput({"since": ["Must be before `until`, in the past, and not before the year 2000."]})
    if until - since > MOST_DAYS * _DAY:
        raise InvalidInput({"since": [f"At most {MOST_DAYS} days can be shown at once."]})
    by_hour = until - since <= BY_HOUR_UP_TO and since >= now - kept
    name: Step = "hour" if by_hour else "day"
    step = STEPS[name]
    return UsageSpan(_floor(since, step), _floor(until - _INSTANT, step) + step, name)


def _floor(time: datetime, step: timedelta) -> datetime:
    time = time.astimezone(UTC)
    return time - (time - _EARLIEST) % step
