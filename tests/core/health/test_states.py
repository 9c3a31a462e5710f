"""The transition table of health: replays of looks, letter by letter, and what must hold whatever is found."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as some
from publicist.core.health.states import (
    REMEMBERED,
    RealQueries,
    Thresholds,
    as_known,
    last_found,
    sentence_of,
    step,
    stretches,
)
from publicist.core.records import CheckResult, Health, HealthChange, HealthState

from ...clock import START

MINUTE = timedelta(minutes=1)
SOON = timedelta(minutes=15)
LIMITS = Thresholds()
WORD: dict[str, HealthState] = {
    "h": "healthy",
    "d": "degraded",
    "u": "unhealthy",
    "o": "offline",
    "?": "unknown",
}
LOOKS: dict[str, list[CheckResult] | None] = {
    "h": [CheckResult("dataset", True, "fine", latency_ms=20.0), CheckResult("model", True, "fine")],
    "d": [CheckResult("dataset", True, "fine", latency_ms=9_000.0)],
    "u": [CheckResult("dataset", True, "fine"), CheckResult("model", False, "answered 500")],
    "o": [CheckResult("dataset", False, "no connection", reachable=False)],
    "?": None,
}


def replay(looks: str, health: Health | None = None, **limits: float) -> tuple[str, Health, list[HealthChange]]:
    """Return the states after each look as letters, the health after the last one, and every change."""
    health, states, changes = health or Health("papers"), "", []
    for number, look in enumerate(looks):
        health, change = step(health, LOOKS[look], None, START + number * MINUTE, Thresholds(**limits))  # type: ignore[arg-type]
        changes += [change] if change else []
        states += next(letter for letter, word in WORD.items() if word == health.state)
    return states, health, changes


@pytest.mark.parametrize(
    ("looks", "states"),
    [
        ("h", "h"),
        ("d", "d"),
        ("u", "?"),
        ("uuu", "??u"),
        ("ooo", "??o"),
        ("uou", "??u"),
        ("hhuuhh", "hhhhhh"),
        ("huuu", "hhhu"),
        ("hooo", "hhho"),
        ("huoo", "hhhu"),
        ("huooo", "hhhuo"),
        ("hddd", "hhhd"),
        ("hdud", "hhhd"),
        ("hdduuu", "hhhddu"),
        ("huuuh", "hhhuu"),
        ("huuuhh", "hhhuuh"),
        ("huuudh", "hhhuud"),
        ("huuuhd", "hhhuud"),
        ("hooouu", "hhhoou"),
        ("hooouh", "hhhoou"),
        ("hooohh", "hhhooh"),
        ("dhh", "ddh"),
        ("h?h", "h?h"),
        ("h???u", "h????"),
        ("huu?u", "hhh??"),
        ("huuu?uuu", "hhhu???u"),
        ("huuu?h", "hhhu?h"),
        ("huuu?d", "hhhu?d"),
    ],
)
def test_a_state_follows_from_what_was_found_lately(looks: str, states: str) -> None:
    assert replay(looks)[0] == states


@pytest.mark.parametrize(
    ("fails", "passes", "states"), [(1, 1, "huuh"), (2, 1, "hhuh"), (1, 2, "huuu"), (5, 1, "hhhh")]
)
def test_thresholds_hold_in_both_directions(fails: int, passes: int, states: str) -> None:
    assert replay("huuh", fails=fails, passes=passes)[0] == states


def test_flapping_at_every_look_for_a_day_is_one_change_for_the_worse() -> None:
    _, health, changes = replay("h" + "uh" * 720)
    assert [(change.before, change.after) for change in changes] == [("unknown", "healthy"), ("healthy", "degraded")]
    assert "It failed 10 times among the last 20 looks." in step(health, LOOKS["h"], None, START, LIMITS)[0].message


def test_whoever_keeps_failing_must_stay_well_for_longer_each_time() -> None:
    _, health, changes = replay("h" + "uuuhh" * 288)
    assert [change.after for change in changes] == ["healthy", "unhealthy", "healthy", "unhealthy"]
    assert health.state == "unhealthy"


def test_flapping_that_ends_is_over_after_some_looks() -> None:
    _, health, changes = replay("h" + "uh" * 50 + "h" * 25)
    assert health.state == "healthy"
    assert len(changes) == 3


def test_a_single_long_outage_is_over_as_soon_as_it_is_over() -> None:
    assert replay("h" + "o" * 300 + "hh")[1].state == "healthy"


def test_a_nightly_maintenance_window_is_no_failure() -> None:
    _, health, changes = replay("h" * 10 + "?" * 300 + "h" * 10)
    assert [change.after for change in changes] == ["healthy", "unknown", "healthy"]
    assert stretches(health.recent) == 0


def test_what_the_last_looks_lean_to_is_told() -> None:
    assert [(replay(looks)[1].leaning, replay(looks)[1].turns) for looks in ("h", "hu", "huo", "hud", "huuuh")] == [
        (None, 0),
        ("unhealthy", 1),
        ("unhealthy", 2),
        ("degraded", 2),
        ("healthy", 1),
    ]
    assert (replay("huuu")[1].leaning, replay("uu")[1].leaning, replay("uu")[1].turns) == (None, "unhealthy", 2)


def test_a_change_tells_since_when_it_was_otherwise_and_why() -> None:
    _, health, changes = replay("hhuuu")
    assert changes[-1] == HealthChange(
        "papers", "healthy", "unhealthy", START + 4 * MINUTE, START, "model: answered 500"
    )
    assert (health.since, health.checked_at, health.noted_at) == (START + 4 * MINUTE,) * 3
    assert health.results == tuple(LOOKS["u"] or ())


def test_what_several_checks_say_alike_is_said_once() -> None:
    found = [("dataset", "No connection."), ("front", "Answered 500."), ("query", "No connection.")]
    told = sentence_of([CheckResult(name, ok=False, message=message) for name, message in found])
    assert told == "dataset, query: No connection; front: Answered 500."
    assert not sentence_of([])


def test_what_was_last_known_is_kept_while_nothing_is() -> None:
    _, health, _ = replay("huuu??")
    assert (health.state, health.known, last_found(health)) == ("unknown", "unhealthy", "unknown")
    assert (health.checked_at, health.noted_at) == (START + 3 * MINUTE, START + 5 * MINUTE)
    assert last_found(Health("papers")) == "unknown"


def test_a_look_that_did_not_take_place_says_why() -> None:
    health, change = step(replay("h")[1], None, None, START + MINUTE, LIMITS, "In maintenance.")
    assert change is not None
    assert (change.before, change.after, health.message, change.message) == (
        "healthy",
        "unknown",
        "In maintenance.",
        "In maintenance.",
    )


def test_nothing_to_check_is_unknown() -> None:
    assert step(replay("h")[1], [], None, START, LIMITS)[0].state == "unknown"


@pytest.mark.parametrize("hours", [1, -1, 24, -24])
def test_a_clock_that_jumps_changes_no_state(hours: int) -> None:
    health = replay("hhuu")[1]
    jumped = START + 4 * MINUTE + timedelta(hours=hours)
    health, change = step(health, LOOKS["h"], None, jumped, LIMITS)
    assert (health.state, change) == ("healthy", None)
    for _ in range(3):
        health, change = step(health, LOOKS["u"], None, jumped, LIMITS)
    assert change is not None
    assert change.since is not None
    assert change.at >= change.since


@pytest.mark.parametrize(
    ("real", "found"),
    [
        (RealQueries(10, 2), "degraded"),
        (RealQueries(10, 1), "healthy"),
        (RealQueries(9, 9), "healthy"),
        (RealQueries(0, 0), "healthy"),
        (RealQueries(10, 0, 20_000.0), "degraded"),
        (RealQueries(10, 0, 19_999.0), "healthy"),
        (RealQueries(9, 0, 60_000.0), "healthy"),
    ],
)
def test_real_queries_that_fail_or_are_slow_count(real: RealQueries, found: HealthState) -> None:
    assert last_found(step(Health("papers"), LOOKS["h"], real, START, LIMITS)[0]) == found


def test_limits_of_zero_are_off() -> None:
    off = Thresholds(degraded_ms=0, degraded_query_ms=0, degraded_errors=0, least_queries=0)
    assert step(Health("papers"), LOOKS["d"], RealQueries(10, 10, 1e9), START, off)[0].state == "healthy"
    assert step(Health("papers"), LOOKS["h"], RealQueries(0, 0), START, off)[0].state == "healthy"


def test_a_query_may_take_longer_than_another_check() -> None:
    slow = CheckResult("query", True, "answered", latency_ms=19_000.0)
    assert step(Health("papers"), [slow], None, START, LIMITS)[0].state == "healthy"


def test_what_is_degraded_has_to_come_well_below_the_limit() -> None:
    def look(latency_ms: float, present: HealthState) -> HealthState:
        fast = CheckResult("dataset", True, "fine", latency_ms=latency_ms)
        return last_found(step(Health("papers", state=present), [fast], None, START, LIMITS)[0])

    assert [look(4_500, "healthy"), look(4_500, "degraded"), look(3_900, "degraded")] == [
        "healthy",
        "degraded",
        "healthy",
    ]


def test_what_nobody_looked_at_for_long_is_unknown() -> None:
    _, health, _ = replay("hu")
    assert as_known(health, START + 10 * MINUTE, SOON) == health
    later = as_known(health, START + 17 * MINUTE, SOON)
    assert (later.state, later.since, later.leaning) == ("unknown", health.noted_at, None)
    assert "2026-03-01 12:01" in later.message
    assert as_known(Health("papers", state="healthy"), START, SOON).state == "unknown"


@given(some.text(alphabet="hduo?", max_size=40), some.integers(1, 10), some.integers(1, 10))
def test_whatever_is_found_the_table_holds(looks: str, fails: int, passes: int) -> None:
    states, health, changes = replay(looks, fails=fails, passes=passes)
    assert len(health.recent) <= REMEMBERED
    assert "??" not in health.recent
    assert all(state == "?" for look, state in zip(looks, states, strict=True) if look == "?")
    steps = [word for word, _ in groupby(["unknown", *(WORD[state] for state in states)])]
    assert [change.after for change in changes] == steps[1:]
    assert _worsened(states, _found(looks, fails=fails, passes=passes), fails)


def _found(looks: str, **limits: float) -> str:
    """Return what each look found, as a letter: one that passes after many failing stretches is degraded at best."""
    words = [last_found(replay(looks[: place + 1], **limits)[1]) for place in range(len(looks))]
    return "".join(next(letter for letter, word in WORD.items() if word == found) for found in words)


def _worsened(states: str, looks: str, fails: int) -> bool:
    """Whether no known state got worse before enough looks in a row had found something worse."""
    order = "hduo"
    return all(
        all(look in order and order.index(look) > order.index(before) for look in _last(looks, place + 1, fails))
        for place, (before, after) in enumerate(zip("?" + states, states, strict=False))
        if before != "?" and after != "?" and order.index(after) > order.index(before)
    )


def _last(looks: str, until: int, number: int) -> Sequence[str]:
    return looks[max(0, until - number) : until]
