"""Executors and observers of plugins: the rows stay the truth, and nobody who looks on stops anything."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import time_machine
from publicist.core.hookspecs import hookimpl
from publicist.core.hosting.observers import SETTLE_SECONDS, Observers
from publicist.core.publishing.spreader import AGAIN_SECONDS
from publicist.core.records import Event, ExecutorKind
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import WAIT, add_endpoint, add_marketplace, opened, publish, rows
from ...unruly.installing import install

Start = Callable[..., Counterpart]
Work = Callable[[Sequence[str]], int]
QUEUE = """
from publicist.core.hookspecs import hookimpl
from publicist.core.records import ExecutorKind

@hookimpl
def executors():
    return [ExecutorKind("queue", "Task queue")]

@hookimpl
def spread_work(executor, ids, work):
    assert executor == "queue"
    assert work(ids) == len(ids)
"""


class Queue:
    """An executor that keeps what it is handed; and an observer that keeps what it is told."""

    def __init__(self) -> None:
        self.handed: list[list[str]] = []
        self.told: list[Event] = []
        self.fails = False
        self.work: Work = len

    @hookimpl
    def executors(self) -> list[ExecutorKind]:
        return [ExecutorKind("queue", "Task queue")]

    @hookimpl
    def spread_work(self, executor: str, ids: Sequence[str], work: Work) -> None:
        if self.fails:
            raise RuntimeError("no queue")
        self.handed.append(list(ids))
        self.work = work

    @hookimpl
    def on_event(self, event: Event) -> None:
        self.told.append(event)
        if self.fails:
            raise RuntimeError("no eyes")


@pytest.fixture
def spread(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with opened(tmp_path / "space", clock, PUBLICIST_EXECUTOR="queue") as services:
        yield services


@pytest.fixture
def queue(spread: Services) -> Queue:
    plugin = Queue()
    spread.plugins.add("queue", plugin)
    return plugin


def due(services: Services, there: Counterpart) -> None:
    """Have one publication be due, and nobody work it."""
    add_marketplace(services, "Hub", there.url)
    add_endpoint(services)
    services.worker.run_due = lambda ids=None: 0  # type: ignore[method-assign] - nobody works here yet
    publish(services, wait=0)
    del services.worker.run_due


def status(services: Services) -> str:
    row = rows(services)["Hub"]
    return row.status if row else ""


def test_an_executor_is_handed_ids_once_and_has_them_worked(spread: Services, queue: Queue, catalogues: Start) -> None:
    due(spread, catalogues())
    assert spread.spreader.round() == 1
    assert spread.spreader.round() == 0
    assert len(queue.handed) == 1
    assert status(spread) == "pending"
    assert queue.work(queue.handed[0]) == 1
    assert queue.work(queue.handed[0]) == 0
    assert spread.worker.wait_idle(WAIT)
    assert status(spread) == "published"


def test_what_is_lost_on_its_way_is_handed_out_again(spread: Services, queue: Queue, catalogues: Start) -> None:
    due(spread, catalogues())
    assert spread.spreader.round() == 1
    spread.spreader._handed = {name: again - AGAIN_SECONDS for name, again in spread.spreader._handed.items()}
    assert spread.spreader.round() == 1
    assert queue.handed[0] == queue.handed[1]


def test_what_was_worked_and_is_due_anew_is_handed_out_at_once(
    spread: Services, queue: Queue, catalogues: Start, clock: Clock
) -> None:
    there = catalogues()
    due(spread, there)
    there.faults.add("problem", method="POST", status=429, headers={"Retry-After": "2"}, times=1)
    assert spread.spreader.round() == 1
    assert queue.work(queue.handed[0]) == 1
    assert spread.worker.wait_idle(WAIT)
    assert (status(spread), spread.spreader.round()) == ("pending", 0)
    clock.move(minutes=1)
    assert spread.spreader.round() == 1
    assert queue.handed[0] == queue.handed[1]


@pytest.mark.parametrize("how", ["fails", "disabled"])
def test_an_executor_that_fails_makes_nothing_wait(
    spread: Services, queue: Queue, catalogues: Start, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    due(spread, catalogues())
    queue.fails = how == "fails"
    if how == "disabled":
        spread.plugin_switch.disable("queue")
    with caplog.at_level(logging.WARNING):
        assert spread.spreader.round() == 1
    assert spread.worker.wait_idle(WAIT)
    assert status(spread) == "published"
    assert "The executor queue fails" in caplog.text


def test_an_executor_in_a_process_of_its_own_calls_back(
    tmp_path: Path, clock: Clock, catalogues: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "installed", "tasks", QUEUE)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    more = {"PUBLICIST_PLUGINS": "tasks", "PUBLICIST_ISOLATE": "*", "PUBLICIST_EXECUTOR": "queue"}
    with opened(tmp_path / "space", clock, **more) as services:
        due(services, catalogues())
        assert services.spreader.round() == 1
        assert services.worker.wait_idle(WAIT)
        assert status(services) == "published"
        assert services.plugin_switch.offer("tasks").info.state == "active"


def test_observers_are_told_of_each_new_event_once_and_in_order(spread: Services, queue: Queue, clock: Clock) -> None:
    observers = Observers(spread.store, spread.plugins)
    with time_machine.travel(clock()) as machine:
        add_endpoint(spread)
        machine.shift(SETTLE_SECONDS + 1)
        assert observers.round() == 0  # what was there before is not new
        add_endpoint(spread, slug="another")
        spread.plugin_switch.disable("checks")
        queue.fails = True  # and stops nobody
        assert observers.round() == 0  # they are too young
        machine.shift(SETTLE_SECONDS + 1)
        assert observers.round() == 2
        assert [event.subject.name for event in queue.told] == ["another", "plugin checks"]
        assert observers.round() == 0
