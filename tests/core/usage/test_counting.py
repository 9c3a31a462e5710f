"""Every query is counted once, none is waited for, and what could not be counted is told."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from publicist.core.records import Asker, QueryEvent, Uncounted, UsageCounts, UsageSpan
from publicist.core.running.runner import Runner
from publicist.core.services import Services
from publicist.core.usage.counting import LONGEST_TEXT
from publicist.core.usage.queue import MOST_WAITING, UsageQueue
from publicist.core.usage.tally import FOLDER, Tally, leavings, left_behind

from ...clock import START, Clock
from ...postgresql import Cluster
from ...spaces import opened

DAY = timedelta(days=1)
SPAN = UsageSpan(START - 500 * DAY, START + 500 * DAY)
ADA = Asker("hub", "Hub", "ada-id", email="ada@uni.example")


def query(**fields: Any) -> QueryEvent:
    return QueryEvent(
        **{
            "at": START,
            "endpoint_id": "papers",
            "marketplace_id": "hub",
            "person": "ada",
            "country": "",
            "status": 200,
            "latency_ms": 10.0,
            **fields,
        }
    )


def counts(services: Services) -> UsageCounts:
    with services.store.session():
        return services.store.usage_counts.counts(SPAN)


def counted(services: Services) -> int:
    return sum(item.queries for item in counts(services).hours)


def kept(services: Services) -> list[QueryEvent]:
    with services.store.session():
        return list(services.store.usage_counts.events(SPAN))


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until ``done``, or fail."""
    ends, pause = time.monotonic() + seconds, threading.Event()
    while not done():
        assert time.monotonic() < ends, "it did not happen in time"
        pause.wait(0.02)


@contextmanager
def unreachable(services: Services) -> Iterator[None]:
    """Let no query be stored for the block."""
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: Any) -> None:
            raise ConnectionError("the database is away")

        patch.setattr(services.store.usage, "add", refuse)
        yield


def test_a_query_is_stored_without_anybody_asking(services: Services) -> None:
    services.usage.record(query())
    until(lambda: counted(services) == 1)


def test_queries_of_many_threads_are_all_counted(services: Services) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: services.usage.record(query(person=f"p{number % 50}")), range(4_000)))
    services.usage.flush()
    assert counted(services) == 4_000
    assert counts(services).people == 50
    assert counts(services).uncounted == Uncounted()


def test_what_waits_is_stored_when_the_space_closes(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as first:
        first.usage.record(query())
    with opened(tmp_path, clock) as second:
        assert counted(second) == 1
        assert counts(second).uncounted == Uncounted()
        assert leavings(tmp_path) == []


def test_a_space_that_is_asked_nothing_leaves_no_trace(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock):
        assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_a_killed_process_had_not_stored_is_counted_as_lost(
    tmp_path: Path, clock: Clock, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {}
    if database == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        environment["PUBLICIST_DATABASE_URL"] = cluster.database(ready=True)
    program = Path(__file__).with_name("usage_process.py")
    with subprocess.Popen(
        [sys.executable, program, tmp_path, "40", environment.get("PUBLICIST_DATABASE_URL", "")],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "counted\n"
        with opened(tmp_path, clock, **environment) as services:
            assert services.usage.settle() == 0
            process.kill()
            process.wait()
            assert services.usage.settle() == 20
            assert services.usage.settle() == 0
            assert counted(services) == 20
            assert counts(services).uncounted == Uncounted(dropped=0, lost=20)
            assert leavings(tmp_path) == []


def test_queries_wait_while_the_database_is_away(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    with unreachable(services):
        for _ in range(3):
            services.usage.record(query())
            assert services.usage.flush() == 0
    assert caplog.text.count("they wait") == 1
    services.usage.flush()
    assert counted(services) == 3


def test_a_commit_whose_answer_was_lost_is_not_counted_twice(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original = UsageQueue._write

    def commit_and_fail(*arguments: Any) -> None:
        original(*arguments)
        raise ConnectionError("the connection broke after the commit")

    with monkeypatch.context() as patch:
        patch.setattr(UsageQueue, "_write", commit_and_fail)
        services.usage.record(query())
        services.usage.flush()
        services.usage.record(query())
    services.usage.flush()
    assert counted(services) == 2
    assert "they wait" in caplog.text


def test_beyond_a_bound_queries_are_dropped_and_counted_as_such(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with unreachable(services):
        for _ in range(MOST_WAITING + 5):
            services.usage.record(query())
    services.usage.flush()
    assert counted(services) == MOST_WAITING
    assert counts(services).uncounted == Uncounted(dropped=5)
    assert caplog.text.count("some are dropped") == 1


def test_dropped_queries_stay_told_after_the_process_has_ended(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as first, unreachable(first):
        for _ in range(MOST_WAITING + 5):
            first.usage.record(query())
        first.usage.close()
    with opened(tmp_path, clock) as second:
        assert second.usage.settle() == MOST_WAITING
        assert counts(second).uncounted == Uncounted(dropped=5, lost=MOST_WAITING)


def test_a_query_that_no_database_takes_stops_no_other(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    broken: Any = replace(query(), status="not a number")
    for event in (query(), broken, query(), query()):
        services.usage.record(event)
    services.usage.flush()
    assert counted(services) == 3
    assert counts(services).uncounted == Uncounted(dropped=1)
    assert "it is dropped" in caplog.text


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_is_in_a_query_can_be_stored(
    tmp_path: Path, clock: Clock, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql").database(ready=True) if database == "postgresql" else ""
    with opened(tmp_path, clock, PUBLICIST_DATABASE_URL=url, PUBLICIST_KEEP_QUERY_TEXT="yes") as services:
        services.usage.record(query(text="a\0b\ud800c☃", latency_ms=float("nan"), cost=Decimal("NaN")))
        services.usage.record(query(text="x" * 2 * LONGEST_TEXT, cost=Decimal("1e40"), latency_ms=float("inf")))
        services.usage.flush()
        first, second = sorted(kept(services), key=lambda event: event.text)
        assert (first.text, first.latency_ms, first.cost) == ("a\ufffdb?c☃", 0.0, Decimal(0))
        assert len(second.text) == LONGEST_TEXT
        assert counts(services).uncounted == Uncounted()


def test_the_text_of_a_query_is_kept_only_when_the_owner_wants_it(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "without", clock) as services:
        services.usage.record(query(text="something private"))
        services.usage.flush()
        assert [event.text for event in kept(services)] == [""]
    with opened(tmp_path / "with", clock, PUBLICIST_KEEP_QUERY_TEXT="true") as services:
        services.usage.record(query(text="something private"))
        services.usage.flush()
        assert [event.text for event in kept(services)] == ["something private"]


def test_a_person_is_the_same_after_a_restart_and_another_one_in_another_space(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "one", clock) as services:
        first = services.usage.person(ADA)
        assert services.usage.person(replace(ADA, marketplace_id="other")) != first
        assert services.usage.person(replace(ADA, email="", expires_at=START)) == first
        assert not {ADA.subject, ADA.email, ADA.username} & {first}
        assert re.fullmatch("[0-9a-f]{32}", first)
    with opened(tmp_path / "one", clock) as services:
        assert services.usage.person(ADA) == first
    with opened(tmp_path / "two", clock) as services:
        assert services.usage.person(ADA) != first


def test_guests_are_no_person(services: Services) -> None:
    assert services.usage.person(Asker("", "", "guest", guest=True)) == ""


def test_recent_denials_and_statuses_are_told_at_once(services: Services) -> None:
    services.usage.record(query())
    services.usage.record(query(status=429, denial="rate_limited"))
    services.usage.record(query(status=429, denial="rate_limited", at=START - DAY))
    assert services.usage.denials("papers", START) == {"rate_limited": 1}
    assert services.usage.statuses("papers", START - DAY) == {200: 1, 429: 2}
    assert services.usage.denials("other", START) == {}


def test_single_queries_go_after_a_month_and_counts_after_a_year(services: Services, clock: Clock) -> None:
    for days in (401, 31, 29, 0):
        services.usage.record(query(at=START - days * DAY))
    services.usage.flush()
    services.usage.prune()
    assert [event.at for event in kept(services)] == [START - 29 * DAY, START]
    assert counted(services) == 3
    clock.move(days=800)
    services.usage.prune()
    assert counted(services) == 0
    assert counts(services).people == 0


def test_the_runner_counts_what_others_lost_and_drops_what_is_old(services: Services, tmp_path: Path) -> None:
    data_dir = Path(services.settings.data_dir)
    gone = Tally(data_dir, "gone", START)
    gone.note(3, 1)
    gone.close(settled=False)
    services.usage.record(query(at=START - 40 * DAY))
    services.usage.flush()
    runner = Runner(services)
    runner.start()
    try:
        until(lambda: counts(services).uncounted == Uncounted(dropped=1, lost=3))
        until(lambda: kept(services) == [])
    finally:
        runner.stop()


def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    tally = Tally(tmp_path, "here", START)
    tally.note(7, 2)
    [path] = leavings(tmp_path)
    with left_behind(path) as left:
        assert left is None
    tally.close(settled=False)
    with left_behind(path) as left:
        assert left
        assert (left.owner, left.started_at, left.recorded, left.dropped) == ("here", START, 7, 2)
        with left_behind(path) as again:
            assert again is None
        path.unlink()
    with left_behind(path) as left:
        assert left is None


def test_a_settled_file_is_removed(tmp_path: Path) -> None:
    Tally(tmp_path, "here", START).close(settled=True)
    assert leavings(tmp_path) == []


def test_a_file_that_holds_nothing_sensible_is_passed_over(services: Services) -> None:
    folder = Path(services.settings.data_dir) / FOLDER
    folder.mkdir()
    (folder / "broken").write_bytes(b"x")
    assert services.usage.settle() == 0
