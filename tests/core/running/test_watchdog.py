"""A stalled job is noticed; one that is merely slow, or was asleep, is not."""

import pytest
from publicist.core.running.watchdog import ALLOWED_SECONDS, JobHealth, Watchdog, is_late

from ...clock import START, Clock


@pytest.mark.parametrize(
    ("interval", "since", "late"),
    [
        (0.25, 0.0, False),
        (0.25, ALLOWED_SECONDS, False),
        (0.25, ALLOWED_SECONDS + 1, True),
        (3600.0, 3600.0 + ALLOWED_SECONDS, False),
        (3600.0, 2 * 3600.0 + ALLOWED_SECONDS, False),
        (3600.0, 2 * 3600.0 + ALLOWED_SECONDS + 1, True),
    ],
)
def test_a_job_is_late_when_it_has_missed_its_interval_by_far(interval: float, since: float, late: bool) -> None:
    assert is_late(interval, since) is late


def test_a_job_that_finishes_is_not_late_and_one_that_hangs_becomes_so() -> None:
    clock, ticks = Clock(), [0.0]
    watchdog = Watchdog(clock, lambda: ticks[0])
    watchdog.watch("hangs", 1.0)
    watchdog.watch("works", 1.0)
    assert watchdog.late() == []
    watchdog.started("hangs")
    for _ in range(200):
        ticks[0] += 1.0
        clock.move(seconds=1)
        watchdog.started("works")
        watchdog.finished("works")
    assert watchdog.late() == ["hangs"]
    assert watchdog.health() == {
        "hangs": JobHealth(START, None, late=True),
        "works": JobHealth(clock.now, clock.now, late=False),
    }
    watchdog.finished("hangs")
    assert watchdog.late() == []


def test_time_that_the_machine_slept_through_does_not_count() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, lambda: 0.0)
    watchdog.watch("job", 1.0)
    clock.move(days=3)
    assert watchdog.late() == []


def test_where_no_runner_is_nothing_is_late() -> None:
    ticks = [0.0]
    watchdog = Watchdog(Clock(), lambda: ticks[0])
    watchdog.watch("job", 1.0)
    ticks[0] = 1e6
    watchdog.stop()
    watchdog.finished("job")
    assert watchdog.health() == {}
