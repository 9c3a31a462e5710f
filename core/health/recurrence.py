"""When recurring maintenance begins and ends. Pure; windows are in UTC, rules on the clocks of their zone.

In the night in which clocks go forward, a time that they leave out is the first minute after the gap; in the night in
which they go back, a time that comes twice counts once, the first time. That is how cron has it, and like there it is
so for rules with a fixed minute and hour: ``*/30 2 * * *`` follows the clock on the wall, into the second hour too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from ..records import MaintenanceRule, MaintenanceWindow, Recurrence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_MINUTES = 7 * 24 * 60
UNKNOWN = (KeyError, ValueError, OSError, CronSimError)
"""What :func:`windows` raises where this machine does not know the zone, or the expression, of a rule."""

_FIELDS = 5
_AHEAD = timedelta(days=1)
"""How much earlier the search begins: further than any clock is ever put forward or back."""
_LOOKED_AT = 400


def cron_of(hour: int, minute: int, days: tuple[str, ...] = ()) -> str:
    """Return the cron expression of a time of the day, on some days of the week or (none named) on all."""
    return f"{minute} {hour} * * {','.join(days) or '*'}"


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def faults(recurrence: Recurrence, now: datetime) -> dict[str, list[str]]:
    """Return what is wrong with a recurrence whose zone there is, by field; nothing if it does."""
    if len(recurrence.cron.split()) != _FIELDS:
        return {"cron": ["Has five fields: minute, hour, day of the month, month, day of the week."]}
    try:
        starts = list(islice(_starts(recurrence, now), _LOOKED_AT))
    except CronSimError as error:
        return {"cron": [f"Not a cron expression: {error}."]}
    if not starts:
        return {"cron": ["Never comes."]}
    shortest = min((after - before for before, after in pairwise(starts)), default=timedelta.max)
    if shortest <= timedelta(minutes=recurrence.minutes):
        return {"minutes": ["Too long: it would begin again before it is over."]}
    return {}


def windows(rule: MaintenanceRule, now: datetime) -> Iterator[MaintenanceWindow]:
    """Give the windows that are not over by ``now``, the earliest first; there may be no end of them.

    Raises one of :data:`UNKNOWN`.
    """
    length = timedelta(minutes=rule.recurrence.minutes)
    earliest = max(now - length, rule.starts_at - timedelta(microseconds=1))
    for start in _starts(rule.recurrence, earliest):
        if rule.ends_at is not None and start >= rule.ends_at:
            return
        yield MaintenanceWindow(
            rule.id, rule.endpoint_id, start, start + length, rule.note, rule.created_at, rule.recurrence
        )


def _starts(recurrence: Recurrence, after: datetime) -> Iterator[datetime]:
    """Give the times in UTC at which windows begin after then."""
    for local in CronSim(recurrence.cron, (after - _AHEAD).astimezone(ZoneInfo(recurrence.zone))):
        start = local.astimezone(UTC)
        if start > after:
            yield start
