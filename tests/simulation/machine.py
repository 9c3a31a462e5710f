"""Everything that can happen to a space and its marketplaces, in any order."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from publicist.core.errors import InvalidInput, NotFound
from publicist.core.schemas.endpoint import load_patch

from ..spaces import add_endpoint, publish, unpublish
from .places import Place
from .proxy import KINDS
from .world import World, world

SLUGS = ("papers", "charts", "maps")
PLACES = ("North", "South", "Hub")
PATCHES: tuple[dict[str, Any], ...] = (
    {"name": "Another name"},
    {"name": "A third name"},
    {"description": "Told anew."},
    {"tags": ["old", "maps"]},
    {"tags": []},
    {"policies": [{"name": "p", "type": "access", "config": {"allowed_users": ["*"]}}]},
    {"policies": []},
)
slugs, places = st.sampled_from(SLUGS), st.sampled_from(PLACES)


def machine(there: Sequence[Place]) -> Callable[[], RuleBasedStateMachine]:
    """Return a maker of machines on these marketplaces, which are emptied for each."""
    return lambda: Simulation(there)


class Simulation(RuleBasedStateMachine):
    """Draws what happens next. Rules that find nothing to do, do nothing."""

    def __init__(self, there: Sequence[Place]) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="space-"))
        self.world: World = self._stack.enter_context(world(Path(folder), there))

    # What people do

    @initialize()
    def begin(self) -> None:
        for slug in SLUGS[:2]:
            self.add(slug)
            self.publish_everywhere(slug)
        self.world.work()

    @rule(slug=slugs)
    def add(self, slug: str) -> None:
        if not self._has(slug):
            with suppress(InvalidInput):  # one of that slug may still be on its way out
                add_endpoint(self.world.services, slug=slug)

    @rule(slug=slugs, patch=st.sampled_from(PATCHES))
    def edit(self, slug: str, patch: dict[str, Any]) -> None:
        if self._has(slug):
            self.world.services.endpoints.edit(slug, load_patch(patch))

    @rule(slug=slugs, new=slugs)
    def move(self, slug: str, new: str) -> None:
        if self._has(slug):
            with suppress(InvalidInput):  # the slug may be taken
                self.world.services.endpoints.edit(slug, {"slug": new})

    @rule(url=st.sampled_from(["https://space.example", "https://space.example/sub", ""]))
    def change_address(self, url: str) -> None:
        self.world.services.spaces.change({"public_url": url})

    @rule(slug=slugs)
    def publish_everywhere(self, slug: str) -> None:
        self.add(slug)
        if self._has(slug):
            publish(self.world.services, slug, wait=0)

    @rule(slug=slugs)
    def unpublish_everywhere(self, slug: str) -> None:
        if self._has(slug):
            unpublish(self.world.services, slug, wait=0)

    @rule(slug=slugs)
    def delete(self, slug: str) -> None:
        if self._has(slug):
            self.world.services.endpoints.delete(slug, unpublish=True)

    @rule(place=places, enabled=st.booleans())
    def switch(self, place: str, enabled: bool) -> None:
        marketplaces = self.world.services.marketplaces
        (marketplaces.enable if enabled else marketplaces.disable)(place)

    # What marketplaces and other people do

    @rule(place=places, kind=st.sampled_from(KINDS), times=st.integers(1, 3), writes=st.booleans())
    def go_wrong(self, place: str, kind: str, times: int, writes: bool) -> None:
        for _ in range(1 if kind == "slow" else times):
            self.world.faults[place].add(kind, writes=writes)

    @rule(slug=slugs, place=places, kind=st.sampled_from(KINDS))
    def publish_in_trouble(self, slug: str, place: str, kind: str) -> None:
        """Publish and work in the same moment; the next write on one marketplace goes wrong."""
        self.go_wrong(place, kind, 1, writes=True)
        self.publish_everywhere(slug)
        self.world.work()

    @rule(slug=slugs, place=places, kind=st.sampled_from(KINDS), patch=st.sampled_from(PATCHES))
    def edit_in_trouble(self, slug: str, place: str, kind: str, patch: dict[str, Any]) -> None:
        self.go_wrong(place, kind, 1, writes=True)
        self.edit(slug, patch)
        self.world.work()

    @rule(slug=slugs, place=places, kind=st.sampled_from(KINDS), delete=st.booleans())
    def withdraw_in_trouble(self, slug: str, place: str, kind: str, delete: bool) -> None:
        self.go_wrong(place, kind, 1, writes=True)
        (self.delete if delete else self.unpublish_everywhere)(slug)
        self.world.work()

    @rule(place=places, slug=slugs, maker=st.sampled_from(["stranger", "another-installation", ""]))
    def squat(self, place: str, slug: str, maker: str) -> None:
        self.world.squat(self.world.place(place), slug, maker)

    @rule(place=places, slug=slugs, remove=st.booleans())
    def meddle(self, place: str, slug: str, remove: bool) -> None:
        self.world.meddle(self.world.place(place), slug, remove=remove)

    # What time and machines do

    @rule(seconds=st.sampled_from([1, 30, 60, 120, 900, 7200, -30, -3600]))
    def pass_time(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule()
    def work(self) -> None:
        self.world.work()

    @rule()
    def work_together(self) -> None:
        self.world.work_together()

    @rule(done=st.booleans())
    def kill(self, done: bool) -> None:
        self.world.kill(done=done)

    @rule()
    def pause(self) -> None:
        self.world.pause()

    @rule()
    def arrive_late(self) -> None:
        """What was still under way arrives, at the marketplaces and in our store."""
        self.world.deliver()
        self.world.wake()

    @rule()
    def rest(self) -> None:
        self.world.come_to_rest()
        self.world.check()

    def teardown(self) -> None:
        try:
            self.world.come_to_rest()
            self.world.check()
        finally:
            self._stack.close()

    def _has(self, slug: str) -> bool:
        try:
            self.world.services.endpoints.get(slug)
        except NotFound:
            return False
        return True
