"""When maintenance recurs: tables, the nights in which clocks change among them, and what always holds."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.health.recurrence import cron_of, faults, is_zone, windows
from publicist.core.records import MaintenanceRule, MaintenanceWindow, Recurrence

BERLIN = "Europe/Berlin"
NIGHTS = [
    # Clocks go from 02:00 to 03:00 on 2026-03-29.
    ("30 1 * * *", BERLIN, "2026-03-28T12:00", ["29T00:30", "29T23:30", "30T23:30"]),
    ("30 2 * * *", BERLIN, "2026-03-28T12:00", ["29T01:00", "30T00:30", "31T00:30"]),
    ("0 3 * * *", BERLIN, "2026-03-28T12:00", ["29T01:00", "30T01:00", "31T01:00"]),
    ("0 * * * *", BERLIN, "2026-03-28T23:30", ["29T00:00", "29T01:00", "29T02:00"]),
    ("30 2 * * sun", BERLIN, "2026-03-28T12:00", ["29T01:00", "05T00:30", "12T00:30"]),
    # Clocks go from 03:00 to 02:00 on 2026-10-25.
    ("30 1 * * *", BERLIN, "2026-10-24T12:00", ["24T23:30", "26T00:30", "27T00:30"]),
    ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["25T00:30", "26T01:30", "27T01:30"]),
    ("30 2 * * *", BERLIN, "2026-10-25T01:45", ["26T01:30", "27T01:30", "28T01:30"]),
    ("0 3 * * *", BERLIN, "2026-10-24T12:00", ["25T02:00", "26T02:00", "27T02:00"]),
    ("0 * * * *", BERLIN, "2026-10-24T23:30", ["25T00:00", "25T01:00", "25T02:00"]),
    ("30 2 * * *", "America/New_York", "2026-03-07T12:00", ["08T07:00", "09T06:30", "10T06:30"]),
    ("30 1 * * *", "America/New_York", "2026-10-31T12:00", ["01T05:30", "02T06:30", "03T06:30"]),
    # Half an hour, and the other half of the earth.
    ("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T12:00", ["02T15:45", "03T15:30", "04T15:15"]),
    ("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00", ["04T14:45", "05T15:15", "06T15:15"]),
    # Midnight is left out; no clock ever changes.
    ("0 0 * * *", "Africa/Cairo", "2026-04-23T00:00", ["23T22:00", "24T21:00", "25T21:00"]),
    ("30 2 * * *", "Asia/Kolkata", "2026-03-28T12:00", ["28T21:00", "29T21:00", "30T21:00"]),
    # Days that few months, and few years, have.
    ("0 3 29 2 *", "UTC", "2026-01-01T00:00", ["29T03:00", "29T03:00", "29T03:00"]),
    ("0 3 31 * *", "UTC", "2026-01-01T00:00", ["31T03:00", "31T03:00", "31T03:00"]),
    # The last day of a month, the second Friday, and names.
    ("0 2 L * *", "UTC", "2026-02-01T12:00", ["28T02:00", "31T02:00", "30T02:00"]),
    ("0 2 * * 5#2", "UTC", "2026-03-01T12:00", ["13T02:00", "10T02:00", "08T02:00"]),
    ("0 2 1 jan,jul *", "UTC", "2026-03-01T12:00", ["01T02:00", "01T02:00", "01T02:00"]),
    ("0 2 * * *", "UTC", "2026-03-28T12:00", ["29T02:00", "30T02:00", "31T02:00"]),
]
UNFIT = [
    ("* * * * *", 5, "minutes"),
    ("0 2 * * *", 24 * 60, "minutes"),
    ("0 2 * * mon,tue", 24 * 60, "minutes"),
    ("0 2 * *", 5, "cron"),
    ("0 0 2 * * *", 5, "cron"),
    ("61 2 * * *", 5, "cron"),
    ("a b c d e", 5, "cron"),
    ("0 0 30 2 *", 5, "cron"),
    ("@daily", 5, "cron"),
]
EXPRESSIONS = ["30 2 * * *", "0 * * * *", "15 2 * * sun", "*/30 2 * * *", "0 0 1 * *", "0 4 * * mon-fri", "0 0 29 2 *"]
ZONES = [BERLIN, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "UTC"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rule(cron: str, zone: str = "UTC", minutes: int = 30, ends: datetime | None = None) -> MaintenanceRule:
    start = at("2020-01-01T00:00")
    return MaintenanceRule("r", None, Recurrence("cron", cron, zone, minutes), start, ends, "", start)


def first(which: MaintenanceRule, now: datetime, many: int = 3) -> list[MaintenanceWindow]:
    return list(islice(windows(which, now), many))


@pytest.mark.parametrize(("cron", "zone", "now", "starts"), NIGHTS)
def test_a_window_begins_by_the_clocks_of_its_zone(cron: str, zone: str, now: str, starts: list[str]) -> None:
    assert [f"{window.starts_at:%dT%H:%M}" for window in first(rule(cron, zone), at(now))] == starts


@pytest.mark.parametrize("night", ["2026-03-28T12:00", "2026-10-24T12:00"])
def test_a_window_is_as_long_as_ever_when_the_clocks_change(night: str) -> None:
    found = first(rule("0 1 * * *", BERLIN, minutes=180), at(night))

    assert [window.ends_at - window.starts_at for window in found] == [timedelta(hours=3)] * 3


def test_the_window_that_holds_comes_first_until_it_is_over() -> None:
    daily = rule("0 2 * * *", minutes=60)

    found = [first(daily, at(f"2026-05-05T{now}"), 1)[0].starts_at.day for now in ("01:59", "02:00", "02:59", "03:00")]

    assert found == [5, 5, 5, 6]


def test_nothing_begins_before_the_rule_or_from_its_end_on() -> None:
    bounded = rule("0 2 * * *", ends=at("2020-01-03T02:00"))

    assert [window.starts_at.day for window in first(bounded, at("2019-06-01T00:00"))] == [1, 2]


def test_a_time_and_days_are_a_cron_expression() -> None:
    assert cron_of(2, 5) == "5 2 * * *"
    assert cron_of(23, 0, ("mon", "sat")) == "0 23 * * mon,sat"


@pytest.mark.parametrize(("cron", "minutes", "field"), UNFIT)
def test_what_cannot_recur_is_told_by_field(cron: str, minutes: int, field: str) -> None:
    assert list(faults(Recurrence("cron", cron, "UTC", minutes), at("2026-03-01T00:00"))) == [field]


def test_what_can_recur_has_no_fault() -> None:
    assert faults(Recurrence("daily", "0 2 * * *", BERLIN, 120), at("2026-03-01T00:00")) == {}


@pytest.mark.parametrize(
    ("name", "there"),
    [(name, True) for name in ("UTC", BERLIN)]
    + [(name, False) for name in ("Europe/Atlantis", "", "../etc/passwd", "a\0b", "Europe")],
)
def test_zones_are_known_by_their_names(name: str, there: bool) -> None:
    assert is_zone(name) is there


@given(st.sampled_from(EXPRESSIONS), st.sampled_from(ZONES), st.integers(0, 366 * 24 * 60), st.integers(1, 3000))
def test_whenever_one_looks_the_windows_are_the_same(cron: str, zone: str, minute: int, later: int) -> None:
    """They come in order, none is over, and a later look shows what the earlier one showed."""
    which, now = rule(cron, zone, minutes=20), at("2026-01-01T00:00") + timedelta(minutes=minute)
    found = first(which, now, 4)

    assert found[0].ends_at > now
    assert all(before.starts_at < after.starts_at for before, after in pairwise(found))
    then = now + timedelta(minutes=later)
    still = [window for window in found if window.ends_at > then]
    assert first(which, then, len(still)) == still
