"""Health told to a hub that speaks SyftHub's protocol: its own monitor judges, and its time is the space's."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.core.records import CheckResult
from publicist.core.services import Services
from publicist.plugins.localhub.server import RunningHub

from ...clock import Clock
from ...ready import ready_hub
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows

ADA = {"username": "ada", "email": "ada@example.org", "full_name": "Ada", "password": "Passw0rd1"}
SLUG = "research-qa"
WELL = [CheckResult("dataset", ok=True, message="It answers.", latency_ms=12.0)]
ILL = [CheckResult("dataset", ok=False, message="503", reachable=True)]


def found(services: Services, *looks: Any) -> None:
    """Note what looks at the endpoint saw."""
    for results in looks or (WELL,):
        services.health_book.record(services.endpoints.get(SLUG).id, results)


@pytest.fixture(params=["accounts", "satellites"])
def hub(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[RunningHub]:
    running = ready_hub(tmp_path / "hub", dialect=request.param, clock=clock)
    requests.post(f"{running.url}/api/v1/auth/register", json=ADA, timeout=10).raise_for_status()
    yield running
    running.stop()


class World:
    """A space and a hub in one time; either may be away."""

    def __init__(self, data_dir: Path, clock: Clock, hub: RunningHub) -> None:
        self.clock, self.hub, self._data_dir = clock, hub, data_dir
        self._stack = ExitStack()
        self.space: Services | None = None

    def start(self) -> Services:
        self.space = self._stack.enter_context(opened(self._data_dir, self.clock))
        return self.space

    def stop(self) -> None:
        self._stack.close()
        self.space = None

    def pass_time(self, seconds: int) -> list[bool]:
        """Let time pass; return whether the listing was on after each step of the hub's monitor."""
        seen = []
        for second in range(10, seconds + 1, 10):
            self.clock.move(seconds=10)
            if self.space is not None and second % 300 == 10:
                found(self.space)
            if self.space is not None:
                self.space.monitor.round()
            if second % 30 == 0:
                self.hub.monitor_step(self.clock.now)
                seen.append(self.lit)
        return seen

    @property
    def lit(self) -> bool:
        shown = requests.get(f"{self.hub.url}/api/v1/endpoints/public", timeout=10)
        return SLUG in shown.text


@pytest.fixture
def world(tmp_path: Path, clock: Clock, hub: RunningHub) -> Iterator[World]:
    """An endpoint listed on a hub."""
    world = World(tmp_path / "space", clock, hub)
    services = world.start()
    add_endpoint(services)
    add_marketplace(services, "SyftHub", hub.url, "syfthub", username="ada", password="Passw0rd1", test=True)
    publish(services)
    yield world
    world.stop()


def test_a_listing_is_lit_while_the_space_runs_and_dark_while_it_does_not(world: World) -> None:
    assert all(world.pass_time(600))

    world.stop()
    after = world.pass_time(300)
    assert after[:4] == [True] * 4
    assert after[-1] is False
    assert after.index(False) <= 5  # 3 minutes

    world.start()
    assert all(world.pass_time(300))


def test_a_listing_that_was_switched_off_is_noticed_and_revived(world: World, clock: Clock) -> None:
    services = world.space
    assert services is not None
    found(services)
    for _ in range(6):  # the space runs, but its reports do not arrive
        clock.move(seconds=30)
        world.hub.monitor_step(clock.now)
    assert not world.lit
    services.reconciler.sync()
    assert shown(services).active is False

    assert world.pass_time(60)[-1]

    assert shown(services).active is True
    noted = [event.action for event in services.trail.page().items]
    assert noted.count("publication.switched_off") == 1
    assert noted.count("publication.switched_on") == 1


def test_a_listing_of_an_endpoint_that_is_ill_stays_off_until_it_is_well(world: World, clock: Clock) -> None:
    services = world.space
    assert services is not None
    found(services, ILL, ILL, ILL)
    for _ in range(4):
        clock.move(seconds=30)
        services.monitor.round()
        world.hub.monitor_step(clock.now)
    services.reconciler.sync()
    clock.move(seconds=60)
    services.monitor.round()
    assert (world.lit, shown(services).active) == (False, False)

    found(services, WELL, WELL)
    assert world.pass_time(60)[-1]
    assert shown(services).active is True


def shown(services: Services) -> Any:
    row = rows(services)["SyftHub"]
    assert row is not None
    return row
