"""Own network first: when everything fails at once, endpoints are not blamed."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from publicist.core.health.self_check import SelfCheck, everything_fails
from publicist.core.http import Deadline
from publicist.core.records import CheckResult, Endpoint
from publicist.core.services import Services
from publicist.core.settings import Settings

from ...clock import Clock
from .checking import Looking, World, names

T, F = True, False


@pytest.mark.parametrize(
    ("lately", "watched", "expected"),
    [
        ([], 0, False),
        ([F], 1, True),
        ([T], 1, False),
        ([F], 2, False),
        ([F, F], 2, True),
        ([F, F], 5, False),
        ([F, F, F], 5, True),
        ([T, T, F, F, F], 5, True),
        ([F, F, F, T], 5, False),
        ([F, T, F], 5, False),
        ([T] * 100 + [F] * 30, 1000, False),
        ([T] * 100 + [F] * 50, 1000, True),
        ([T] * 100 + [F] * 20 + [T] * 5 + [F] * 25, 1000, True),
        ([F] * 900, 100_000, False),
    ],
)
def test_a_share_and_a_least_number_must_fail(lately: list[bool], watched: int, expected: bool) -> None:
    assert everything_fails(lately, watched) is expected


class Line:
    """A network that can be cut: the one probe leads to a listener that is there, or is not."""

    def __init__(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            self.port: int = taken.getsockname()[1]
        self._listener: socket.socket | None = None

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def cut(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None


@pytest.fixture
def world(services: Services, clock: Clock) -> World:
    return World(services, clock, Looking())


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.cut()


def checking(services: Services, probes: str) -> SelfCheck:
    return SelfCheck(services.store, services.sessions, Settings(network_probes=probes), services.clock)


def again(self_check: SelfCheck) -> None:
    """Let the probes' last word grow old."""
    self_check._probed = Deadline.after(0)


def told(services: Services) -> list[str]:
    return [event.action for event in services.trail.page().items if "network_" in event.action]


def test_while_a_probe_takes_a_connection_what_was_seen_is_believed(services: Services, line: Line) -> None:
    line.mend()
    self_check = checking(services, f"127.0.0.1:9, 127.0.0.1:{line.port}")
    assert all(self_check.judge(name, 4, reachable=False).believed for name in "abcd")
    assert self_check.down_since is None
    assert told(services) == []


@pytest.mark.parametrize("probe", ["169.254.169.254:80", "http://ada:secret-1815@127.0.0.1:9", "no address"])
def test_a_probe_that_nothing_is_sent_to_does_not_vouch_for_the_network(services: Services, probe: str) -> None:
    assert not checking(services, probe).judge("a", 1, reachable=False).believed


def test_what_could_not_be_recorded_is_told_when_the_probes_are_asked_again(
    services: Services, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_check = checking(services, f"127.0.0.1:{line.port}")
    with monkeypatch.context() as patch:
        patch.setattr(services.store, "write", broken)
        with pytest.raises(RuntimeError, match="locked"):
            self_check.judge("a", 1, reachable=False)
    again(self_check)
    assert not self_check.judge("a", 1, reachable=False).believed
    assert told(services) == ["space.network_down"]


def broken() -> None:
    raise RuntimeError("the database is locked")


def test_with_nowhere_to_try_what_was_seen_is_believed(services: Services) -> None:
    assert checking(services, "").judge("a", 1, reachable=False).believed


def test_a_few_that_fail_are_not_asked_about(services: Services, line: Line) -> None:
    self_check = checking(services, f"127.0.0.1:{line.port}")
    assert all(self_check.judge(name, 10, reachable=name != "b").believed for name in "abcde")


def test_when_nothing_is_reached_nothing_is_believed_and_it_is_told_once(
    services: Services, line: Line, clock: Clock
) -> None:
    self_check = checking(services, f"127.0.0.1:{line.port}")
    verdicts = [self_check.judge(name, 4, reachable=False) for name in "abcd"]
    assert [each.believed for each in verdicts] == [True, True, False, False]
    assert verdicts[2].withdrawn == ("a", "b")
    assert self_check.down_since == clock()
    other = checking(services, f"127.0.0.1:{line.port}")
    assert not other.judge("a", 1, reachable=False).believed
    assert told(services) == ["space.network_down"]

    line.mend()
    assert not self_check.look()
    again(self_check)
    assert self_check.is_due()
    assert self_check.judge("a", 4, reachable=False).believed
    assert self_check.down_since is None
    again(other)
    assert other.look()
    assert told(services) == ["space.network_up", "space.network_down"]


def test_after_a_restart_it_is_still_known(services: Services, line: Line) -> None:
    checking(services, f"127.0.0.1:{line.port}").judge("a", 1, reachable=False)
    after = checking(services, f"127.0.0.1:{line.port}")
    assert after.down_since == services.clock()
    assert after.is_due()


def test_what_is_reached_is_believed_though_the_network_is_down(services: Services, line: Line) -> None:
    self_check = checking(services, f"127.0.0.1:{line.port}")
    for name in "abc":
        self_check.judge(name, 4, reachable=False)
    assert self_check.judge("on-this-machine", 4, reachable=True).believed


def test_a_mass_outage_makes_endpoints_unknown_and_is_made_up_for(world: World, line: Line) -> None:
    services = world.services
    ids = world.add(40)
    self_check = checking(services, f"127.0.0.1:{line.port}")
    checker = world.checker(self_check=self_check)
    line.mend()
    world.rounds(checker, 61)
    world.seen.clear()

    down = CheckResult("dataset", ok=False, message="No connection.", reachable=False)
    world.looking.behave = lambda _: down
    line.cut()
    again(self_check)
    world.rounds(checker, 60)
    last = {name: results for name, results, _ in world.seen}
    assert set(last.values()) == {None}
    assert set(last) == set(ids)
    assert sum(results is not None for _, results, _ in world.seen) <= 2
    assert told(services) == ["space.network_down"]

    def behave(_: Endpoint) -> CheckResult:
        return CheckResult("dataset", ok=True, message="Well.")

    world.looking.behave = behave
    line.mend()
    again(self_check)
    world.seen.clear()
    world.rounds(checker, 61)
    assert set(names(world.seen)) == set(ids)
    assert told(services) == ["space.network_up", "space.network_down"]
    checker.close()
