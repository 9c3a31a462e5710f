"""Rate texts such as ``100/m`` or ``10/m; 200/d``: read, written, and said in words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 1_000_000
LONGEST = 366 * 86_400
MOST_PARTS = 5
MOST_CHARACTERS = 200

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_WORDS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
_RATE = re.compile(
    r"\s*([0-9]+)\s*(?:/|per\b)\s*([0-9]+)?\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\s*",
    re.IGNORECASE,
)
_HELP = "Write a count and a span, such as 100/m (s, m, h or d), 5/30s, or several separated by `;`."


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` queries within ``times`` units, where ``unit`` is ``s``, ``m``, ``h`` or ``d``."""

    count: int
    times: int
    unit: str

    @property
    def seconds(self) -> int:
        """The length of the span, in seconds."""
        return self.times * _SECONDS[self.unit]

    def __str__(self) -> str:
        return f"{self.count}/{self.times if self.times > 1 else ''}{self.unit}"


def read_rates(text: str) -> tuple[Rate, ...]:
    """Return every rate in ``text``; all of them hold at once.

    Raises ValueError with a sentence when a part cannot be read, a count is not from 1 to 1,000,000, or a
    span is not from one second to 366 days.
    """
    parts = text.split(";")
    if len(text) > MOST_CHARACTERS or len(parts) > MOST_PARTS:
        raise ValueError(f"At most {MOST_PARTS} rates, in at most {MOST_CHARACTERS} characters.")
    return tuple(_read(part) for part in parts)


def write_rates(rates: Sequence[Rate]) -> str:
    """Return the shortest text that :func:`read_rates` reads as ``rates``."""
    return "; ".join(str(rate) for rate in rates)


def say_rates(rates: Sequence[Rate], scope: str) -> str:
    """Return what tells what was understood: ``At most 100 queries a minute, per user``.

    Args:
        rates: at least one.
        scope: ``per_user`` or ``global``.
    """
    first, *others = (_say(rate) for rate in rates)
    whom = "per user" if scope == "per_user" else "for all users together"
    return " and ".join([f"At most {first}", *(f"at most {other}" for other in others)]) + f", {whom}"


def _read(part: str) -> Rate:
    match = _RATE.fullmatch(part)
    if match is None:
        raise ValueError(f"Cannot be read: {part.strip()!r}. {_HELP}")
    count, times = match[1], match[2] or "1"
    # Long runs of digits are judged by their length: turning them into numbers costs time.
    if len(count) > len(str(MOST)) or not 1 <= int(count) <= MOST:
        raise ValueError(f"The count must be from 1 to {MOST:,}.")
    if len(times) > len(str(LONGEST)) or int(times) < 1:
        raise ValueError("The span must be at least 1 and at most 366 days.")
    rate = Rate(int(count), int(times), match[3][0].lower())
    if rate.seconds > LONGEST:
        raise ValueError("The span must be at least 1 and at most 366 days.")
    return rate


def _say(rate: Rate) -> str:
    noun = "query" if rate.count == 1 else "queries"
    word = _WORDS[rate.unit]
    span = f"{'an' if word == 'hour' else 'a'} {word}" if rate.times == 1 else f"in {rate.times} {word}s"
    return f"{rate.count:,} {noun} {span}"
