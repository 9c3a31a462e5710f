"""How the space's runners do, told by any process."""

from pathlib import Path

from publicist.core.services import Services

from ...clock import Clock
from ...spaces import opened


def works(services: Services, ticks: list[float]) -> None:
    """Have a runner in the process, as far as the watchdog knows, and say how it does; ``ticks`` is its time."""
    services.watchdog._monotonic = lambda: ticks[0]
    services.watchdog.watch("checks", 1)
    services.watchdog.finished("checks")
    services.runners.note()


def test_a_runner_in_a_process_of_its_own_is_told_by_every_other(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as alone, opened(tmp_path, clock) as serving:
        assert (serving.runners.jobs(), serving.runners.lateness().p99) == ({}, None)
        ticks = [0.0]
        works(alone, ticks)
        alone.checker._looks._lateness.append(1.5)
        alone.runners.note()
        job = serving.runners.jobs()["checks"]
        assert (job.late, job.last_finished) == (False, clock())
        assert serving.runners.lateness().p99 == 1.5
        ticks[0] = 1000.0
        alone.runners.note()
        assert serving.runners.late() == ["checks"]


def test_a_runner_that_ended_without_a_word_is_missed(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as killed, opened(tmp_path, clock) as serving:
        works(killed, [0.0])
        clock.move(seconds=170)
        assert serving.runners.late() == []
        clock.move(seconds=20)
        assert serving.runners.late() == ["checks"]
        with opened(tmp_path, clock) as another:
            works(another, [0.0])
            assert serving.runners.late() == []
            assert another.runners.late() == []
            another.runners.forget()
        assert serving.runners.late() == ["checks"]
        clock.move(days=8)
        works(serving, [0.0])
        serving.watchdog.stop()
        serving.runners.forget()
        assert serving.runners.late() == []


def test_of_several_runners_the_worst_is_told(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as one, opened(tmp_path, clock) as two:
        ticks = [0.0]
        works(one, ticks)
        works(two, [0.0])
        ticks[0] = 1000.0
        one.runners.note()
        assert (one.runners.late(), two.runners.late()) == (["checks"], ["checks"])
        one.watchdog.stop()
        one.runners.forget()
        assert two.runners.late() == []
