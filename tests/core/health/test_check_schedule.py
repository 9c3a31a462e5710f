"""Whose turn it is: tables and laws of the pure schedule."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.health.check_schedule import Due, Standing, allowance, due, turn_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
IDS = [f"endpoint-{number}" for number in range(1000)]
TICK = timedelta(seconds=0.5)


def told(found: list[Due]) -> list[tuple[str, str]]:
    return [(each.standing.endpoint_id, each.why) for each in found]


@given(name=st.text(max_size=20), seconds=st.integers(10, 86_400), offset=st.integers(0, 10**9))
def test_a_turn_is_the_last_one_of_its_phase(name: str, seconds: int, offset: int) -> None:
    interval, now = timedelta(seconds=seconds), NOW + timedelta(milliseconds=offset)
    turn = turn_of(name, interval, now)
    assert now - interval < turn <= now
    assert turn_of(name, interval, turn) == turn
    assert turn_of(name, interval, turn + interval) == turn + interval


def test_turns_are_spread_over_the_interval() -> None:
    seconds = Counter(int((NOW - turn_of(name, MINUTE, NOW)).total_seconds()) for name in IDS)
    assert len(seconds) == 60
    assert max(seconds.values()) < 40


@pytest.mark.parametrize(
    ("standing", "since", "expected"),
    [
        (Standing("a", asked="edited"), NOW - HOUR, [("a", "asked")]),
        (Standing("a", asked="edited", held=True), NOW - HOUR, []),
        (Standing("a"), NOW - HOUR, [("a", "missed")]),
        (Standing("a", taken=turn_of("a", MINUTE, NOW)), NOW - HOUR, []),
        (Standing("a", taken=turn_of("a", MINUTE, NOW) - MINUTE), NOW - HOUR, [("a", "turn")]),
        (Standing("a", taken=turn_of("a", MINUTE, NOW) - MINUTE, held=True), NOW - HOUR, []),
        (Standing("a", taken=turn_of("a", MINUTE, NOW) - HOUR), NOW, [("a", "missed")]),
        (Standing("a", taken=turn_of("a", MINUTE, NOW) + MINUTE), NOW - HOUR, []),
        (Standing("a", taken=turn_of("a", MINUTE, NOW) + HOUR), NOW - HOUR, [("a", "turn")]),
    ],
)
def test_what_is_due(standing: Standing, since: datetime, expected: list[tuple[str, str]]) -> None:
    assert told(due([standing], MINUTE, since, 1, NOW)) == expected


def test_what_was_asked_for_goes_before_turns_and_turns_before_what_was_missed() -> None:
    old = {name: turn_of(name, MINUTE, NOW) - MINUTE for name in ("b", "c")}
    found = due(
        [
            Standing("d"),
            *(Standing(name, at) for name, at in old.items()),
            Standing("a", asked="edited"),
            Standing("e"),
        ],
        MINUTE,
        NOW - HOUR,
        1,
        NOW,
    )
    assert [each.why for each in found] == ["asked", "turn", "turn", "missed"]
    assert found[1].at <= found[2].at


def simulated(ticks: int, start: datetime, taken: dict[str, datetime | None]) -> list[int]:
    """Return how many looks begin at each tick after a start, every one of them ending at once."""
    begun = []
    for tick in range(ticks):
        now = start + tick * TICK
        allowed = allowance(len(IDS), MINUTE, TICK if tick else timedelta(0))
        found = due([Standing(name, taken[name]) for name in IDS], MINUTE, start, allowed, now)
        taken |= {each.standing.endpoint_id: each.turn for each in found}
        begun.append(len(found))
    return begun


@pytest.mark.parametrize("away", [timedelta(minutes=2), timedelta(days=3)])
def test_after_a_pause_or_a_jump_of_the_clock_looks_are_made_up_for_little_by_little(away: timedelta) -> None:
    begun = simulated(240, NOW + away, {name: turn_of(name, MINUTE, NOW) for name in IDS})
    assert max(begun) < 30
    assert sum(begun[:120]) >= len(IDS)


def test_a_clock_set_back_by_an_hour_stops_nothing() -> None:
    begun = simulated(240, NOW - HOUR, {name: turn_of(name, MINUTE, NOW) for name in IDS})
    assert max(begun) < 30
    assert sum(begun) >= len(IDS)


def test_every_endpoint_is_looked_at_once_an_interval() -> None:
    taken: dict[str, datetime | None] = {name: turn_of(name, MINUTE, NOW) for name in IDS}
    assert sum(simulated(240, NOW, taken)) == pytest.approx(2 * len(IDS), abs=len(IDS) / 50)


@pytest.mark.parametrize(
    ("number", "passed", "expected"), [(1000, 0.5, 8), (1000, 0.0, 1), (3, 0.5, 1), (0, 0.5, 1), (1000, 30.0, 500)]
)
def test_as_many_are_made_up_for_as_have_their_turn(number: int, passed: float, expected: int) -> None:
    assert allowance(number, MINUTE, timedelta(seconds=passed)) == expected
