from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.publishing.backoff import BASE, CAP, MAX_ATTEMPTS, gave_up, next_attempt

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DICE = st.floats(0, 1)


def seconds(attempts: int, retry_after: float | None, random: float) -> float:
    return (next_attempt(NOW, attempts, retry_after, random) - NOW).total_seconds()


@pytest.mark.parametrize(
    ("attempts", "retry_after", "random", "expected"),
    [
        (1, None, 1.0, 5),
        (1, None, 0.5, 2.5),
        (2, None, 1.0, 10),
        (3, None, 1.0, 20),
        (8, None, 1.0, 640),
        (9, None, 1.0, 900),
        (1_000_000, None, 1.0, 900),
        (5, None, 0.0, 0),
        (1, 30, 0.0, 30),
        (1, 30, 1.0, 35),
        (1, 86_400, 0.0, 900),
        (9, 86_400, 1.0, 1800),
        (1, -10, 0.0, 0),
        (1, float("inf"), 0.0, 900),
        (1, float("nan"), 0.0, 0),
    ],
)
def test_the_wait_doubles_up_to_the_cap_and_retry_after_is_its_floor(
    attempts: int, retry_after: float | None, random: float, expected: float
) -> None:
    assert seconds(attempts, retry_after, random) == expected


@given(st.integers(-3, 10_000), st.none() | st.floats(), DICE)
def test_the_next_attempt_is_never_in_the_past_nor_beyond_twice_the_cap(
    attempts: int, retry_after: float | None, random: float
) -> None:
    assert NOW <= next_attempt(NOW, attempts, retry_after, random) <= NOW + 2 * CAP


@given(st.integers(1, 60), DICE)
def test_with_the_same_dice_a_later_attempt_never_waits_less(attempts: int, random: float) -> None:
    assert seconds(attempts, None, random) <= seconds(attempts + 1, None, random) <= CAP.total_seconds()


@given(st.integers(1, 60), st.floats(0, CAP.total_seconds()), DICE)
def test_retry_after_is_waited_for_in_full(attempts: int, retry_after: float, random: float) -> None:
    assert next_attempt(NOW, attempts, retry_after, random) >= NOW + timedelta(seconds=retry_after)


def test_base_and_cap_can_be_chosen() -> None:
    later = next_attempt(NOW, 4, None, 1.0, base=2 * BASE, cap=timedelta(seconds=60))
    assert later == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("attempts", "expected"), [(0, False), (MAX_ATTEMPTS - 1, False), (MAX_ATTEMPTS, True), (99, True)]
)
def test_after_the_last_attempt_a_person_is_asked(attempts: int, expected: bool) -> None:
    assert gave_up(attempts) is expected
