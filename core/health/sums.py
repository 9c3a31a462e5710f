"""Adding up how endpoints did, by the hour and by the day; and the texts in which sums and readings are kept.

About 25 characters for an hour are what keeps 1,000 endpoints over 90 days small. A sum is written as
``seconds by state/looks.passed/latencies by bucket``: ``h3540u60/12.11/k9l2``, with a letter for each bucket, the
shortest first; a day as ``00=…;01=…``; a reading, each on a line, as ``seconds in its hour, found, state, latency``:
``300hh42``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from string import ascii_letters

from ..records import HealthCell, HealthState, RawReading
from ..usage.latencies import BOUNDS, bound_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LETTERS: dict[HealthState, str] = {"healthy": "h", "degraded": "d", "unhealthy": "u", "offline": "o", "unknown": "?"}
STATES = {letter: state for state, letter in LETTERS.items()}
_BUCKETS = dict(zip(BOUNDS, ascii_letters, strict=False))
_BOUNDS = {letter: bound for bound, letter in _BUCKETS.items()}
_LATENCIES = re.compile(r"([a-zA-Z])(\d+)")
_SECONDS = re.compile(r"([hduo?])(\d+)")
_READING = re.compile(r"(\d+)([hduo?])([hduo?])(\d*)")


def hour_of(time: datetime) -> datetime:
    """Return the hour in UTC that a time lies in."""
    return time.replace(minute=0, second=0, microsecond=0)


def day_of(time: datetime) -> datetime:
    """Return the day in UTC that a time lies in."""
    return hour_of(time).replace(hour=0)


def added(*cells: HealthCell) -> HealthCell:
    """Return the sum."""
    seconds: Counter[HealthState] = Counter()
    latencies: Counter[int] = Counter()
    for cell in cells:
        seconds.update(cell.seconds)
        latencies.update(cell.latencies)
    return HealthCell(dict(seconds), sum(one.looks for one in cells), sum(one.passed for one in cells), dict(latencies))


def held(since: datetime, until: datetime, longest: timedelta) -> Iterator[tuple[datetime, int]]:
    """Yield the hours between two looks, with the seconds of each; of a longer time only the first ``longest``.

    What lies beyond it nobody knows: this space was stopped, or its clock was set. A time that runs backwards has no
    seconds.
    """
    until = min(until, since + longest)
    start = since
    while start < until:
        end = min(until, hour_of(start) + HOUR)
        if seconds := int(end.timestamp()) - int(start.timestamp()):
            yield hour_of(start), seconds
        start = end


def cell_of(reading: RawReading) -> HealthCell:
    """Return the sum of one look, without its seconds."""
    if reading.found == "unknown":
        return HealthCell()
    passed = reading.found in ("healthy", "degraded")
    latencies = {} if reading.latency_ms is None or not passed else {bound_of(reading.latency_ms): 1}
    return HealthCell({}, 1, int(passed), latencies)


def pack(cell: HealthCell) -> str:
    """Return a sum as text."""
    seconds = "".join(f"{LETTERS[state]}{number}" for state, number in sorted(cell.seconds.items()) if number)
    looks = f"{cell.looks}.{cell.passed}" if cell.passed != cell.looks else str(cell.looks)
    latencies = "".join(f"{_BUCKETS[bound]}{number}" for bound, number in sorted(cell.latencies.items()))
    return f"{seconds}/{looks}/{latencies}"


def unpack(text: str) -> HealthCell:
    """Return the sum that :func:`pack` wrote."""
    seconds, looks, latencies = text.split("/")
    total, _, passed = looks.partition(".")
    return HealthCell(
        {STATES[letter]: int(number) for letter, number in _SECONDS.findall(seconds)},
        int(total),
        int(passed or total),
        {_BOUNDS[letter]: int(number) for letter, number in _LATENCIES.findall(latencies)},
    )


def pack_day(hours: Mapping[int, HealthCell]) -> str:
    """Return the sums of a day's hours (0 to 23) as text."""
    return ";".join(f"{hour:02}={pack(cell)}" for hour, cell in sorted(hours.items()))


def unpack_day(text: str) -> dict[int, HealthCell]:
    """Return the sums that :func:`pack_day` wrote."""
    return {int(part[:2]): unpack(part[3:]) for part in text.split(";") if part}


def pack_reading(reading: RawReading) -> str:
    """Return a reading as a line; its hour is not in it."""
    latency = "" if reading.latency_ms is None else f"{reading.latency_ms:.0f}"
    second = int((reading.at - hour_of(reading.at)).total_seconds())
    return f"{second}{LETTERS[reading.found]}{LETTERS[reading.state]}{latency}\n"


def unpack_readings(hour: datetime, text: str) -> Iterable[RawReading]:
    """Yield the readings of an hour, in the order in which they were noted."""
    for second, found, state, latency in _READING.findall(text):
        at = hour + timedelta(seconds=int(second))
        yield RawReading(at, STATES[found], STATES[state], float(latency) if latency else None)
