"""A real process that works through bad weather, and is killed again and again, lists exactly what is wanted."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from publicist.core.services import Services, utc_now

from ..spaces import add_endpoint, add_marketplace, opened
from ..spaces import publish as wish_listed
from ..spaces import unpublish as wish_absent
from .places import KEY, HubPlace, Place, started
from .proxy import Weather

PROCESS = Path(__file__).with_name("chaos_process.py")
SEED = 20_260_301
SHARE = 0.2


class Space:
    """The space as its provider sees it: wishes are written here, and the process works them."""

    def __init__(self, services: Services, places: list[Place]) -> None:
        self.services, self.places = services, places
        self.dice = random.Random(SEED)

    def wish(self, count: int) -> None:
        """Want ``count`` endpoints listed everywhere; nothing is called for that."""
        for number in range(count):
            add_endpoint(self.services, slug=f"endpoint-{number}", name=f"Endpoint {number}")
            wish_listed(self.services, f"endpoint-{number}", wait=0)

    def change_mind(self) -> None:
        """Rename a third, take a sixth down, and delete a sixth."""
        for endpoint in self._all():
            match self.dice.randrange(6):
                case 0 | 1:
                    self.services.endpoints.edit(endpoint.slug, {"name": f"{endpoint.name}, renamed"})
                case 2:
                    wish_absent(self.services, endpoint.slug, wait=0)
                case 3:
                    self.services.endpoints.delete(endpoint.slug, unpublish=True)

    def try_again(self) -> None:
        """Test the marketplaces, as a person does who sees an error there: that takes up what had failed."""
        for place in self.places:
            self.services.marketplaces.test(place.name)

    def at_rest(self) -> bool:
        rows = self._rows()
        return all(row.due_at is None and row.lease is None for row in rows)

    def check(self) -> None:
        """Every marketplace shows the wanted listings, each once, and nothing else."""
        titles = {endpoint.id: (endpoint.slug, endpoint.name) for endpoint in self._all()}
        for place in self.places:
            found = self.services.marketplaces.get(place.name)
            rows = [row for row in self._rows() if row.marketplace_id == found.id]
            assert [row for row in rows if row.gave_up or row.error] == []
            wanted = sorted(titles[row.endpoint_id] for row in rows if row.wanted == "listed")
            there = place.listings()
            assert sorted((listing["slug"], listing["name"]) for listing in there.values()) == wanted
            assert {row.remote_id for row in rows if row.wanted == "listed"} == set(there)

    def _all(self) -> list[Any]:
        with self.services.store.session():
            return self.services.store.endpoints.all()

    def _rows(self) -> list[Any]:
        names = [self.services.marketplaces.get(place.name).id for place in self.places]
        with self.services.store.session():
            return [row for name in names for row in self.services.store.publications.of_marketplace(name)]


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Have a process work for the block, and kill it then, wherever it is."""
    process = subprocess.Popen([sys.executable, PROCESS, str(folder)])
    try:
        yield
        assert process.poll() is None, "the process ended by itself"
    finally:
        process.kill()
        process.wait()


def live_through(folder: Path, count: int, kills: int, seconds: tuple[float, float], patience: float) -> None:
    weather: list[Weather] = []

    def forecast() -> Weather:
        weather.append(Weather(SEED + len(weather), SHARE))
        return weather[-1]

    with started(folder, forecast, delay=2.5) as places, opened(folder / "space", utc_now) as services:  # type: ignore[arg-type]
        for place in places:
            key = place.key if isinstance(place, HubPlace) else KEY
            add_marketplace(services, place.name, place.url, place.kind, api_key=key)
        space = Space(services, places)
        space.wish(count)
        for life in range(kills):
            with working(folder / "space"):
                time.sleep(space.dice.uniform(*seconds))  # the process is killed at a random moment
            for place in places:
                place.proxy.deliver()
            if life == kills // 2:
                space.change_mind()
        for one in weather:
            one.share = 0.0
        settle(space, folder / "space", patience)
        space.check()
        assert all(place.proxy.struck for place in places)


def settle(space: Space, folder: Path, patience: float) -> None:
    """Let the process work in fair weather until nothing is left to do.

    Now and then that takes two minutes: a lease of a killed process lasts thirty seconds, and a listing that was not
    found is looked for again after ninety.
    """
    ends = time.monotonic() + patience
    with working(folder):
        space.try_again()
        while not space.at_rest():
            assert time.monotonic() < ends, "never at rest"
            time.sleep(0.1)  # another process works; its rows are all there is to see of it


@pytest.mark.timeout(300)
def test_a_process_killed_again_and_again_lists_exactly_what_is_wanted(tmp_path: Path) -> None:
    live_through(tmp_path, count=30, kills=4, seconds=(1.2, 2.2), patience=130)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_process_killed_for_long_lists_exactly_what_is_wanted(tmp_path: Path) -> None:
    live_through(tmp_path, count=300, kills=40, seconds=(1.5, 6.0), patience=300)
