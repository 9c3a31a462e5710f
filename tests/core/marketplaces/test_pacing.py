"""The breaker, the bucket and the holds, as tables and as invariants over random histories."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    PluginFault,
    RateLimited,
    RejectedError,
    SlugConflict,
)
from publicist.core.hosting.guard import Hung, NotCalled, Unfinished
from publicist.core.marketplaces import pacing as rules
from publicist.core.records import Pace, Pacing

from ...clock import START

PACE = Pace(rate=60.0, burst=10, concurrency=4)
FRESH = Pacing("m1")
DOWN = MarketplaceUnavailable("down")
NEXT = START + timedelta(seconds=7.5)
OPEN = Pacing(
    "m1", breaker="open", failures=5, openings=1, open_since=START - timedelta(minutes=1), next_try=START, refused=False
)
PROBING = replace(OPEN, breaker="half_open", next_try=START + rules.PROBE)


def seen(pacing: Pacing, *errors: MarketplaceError | None) -> Pacing:
    for error in errors:
        pacing = rules.observe(pacing, PACE, error, START, 0.5)
    return pacing


def almost(failures: int = rules.THRESHOLD - 1) -> Pacing:
    return replace(FRESH, failures=failures)


@pytest.mark.parametrize(
    ("before", "error", "breaker", "failures"),
    [
        (FRESH, None, "closed", 0),
        (almost(), None, "closed", 0),
        (FRESH, DOWN, "closed", 1),
        (almost(), DOWN, "open", 5),
        (almost(), OutcomeUnknown("lost"), "open", 5),
        (almost(), SlugConflict("taken"), "closed", 0),
        (almost(), RejectedError("no"), "closed", 0),
        (almost(), RateLimited("slow"), "closed", 0),
        (almost(), AuthenticationFailed("no"), "closed", 0),
        (almost(), PluginFault("broken"), "closed", 4),
        (almost(), Hung("did not return"), "open", 5),
        (almost(), Unfinished("another call hung"), "closed", 4),
        (OPEN, None, "closed", 0),
        (OPEN, DOWN, "open", 5),
        (OPEN, PluginFault("broken"), "open", 5),
        (PROBING, None, "closed", 0),
        (PROBING, SlugConflict("taken"), "closed", 0),
        (PROBING, DOWN, "open", 6),
        (PROBING, PluginFault("broken"), "open", 6),
        (PROBING, Unfinished("another call hung"), "half_open", 5),
        (PROBING, NotCalled("its process is started again"), "half_open", 5),
    ],
)
def test_the_breaker_follows_its_table(
    before: Pacing, error: MarketplaceError | None, breaker: str, failures: int
) -> None:
    after = seen(before, error)
    assert (after.breaker, after.failures) == (breaker, failures)
    assert (after.open_since is None) == (after.next_try is None) == (breaker == "closed")


def test_nothing_is_new_when_a_marketplace_simply_works() -> None:
    assert seen(FRESH, None) is FRESH


def test_an_open_breaker_lets_one_call_through_when_its_wait_is_over() -> None:
    assert rules.allowance(replace(OPEN, next_try=NEXT), PACE, 0, START) == 0
    assert rules.allowance(OPEN, PACE, 0, START) == 1
    probing = rules.spent(OPEN, PACE, 1, START)
    assert probing.breaker == "half_open"
    assert rules.allowance(probing, PACE, 0, START) == 0
    assert rules.allowance(probing, PACE, 0, START + rules.PROBE) == 1


def test_the_waits_of_the_breaker_double_up_to_the_cap_and_open_since_stays() -> None:
    pacing, waits = replace(FRESH, failures=4), []
    for _ in range(10):
        pacing = rules.observe(pacing, PACE, DOWN, START, 1.0)
        assert pacing.next_try is not None
        waits.append((pacing.next_try - START).total_seconds())
        pacing = rules.spent(pacing, PACE, 1, START)
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert pacing.open_since == START


def test_the_wait_is_spread_by_chance_and_never_shorter_than_half() -> None:
    times = [rules.observe(almost(), PACE, DOWN, START, chance).next_try for chance in (0.0, 0.5, 1.0)]
    assert times == [START + timedelta(seconds=each) for each in (5, 7.5, 10)]


def test_a_marketplace_that_returns_is_met_with_an_empty_bucket() -> None:
    back = seen(PROBING, None)
    assert rules.allowance(back, PACE, 0, START) == 0
    assert rules.allowance(back, PACE, 0, START + timedelta(seconds=2)) == 2


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimited("slow", retry_after=100), 100),
        (RateLimited("slow"), 5),
        (RateLimited("slow", retry_after=1e9), 900),
        (RateLimited("slow", retry_after=float("inf")), 900),
        (RateLimited("slow", retry_after=-3), 0),
        (MarketplaceUnavailable("busy", retry_after=30), 30),
        (DOWN, None),
        (SlugConflict("taken"), None),
        (None, None),
    ],
)
def test_a_marketplace_is_left_alone_as_long_as_it_asked(error: MarketplaceError | None, seconds: float | None) -> None:
    after = seen(FRESH, error)
    assert after.blocked_until == (None if seconds is None else START + timedelta(seconds=seconds))
    if seconds:
        assert rules.held_until(after, START) == after.blocked_until
        assert rules.allowance(after, PACE, 0, START) == 0


def test_a_shorter_wish_does_not_end_a_longer_one_and_a_success_neither() -> None:
    blocked = seen(FRESH, RateLimited("slow", retry_after=100), RateLimited("slow", retry_after=1), None)
    assert blocked.blocked_until == START + timedelta(seconds=100)


def test_refused_credentials_stop_all_calls_until_one_succeeds() -> None:
    refused = seen(FRESH, AuthenticationFailed("no"))
    assert rules.allowance(refused, PACE, 0, START + timedelta(days=9)) == 0
    assert rules.held_until(refused, START) is None
    assert seen(refused, DOWN).refused
    assert not seen(refused, DOWN, None).refused


@pytest.mark.parametrize(("live", "allowed"), [(0, 4), (3, 1), (4, 0), (9, 0)])
def test_no_more_calls_are_under_way_than_the_cap(live: int, allowed: int) -> None:
    assert rules.allowance(FRESH, PACE, live, START) == allowed


def test_reports_have_tokens_of_their_own() -> None:
    listings_spent = rules.spent(FRESH, PACE, 10, START)
    assert rules.allowance(listings_spent, PACE, 0, START) == 0
    pacing: Pacing | None = listings_spent
    for _ in range(PACE.burst):
        assert pacing is not None
        pacing = rules.report_spent(pacing, PACE, START)
    assert pacing is not None
    assert rules.report_spent(pacing, PACE, START) is None
    assert rules.tokens(pacing.paid_until, PACE, START) == 0


@pytest.mark.parametrize(
    "held", [replace(OPEN, next_try=NEXT), replace(FRESH, blocked_until=NEXT), replace(FRESH, refused=True)]
)
def test_reports_are_held_back_with_everything_else(held: Pacing) -> None:
    assert rules.report_spent(held, PACE, START) is None


def test_a_report_may_be_the_probe() -> None:
    probing = rules.report_spent(OPEN, PACE, START)
    assert probing is not None
    assert probing.breaker == "half_open"


@pytest.mark.parametrize("name", ["next_try", "blocked_until"])
def test_a_clock_set_back_holds_nothing(name: str) -> None:
    far: dict[str, Any] = {name: START + timedelta(days=1)}
    held = replace(OPEN, **far)
    assert rules.held_until(held, START) is None
    assert rules.tokens(START + timedelta(days=1), PACE, START) == PACE.burst


paces = st.builds(Pace, rate=st.floats(0.5, 10_000), burst=st.integers(1, 200), concurrency=st.integers(1, 64))
steps = st.lists(st.floats(0, 30), min_size=1, max_size=60)


@given(paces, steps)
def test_in_any_span_no_more_calls_begin_than_rate_and_burst_allow(pace: Pace, waits: list[float]) -> None:
    pacing, now, begun = FRESH, START, list[tuple[datetime, int]]()
    for wait in waits:
        now += timedelta(seconds=wait)
        count = rules.allowance(pacing, pace, 0, now)
        pacing = rules.spent(pacing, pace, count, now)
        begun.append((now, count))
    for place, (first, _) in enumerate(begun):
        total = 0
        for moment, count in begun[place:]:
            total += count
            share = max(timedelta(minutes=1) / pace.rate, timedelta(microseconds=1))
            assert total <= pace.burst + (moment - first) / share + 1e-6


errors = st.sampled_from(
    [
        None,
        DOWN,
        OutcomeUnknown("lost"),
        SlugConflict("taken"),
        PluginFault("x"),
        RateLimited("slow", retry_after=60),
        AuthenticationFailed("no"),
    ]
)


@given(st.lists(st.tuples(errors, st.floats(0, 2000), st.floats(0, 1)), max_size=60))
def test_whatever_happened_time_and_good_credentials_are_all_it_takes(history: list[tuple[Any, float, float]]) -> None:
    pacing, now = FRESH, START
    for error, wait, chance in history:
        if rules.allowance(pacing, PACE, 0, now):
            pacing = rules.spent(pacing, PACE, 1, now)
        pacing = rules.observe(pacing, PACE, error, now, chance)
        until = rules.held_until(pacing, now)
        assert until is None or now < until <= now + rules.CAP
        assert (pacing.breaker == "closed") == (pacing.next_try is None) == (pacing.open_since is None)
        now += timedelta(seconds=wait)
    later = now + rules.CAP + PACE.burst * timedelta(seconds=1)
    assert rules.allowance(replace(pacing, refused=False), PACE, 0, later) >= 1
