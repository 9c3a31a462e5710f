"""What is let through is counted exactly: by threads, and by processes that share a Redis."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import monotonic

import pytest
from publicist.core.errors import ConfigurationError, TransientError
from publicist.core.policies import ledger as ledger_module
from publicist.core.policies.ledger import MOST_REPEATS, Ledger
from publicist.core.policies.rate_limits import Window
from publicist.core.policies.rates import read_rates
from publicist.core.secrets import Secret
from publicist.core.settings import Settings

from ...clock import Clock
from ...redis_server import PASSWORD, RedisServer

THREADS = 16


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer.on_a_free_port(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(params=["memory", "redis"])
def ledger(request: pytest.FixtureRequest, clock: Clock) -> Ledger:
    url = "memory://" if request.param == "memory" else request.getfixturevalue("redis").url
    return ledger_on(url, clock)


def ledger_on(url: str, clock: Clock) -> Ledger:
    return Ledger(Settings(rate_limit_storage=Secret(url)), clock)


def windows(text: str, key: str) -> list[Window]:
    return [Window(key, rate, f"{key}, {rate}", "per_user") for rate in read_rates(text)]


def let_through(ledger: Ledger, asked: list[Window], queries: int) -> int:
    """Return how many of so many queries at once get through."""
    start = Barrier(THREADS)

    def take(_: int) -> int:
        start.wait(10)
        return sum(ledger.take(asked) is None for _ in range(queries // THREADS))

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(take, range(THREADS)))


@pytest.mark.parametrize("text", ["37/h", "50/h; 37/d", "37/h; 50/d"])
def test_of_many_queries_at_once_exactly_the_limit_gets_through(ledger: Ledger, text: str) -> None:
    assert let_through(ledger, windows(text, f"exact {text}"), 320) == 37


def test_a_limit_too_large_to_remember_each_query_is_exact_too(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "MOST_MOVING", 10)
    assert let_through(ledger, windows("37/h", "large"), 320) == 37
    full = ledger.full(windows("37/h", "large"))
    assert full
    assert 3500 < full.seconds <= 3600


def test_a_query_that_one_window_refuses_is_counted_in_none(ledger: Ledger) -> None:
    both = windows("5/h; 2/d", "both")
    assert [ledger.take(both) is None for _ in range(5)] == [True, True, False, False, False]
    wide, narrow = both
    refused = ledger.take([narrow])
    assert refused
    assert refused.window == narrow
    assert [ledger.take([wide]) is None for _ in range(4)] == [True, True, True, False]


def test_looking_for_room_takes_none(ledger: Ledger) -> None:
    asked = windows("1/h", "looking")
    assert ledger.full(asked) is None
    assert ledger.full(asked) is None
    assert ledger.take(asked) is None
    assert ledger.full(asked) is not None


def test_the_window_that_is_full_for_longest_says_when_to_come_again(ledger: Ledger) -> None:
    asked = windows("1/m; 1/h", "longest")
    ledger.take(asked)
    full = ledger.take(asked)
    assert full
    assert full.window.rate.seconds == 3600
    assert 3590 < full.seconds <= 3600


def test_people_do_not_use_up_each_others_windows(ledger: Ledger) -> None:
    assert ledger.take(windows("1/h", "ann")) is None
    assert ledger.take(windows("1/h", "bob")) is None
    assert ledger.take(windows("1/h", "ann")) is not None


def test_a_query_is_known_again_once_it_was_admitted(ledger: Ledger) -> None:
    assert not ledger.admitted_before("q1")
    assert not ledger.admitted_before("q1")
    ledger.note_admitted("q1")
    assert ledger.admitted_before("q1")
    assert not ledger.admitted_before("q2")


def test_a_query_that_comes_again_too_often_counts_anew(ledger: Ledger) -> None:
    ledger.note_admitted("often")
    assert [ledger.admitted_before("often") for _ in range(MOST_REPEATS + 2)] == [True] * MOST_REPEATS + [False] * 2


def test_of_answers_at_once_one_is_the_first(ledger: Ledger) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(lambda _: ledger.first_answer("answer"), range(64))) == 1


def test_a_window_moves_with_time(clock: Clock) -> None:
    ledger, asked = ledger_on("", clock), windows("2/m", "moving")
    ledger.take(asked)
    clock.move(seconds=20)
    ledger.take(asked)
    refused = ledger.take(asked)
    assert refused
    assert refused.seconds == 40
    clock.move(seconds=39)
    assert ledger.take(asked) is not None
    clock.move(seconds=1)
    assert ledger.take(asked) is None
    assert ledger.take(asked) is not None


def test_time_that_passes_while_a_query_is_counted_lets_none_through_uncounted(clock: Clock) -> None:
    """A window that is full at the first look may have room at the second."""
    ledger, asked = Ledger(Settings(), lambda: clock.move(seconds=0.3)), windows("1/s; 5/h", "passing")
    assert sum(ledger.take(asked) is None for _ in range(200)) == 5


def test_repeats_are_known_for_a_minute(clock: Clock) -> None:
    ledger = ledger_on("", clock)
    ledger.note_admitted("q")
    assert ledger.first_answer("q")
    clock.move(seconds=59)
    assert ledger.admitted_before("q")
    assert not ledger.first_answer("q")
    clock.move(seconds=1)
    assert not ledger.admitted_before("q")
    assert ledger.first_answer("q")


@pytest.mark.parametrize("most_moving", [10_000, 0])
def test_a_clock_that_is_set_back_makes_no_window_longer(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, most_moving: int
) -> None:
    monkeypatch.setattr(ledger_module, "MOST_MOVING", most_moving)
    ledger, asked = ledger_on("memory://", clock), windows("2/m", "ada")
    assert [ledger.take(asked) for _ in range(2)] == [None, None]

    clock.move(hours=-1)
    full = ledger.take(asked)
    assert full is not None
    assert full.seconds <= 60

    clock.move(seconds=61)
    assert ledger.take(asked) is None


def test_memory_forgets_what_is_over(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from publicist.core.policies import limit_memory

    monkeypatch.setattr(limit_memory, "SWEEP_EVERY", 1)
    storage = limit_memory.MemoryStorage(lambda: clock().timestamp())
    storage.acquire_entry("moving", 5, 60)
    storage.incr("fixed", 60)
    clock.move(seconds=61)
    storage.incr("other", 60)
    assert storage.reset() == 1


def test_without_its_storage_nothing_is_let_through(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server = RedisServer.on_a_free_port(tmp_path)
    try:
        ledger, asked = ledger_on(server.url, clock), windows("5/h", "outage")
        assert ledger.take(asked) is None
        server.stop()
        with caplog.at_level(logging.DEBUG):
            for call in (ledger.take, ledger.full):
                with pytest.raises(TransientError) as caught:
                    call(asked)
            with pytest.raises(TransientError):
                ledger.admitted_before("q")
        assert caught.value.cause_code == "busy"
        assert PASSWORD not in caplog.text + str(caught.value)
        server.start()
        assert ledger.take(asked) is None
    finally:
        server.stop()


def test_a_storage_that_hangs_is_not_waited_for(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "REDIS_SECONDS", 0.3)
    server = RedisServer.on_a_free_port(tmp_path)
    assert server.process
    try:
        ledger, asked = ledger_on(server.url, clock), windows("5/h", "hanging")
        ledger.take(asked)
        os.kill(server.process.pid, signal.SIGSTOP)
        began = monotonic()
        with pytest.raises(TransientError):
            ledger.take(asked)
        assert monotonic() - began < 1.5
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
        server.stop()


def test_the_first_queries_of_a_process_may_come_at_once() -> None:
    script = Path(__file__).parent / "first_queries_process.py"
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout.split(), ran.stderr) == (["False"] * 7, "")


@pytest.mark.parametrize("url", ["memcached://host", "host:6379", "redis", "redis://host:port"])
def test_what_is_no_storage_is_refused_at_once(url: str, clock: Clock) -> None:
    with pytest.raises(ConfigurationError, match="PUBLICIST_RATE_LIMIT_STORAGE"):
        ledger_on(url, clock)


def test_redis_without_its_package_says_what_to_install(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError) as caught:
        ledger_on("redis://host", clock)
    assert "publicist[redis]" in caught.value.remedy
