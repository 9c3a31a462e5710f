"""The blueprint that the modules of this package share, and how they say times and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request

from ....core.records import Step
from ..page import Pages

pages = Pages("tabs")

PER_PAGE = 25
NOTHING = "\u2013"
"""A dash, where nothing is known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a ranking: what it is, how long its bar is (0 to 100) and of which tone, and what it says."""

    label: str
    length: int
    said: str
    tone: str = "answered"


def chosen(name: str, known: Sequence[str] | Mapping[str, object], default: str) -> str:
    """Return what the address asks for, if it is known; else what is shown first."""
    asked = request.args.get(name, "")
    return asked if asked in known else default


def page_number() -> int:
    """Return which page of a list is asked for; the first, if the address does not tell."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 1  # noqa: PLR2004 - far beyond any list


def say_step(start: datetime, step: Step) -> str:
    """Return when an hour or a day began, in full, in UTC."""
    return f"{start:%-d %b %Y, %H:%M}" if step == "hour" else f"{start:%-d %b %Y}"


def label_step(start: datetime, step: Step, *, long: bool = False) -> str:
    """Return the same as the label of an axis; ``long`` says that hours are of several days."""
    if step == "hour":
        return f"{start:%-d %b}" if long else f"{start:%H:%M}"
    return f"{start:%-d %b}"


def say_ms(value: float | None) -> str:
    """Return a latency for people; a dash where nothing is known."""
    if value is None:
        return NOTHING
    return f"{value:,.0f} ms" if value < 1_000 else f"{value / 1_000:,.1f} s"  # noqa: PLR2004 - a second


def say_share(part: float, whole: float) -> str:
    """Return a share in percent; a dash of nothing."""
    if not whole:
        return NOTHING
    share = 100 * part / whole
    return f"{share:.0f}%" if share in (0, 100) or share >= 10 else f"{share:.1f}%"  # noqa: PLR2004 - percent


def say_time(passed: timedelta) -> str:
    """Return a length of time in its two largest units."""
    if passed < timedelta(minutes=1):
        return f"{round(passed.total_seconds())} s"
    minutes = round(passed.total_seconds() / 60)
    days, rest = divmod(minutes, 1_440)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join([part for part in parts if part][:2])
