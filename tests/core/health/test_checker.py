"""The checker on a real store: what is looked at when, by whom, and what becomes of it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
from publicist.core.errors import Conflict, NotFound
from publicist.core.health.check_pool import CheckPool
from publicist.core.health.checker import ROUND_SECONDS, Checker
from publicist.core.health.looking import Job
from publicist.core.records import CheckResult, Endpoint
from publicist.core.schemas import load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish
from .checking import SOON, Looking, World, names


@pytest.fixture
def world(services: Services, clock: Clock) -> World:
    return World(services, clock, Looking())


@pytest.fixture
def checker(world: World) -> Iterator[Checker]:
    made = world.checker()
    yield made
    made.close()


def test_every_endpoint_is_looked_at_once_an_interval(world: World, checker: Checker) -> None:
    ids = world.add(12)
    world.rounds(checker, 61)
    assert set(names(world.seen)) == set(ids)
    world.seen.clear()

    world.rounds(checker, 60)

    assert sorted(names(world.seen)) == sorted(ids)


def test_a_draft_that_is_listed_nowhere_is_left_alone(world: World, checker: Checker) -> None:
    add_endpoint(world.services, published=False)
    assert world.rounds(checker, 61) == 0


def test_a_new_endpoint_does_not_wait_for_its_turn(world: World, checker: Checker) -> None:
    checker.round()
    (name,) = world.add(1)
    world.rounds(checker, ROUND_SECONDS)
    assert names(world.seen) == [name]


def test_after_an_edit_and_when_it_is_asked_for_an_endpoint_is_looked_at_soon(world: World, checker: Checker) -> None:
    ids = world.add(3)
    world.rounds(checker, 61)
    world.seen.clear()
    world.clock.move(seconds=0.01)
    world.services.endpoints.edit("endpoint-1", {"summary": "Something else."})
    checker.check_now(ids[2], "an error was reported")

    world.clock.move(seconds=0.01)
    assert checker.round() >= 2
    assert checker.wait_idle(SOON)

    assert {ids[1], ids[2]} <= set(names(world.seen))
    world.seen.clear()
    checker.round()
    assert not {ids[1], ids[2]} & set(names(world.seen))


def test_queries_that_fail_in_a_row_ask_once(world: World, checker: Checker) -> None:
    (name,) = world.add(1)
    world.rounds(checker, 61)
    world.seen.clear()
    for _ in range(5):
        checker.check_now(name, "queries failed")
        world.rounds(checker, 0.5)
    assert len(world.seen) <= 2


def test_a_slow_check_delays_no_other_and_is_not_begun_twice(world: World, checker: Checker) -> None:
    slow = world.add(1)[0]
    free = threading.Event()

    def behave(endpoint: Endpoint) -> CheckResult:
        if endpoint.id == slow:
            free.wait(SOON)
        return CheckResult("dataset", ok=True, message="Well.")

    world.looking.behave = behave
    others = [add_endpoint(world.services, slug=f"other-{each}").id for each in range(5)]
    for _ in range(400):
        world.clock.move(seconds=0.5)
        checker.round()
    deadline = time.monotonic() + SOON
    while checker.under_way() > 1 and time.monotonic() < deadline:
        free.wait(0.01)

    assert set(names(world.seen)) == set(others)
    assert checker.under_way() == 1
    free.set()
    assert checker.wait_idle(SOON)
    assert world.looking.most_at_once == 1
    assert slow in names(world.seen)


def test_each_endpoint_is_looked_at_by_one_of_several_processes(world: World, checker: Checker) -> None:
    ids = world.add(12)
    other = world.checker("two")
    world.rounds(checker, 61)
    world.seen.clear()
    other.round()

    for _ in range(120):
        world.clock.move(seconds=0.5)
        threads = [threading.Thread(target=each.round) for each in (checker, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SOON)
        assert checker.wait_idle(SOON)
        assert other.wait_idle(SOON)

    assert sorted(names(world.seen)) == sorted(ids)
    assert world.looking.most_at_once == 1
    other.close()


def test_what_a_process_that_died_held_is_looked_at_by_another(world: World, checker: Checker) -> None:
    (name,) = world.add(1)
    free = threading.Event()
    world.looking.behave = lambda _: (free.wait(SOON), CheckResult("dataset", ok=True, message="Well."))[1]
    checker.round()
    world.looking.behave = lambda _: CheckResult("dataset", ok=True, message="Well.")
    other = world.checker("two")

    assert world.rounds(other, 60) == 0
    assert world.rounds(other, 90) >= 1

    assert name in names(world.seen)
    free.set()
    other.close()


def test_in_maintenance_nothing_is_looked_at_and_that_is_told(world: World, checker: Checker) -> None:
    ids = world.add(2)
    draft = load_maintenance({"endpoint_slug": "endpoint-0", "ends_at": "2026-03-01T13:00:00Z"}, world.clock())
    world.services.maintenance.add(draft)

    world.rounds(checker, 61)

    assert {(name, results) for name, results, _ in world.seen} == {(ids[0], None), (ids[1], (True,))}
    assert {why for name, _, why in world.seen if name == ids[0]} == {"It is in maintenance."}


def test_after_maintenance_endpoints_do_not_wait_for_their_turn(world: World, checker: Checker) -> None:
    ids = world.add(3)
    world.services.maintenance.add(load_maintenance({"ends_at": "2026-03-01T12:01:30Z"}, world.clock()))
    world.rounds(checker, 89)
    assert {results for _, results, _ in world.seen} == {None}
    world.seen.clear()

    world.rounds(checker, 3)

    assert {name for name, results, _ in world.seen if results} == set(ids)


def test_what_was_just_listed_goes_before_others_that_were_never_looked_at(
    world: World, checker: Checker, catalogues: Callable[..., Counterpart]
) -> None:
    checker.round()
    *_, last = world.add(40)
    add_marketplace(world.services, "Catalogue", catalogues().url, test=True)
    publish(world.services, "endpoint-39")

    world.clock.move(seconds=0.5)
    assert checker.round() <= 2
    assert checker.wait_idle(SOON)

    assert last in names(world.seen)


def test_what_is_over_is_given_back_though_the_database_was_locked(
    world: World, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = world.add(1)
    checker.round()
    assert checker.wait_idle(SOON)
    with monkeypatch.context() as patch:
        patch.setattr(world.services.store, "write", broken)
        with pytest.raises(RuntimeError, match="locked"):
            checker.round()
    checker.round()
    other = world.checker("two")
    assert other.look(name, 0.1)
    other.close()


def broken() -> None:
    raise RuntimeError("the database is locked")


def test_without_a_further_thread_checks_wait_for_those_there_are(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pool, done = CheckPool(2), threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", broken_thread)
        pool.submit(lambda: None)
    assert "could be begun" in caplog.text
    pool.submit(done.set)
    assert done.wait(SOON)
    pool.close()


def broken_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_look_that_somebody_waits_for_gives_what_was_seen_and_counts(world: World, checker: Checker) -> None:
    (name,) = world.add(1)
    assert [each.ok for each in checker.look(name)] == [True]
    assert names(world.seen) == [name]
    world.clock.move(seconds=1)
    assert world.checker("two").look(name)


def test_a_look_that_is_under_way_is_waited_for(world: World, checker: Checker) -> None:
    (name,) = world.add(1)
    free = threading.Event()
    world.looking.behave = lambda _: (free.wait(SOON), CheckResult("dataset", ok=True, message="Well."))[1]
    checker.round()
    with pytest.raises(Conflict):
        checker.look(name, 0.2)
    with pytest.raises(Conflict):
        world.checker("two").look(name, 0.2)
    free.set()
    world.clock.move(seconds=1)
    assert checker.look(name)
    assert world.looking.most_at_once == 1


def test_what_is_not_there_cannot_be_looked_at(checker: Checker) -> None:
    with pytest.raises(NotFound):
        checker.look("no-such")


def test_a_check_that_breaks_off_is_a_result(world: World, checker: Checker, caplog: pytest.LogCaptureFixture) -> None:
    world.add(1)

    def behave(_: Endpoint) -> CheckResult:
        raise ZeroDivisionError

    world.looking.behave = behave
    world.rounds(checker, ROUND_SECONDS)
    assert [results for _, results, _ in world.seen] == [(False,)]
    assert "ZeroDivisionError" in caplog.text


def test_an_endpoint_that_cannot_be_read_keeps_no_other_from_its_turn(
    world: World, checker: Checker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, *others = world.add(4)
    sound = world.looking.jobs

    def jobs(endpoint: Endpoint) -> Mapping[str, Job]:
        if endpoint.id == bad:
            raise RuntimeError("the settings cannot be opened")
        return sound(endpoint)

    monkeypatch.setattr(world.looking, "jobs", jobs)
    world.rounds(checker, 10)
    assert set(names(world.seen)) == set(others)
    assert "cannot be opened" in caplog.text


def test_the_clock_jumping_by_an_hour_neither_stops_the_looks_nor_makes_them_all_at_once(
    world: World, checker: Checker
) -> None:
    ids = world.add(20)
    world.rounds(checker, 61)
    for jump in (timedelta(hours=1), -timedelta(hours=2)):
        world.clock.now += jump
        world.seen.clear()
        assert checker.round() <= 2
        assert checker.wait_idle(SOON)
        world.rounds(checker, 61)
        assert set(names(world.seen)) == set(ids)
        assert len(world.seen) <= 2 * len(ids)


def test_lateness_is_measured(world: World, checker: Checker) -> None:
    world.add(5)
    assert checker.lateness().p99 is None
    world.rounds(checker, 130)
    late = checker.lateness()
    assert late.looks >= 5
    assert late.p50 is not None
    assert late.p99 is not None
    assert 0 <= late.p50 <= late.p99 < 1.0


def test_a_late_round_shows(world: World, checker: Checker) -> None:
    world.add(5)
    world.rounds(checker, 61)
    for _ in range(6):
        world.clock.move(seconds=20)
        checker.round()
        assert checker.wait_idle(SOON)
    late = checker.lateness().most
    assert late is not None
    assert late > 2


def test_when_a_process_ends_others_need_not_wait_for_what_it_held(world: World) -> None:
    world.add(1)
    free = threading.Event()
    world.looking.behave = lambda _: (free.wait(SOON), CheckResult("dataset", ok=True, message="Well."))[1]
    first, second = world.checker("one"), world.checker("two")
    first.round()
    first.close()
    world.clock.move(seconds=1)
    free.set()
    assert second.look(names_of(world)[0], 1.0)
    second.close()


def names_of(world: World) -> list[str]:
    with world.services.store.session():
        return [each.id for each in world.services.store.endpoints.all()]


def test_what_is_of_endpoints_that_are_gone_is_forgotten(world: World, checker: Checker) -> None:
    world.add(1)
    world.rounds(checker, 1)
    world.services.endpoints.delete("endpoint-0")
    checker.prune()
    with world.services.store.session():
        assert world.services.store.looks.standings("one", world.clock(), timedelta(minutes=1)) == []
        assert world.services.store.looks.prune() == 0


def test_the_program_can_end_while_a_check_hangs() -> None:
    """The pool's threads are daemons: nothing waits for them."""
    pool, began = CheckPool(2), threading.Event()
    pool.submit(lambda: (began.set(), threading.Event().wait(SOON))[0])
    assert began.wait(SOON)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "checks")
    pool.close()
