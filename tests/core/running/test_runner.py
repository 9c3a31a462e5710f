"""The runner: what is due gets done once, whoever else runs; a stall shows; stopping leaves nothing half done."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from publicist.core.publishing.publication import SETTLE
from publicist.core.running.runner import Runner
from publicist.core.running.watchdog import ALLOWED_SECONDS
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows

Start = Callable[..., Counterpart]
JOBS = {
    "publications", "reconcile", "checks", "health", "alerts", "heartbeat", "backup", "housekeeping", "feedback",
    "usage", "observers",
}  # fmt: skip
COUNT = 12


@contextmanager
def running(services: Services) -> Iterator[Runner]:
    runner = Runner(services)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until ``done``, or fail."""
    ends, pause = time.monotonic() + seconds, threading.Event()
    while not done():
        assert time.monotonic() < ends, "it did not happen in time"
        pause.wait(0.02)


def test_every_job_runs_and_tells_when(services: Services, clock: Clock) -> None:
    with running(services) as runner:
        until(lambda: all(job.last_finished for job in runner.health().values()))
        assert set(runner.health()) == JOBS
        assert all(job.last_started == clock.now and not job.late for job in runner.health().values())
    assert runner.health() == {}
    assert not runner.alive()


def test_a_clock_that_is_set_back_by_an_hour_stops_no_job(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    monkeypatch.setattr(services.checker, "round", lambda: rounds.append(1))
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)) as machine, running(services):
        until(lambda: len(rounds) > 1)
        machine.shift(timedelta(hours=-1))
        before = len(rounds)
        until(lambda: len(rounds) > before + 2)


def test_a_job_that_raises_is_tried_again_and_stops_no_other(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[int] = []

    def fail(*_: Any) -> int:
        rounds.append(1)
        raise OSError("the disk is full")

    monkeypatch.setattr(type(services.worker), "run_due", fail)
    with running(services) as runner:
        until(lambda: len(rounds) > 2)
        assert runner.alive()
        assert not any(job.late for job in runner.health().values())
    assert "the disk is full" in caplog.text


def test_a_stalled_job_is_told_and_logged_once(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hangs, ticks = threading.Event(), [0.0]
    monkeypatch.setattr(services.watchdog, "_monotonic", lambda: ticks[0])
    monkeypatch.setattr(type(services.monitor), "round", lambda *_: hangs.wait(20))
    try:
        with caplog.at_level(logging.WARNING), running(services) as runner:
            until(lambda: runner.health()["health"].last_started is not None)
            ticks[0] = 2 * services.settings.health_interval + ALLOWED_SECONDS + 1
            until(lambda: "health is stalled" in caplog.text)
            assert runner.health()["health"].late
            hangs.set()
            until(lambda: not runner.health()["health"].late)
            until(lambda: "health goes on again" in caplog.text)
    finally:
        hangs.set()
    assert caplog.text.count("health is stalled") == 1


def test_ticks_that_were_missed_are_made_up_for_once(services: Services, clock: Clock, catalogues: Start) -> None:
    """The machine sleeps for a week: one backup, one call, however many ticks there would have been."""
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    with running(services):
        until(lambda: bool(list((Path(services.settings.data_dir) / "backups").glob("nightly-*"))))
    services.endpoints.edit("research-qa", {"name": "Renamed"})
    clock.move(days=7)
    with running(services):
        until(lambda: there.listings["research-qa"]["name"] == "Renamed")
        until(lambda: len(list((Path(services.settings.data_dir) / "backups").glob("nightly-*"))) == 2)
    assert [seen.method for seen in there.requests if seen.method == "PUT"] == ["PUT"]
    nightly = (Path(services.settings.data_dir) / "backups").glob("nightly-*")
    assert sorted(path.name for path in nightly) == ["nightly-2026-03-01.sqlite3", "nightly-2026-03-08.sqlite3"]


def test_two_runners_on_one_store_do_nothing_twice(tmp_path: Path, clock: Clock, catalogues: Start) -> None:
    there = catalogues()
    with opened(tmp_path, clock) as first, opened(tmp_path, clock) as second:
        add_marketplace(first, "Hub", there.url)
        there.faults.add("problem", status=503, method="POST", path="/listings", times=1)
        for number in range(COUNT):
            add_endpoint(first, slug=f"endpoint-{number}")
        for number in range(COUNT):
            publish(first, f"endpoint-{number}", wait=0)
        with running(first), running(second):

            def listed() -> bool:
                clock.move(seconds=0.25)  # slowly, so that no lease runs out under its call
                return len(there.listings) == COUNT

            until(listed, 60)
            until(lambda: all(not row or row.lease is None for row in all_rows(first)))
        made = [seen for seen in there.requests if seen.method == "POST" and "/listings" in seen.path]
        assert len(made) == COUNT + 1  # the one that was refused was sent again
        nightly = list((tmp_path / "backups").glob("nightly-*"))
        assert len(nightly) == 1
        outcomes = first.trail.page(per_page=200, action="publication.published")
        assert outcomes.total == COUNT


def all_rows(services: Services) -> list[Any]:
    return [rows(services, f"endpoint-{number}")["Hub"] for number in range(COUNT)]


def test_stopping_gives_back_what_was_not_called_and_lets_calls_end(
    tmp_path: Path, clock: Clock, catalogues: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call is under way when the worker closes, one row is claimed and not called yet."""
    there = catalogues()
    with opened(tmp_path, clock) as services:
        add_marketplace(services, "Hub", there.url)
        for slug in ("called", "claimed"):
            add_endpoint(services, slug=slug)
        called, go_on = threading.Event(), threading.Event()

        def hold(_: Any) -> None:
            called.set()
            go_on.wait(20)

        there.faults.add("meanwhile", method="POST", path="/listings", times=1, action=hold)
        publish(services, "called", wait=0)
        assert called.wait(10)
        worker = services.worker
        submit = type(worker)._submit

        def late_submit(self: Any, job: Any) -> None:
            self._closing.set()  # the stop comes between the claim and the call
            go_on.set()
            submit(self, job)

        monkeypatch.setattr(type(worker), "_submit", late_submit)
        publish(services, "claimed", wait=0)
        worker.close()
        claimed, done = rows(services, "claimed")["Hub"], rows(services, "called")["Hub"]
        assert claimed is not None
        assert (claimed.lease, claimed.intent, claimed.outcome_unknown, claimed.due_at) == (
            None,
            None,
            False,
            clock.now,
        )
        assert done is not None
        assert (done.status, done.lease) == ("published", None)
        assert list(there.listings) == ["called"]
        assert worker.run_due() == 0
    monkeypatch.undo()
    with opened(tmp_path, clock) as services, running(services):
        until(lambda: sorted(there.listings) == ["called", "claimed"])


def test_a_call_that_outlasts_the_stop_keeps_its_lease_and_is_looked_at_by_the_next(
    tmp_path: Path, clock: Clock, catalogues: Start
) -> None:
    there = catalogues()
    called, go_on = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        called.set()
        go_on.wait(20)

    there.faults.add("meanwhile", method="POST", path="/listings", times=1, action=hold)
    with opened(tmp_path, clock) as services:
        add_endpoint(services)
        add_marketplace(services, "Hub", there.url)
        publish(services, wait=0)
        assert called.wait(10)
        services.worker.close(0.05)
        row = rows(services)["Hub"]
        assert row is not None
        assert row.lease is not None
        assert row.intent is not None
        go_on.set()
        assert services.worker.wait_idle(20)
    clock.move(seconds=SETTLE.total_seconds())
    with opened(tmp_path, clock) as services, running(services):
        until(lambda: (held := rows(services)["Hub"]) is not None and held.status == "published")
    assert list(there.listings) == ["research-qa"]


def test_events_of_the_runner_are_its_own(services: Services, catalogues: Start, clock: Clock) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    there.faults.add("problem", status=503, method="POST", path="/listings", times=1)
    publish(services)
    clock.move(seconds=60)
    with running(services):
        until(lambda: services.trail.page(action="publication.published").total == 1)
    [event] = services.trail.page(action="publication.published").items
    assert (event.actor.kind, event.actor.name) == ("runner", "runner")
