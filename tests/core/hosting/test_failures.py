"""How plugins failed, kept by several processes: what is forgotten stays so, and nothing newer or unwritten is lost."""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from publicist.core.errors import PluginFault
from publicist.core.hosting import failures
from publicist.core.hosting.faults import FaultBook
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import opened

NAME = "custom"
Two = tuple[Services, Services]


@pytest.fixture
def two(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """One space, opened as two processes do; nothing is written unless somebody looks."""
    monkeypatch.setattr(failures, "FLUSH_SECONDS", 3600.0)
    with opened(tmp_path, clock) as ours, opened(tmp_path, clock) as theirs:
        yield ours, theirs


def fail(services: Services, hook: str) -> None:
    services.plugins.faults.failed(NAME, hook, PluginFault("It broke."))


def kept(services: Services) -> tuple[str, bool, int] | None:
    last = services.plugin_switch.offer(NAME).info.last_failure
    return (last.hook, last.over, last.count) if last else None


def test_a_failure_that_was_not_written_yet_does_not_come_back_after_it_was_forgotten(two: Two, clock: Clock) -> None:
    ours, theirs = two
    fail(ours, "connect")
    clock.move(seconds=1)
    theirs.plugin_switch.enable(NAME)
    assert kept(ours) is None
    clock.move(seconds=1)
    fail(ours, "connect")
    assert kept(ours) == kept(theirs) == ("connect", False, 1)


def test_a_failure_that_another_process_remembers_does_not_come_back_as_over(two: Two, clock: Clock) -> None:
    ours, theirs = two
    fail(theirs, "connect")
    assert kept(theirs) == ("connect", False, 1)
    clock.move(seconds=1)
    ours.plugin_switch.enable(NAME)
    theirs.plugins.faults.worked(NAME, "connect")
    assert kept(theirs) is kept(ours) is None


def test_what_is_over_in_one_process_hides_no_later_failure_of_another(two: Two, clock: Clock) -> None:
    ours, theirs = two
    fail(ours, "connect")
    assert kept(ours) == ("connect", False, 1)
    clock.move(seconds=1)
    fail(theirs, "fetch_listings")
    assert kept(theirs) == ("fetch_listings", False, 2)
    ours.plugins.faults.worked(NAME, "connect")
    assert kept(ours) == ("fetch_listings", False, 2)


def test_a_failure_that_could_not_be_written_is_written_later(two: Two) -> None:
    ours, theirs = two
    fail(ours, "connect")
    with ours.store.write(), pytest.raises(RuntimeError):
        ours.plugin_switch.failures.flush()
    assert kept(ours) == kept(theirs) == ("connect", False, 1)


def test_an_answer_ends_no_failure_that_came_meanwhile() -> None:
    book, here, go = FaultBook(), threading.Event(), threading.Event()
    book.failed(NAME, "connect", PluginFault("It broke."))

    def clock() -> datetime:
        here.set()
        go.wait(20)
        return datetime(2026, 1, 1, tzinfo=UTC)

    book.clock = clock  # it is asked in the midst of noting
    failing = threading.Thread(target=book.failed, args=(NAME, "fetch_listings", PluginFault("It broke again.")))
    working = threading.Thread(target=book.worked, args=(NAME, "connect"))
    failing.start()
    assert here.wait(20)
    working.start()
    ends = time.monotonic() + 20
    while (frame := sys._current_frames().get(working.ident or 0)) is None or frame.f_code.co_name != "worked":
        assert time.monotonic() < ends
        threading.Event().wait(0.001)
    go.set()
    failing.join(20)
    working.join(20)
    last = book.of(NAME)
    assert last
    assert (last.hook, last.over) == ("fetch_listings", False)
