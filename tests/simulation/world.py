"""One simulated world: a space, three marketplaces, and what must hold once everything has come to rest."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from publicist.core.publishing import publication as life
from publicist.core.records import Endpoint, Publication
from publicist.core.services import Services

from ..clock import Clock
from ..spaces import add_marketplace, opened, publish, unpublish
from .places import KEY, HubPlace, Place
from .proxy import Ordered

PATIENCE = 200
"""Rounds after which a world that still has work due counts as restless."""

PACE = timedelta(seconds=10)
"""How far time moves at least while something waits."""


class World:
    """A space at work. ``services`` is the process that people talk to; ``second`` another on the same store."""

    def __init__(self, folder: Path, places: Sequence[Place], clock: Clock, faults: Mapping[str, Ordered]) -> None:
        self.folder, self.places, self.clock, self.faults = folder, places, clock, faults
        self.strangers: dict[str, dict[str, dict[str, Any]]] = {place.name: {} for place in places}
        self.meddled: set[str] = set()
        self._stack = ExitStack()
        self._paused: list[tuple[Services, Any, life.Outcome]] = []
        self._under_way_since: datetime | None = None
        self.services = self._open()
        self.second = self._open()
        for place in places:
            key = place.key if isinstance(place, HubPlace) else KEY
            add_marketplace(self.services, place.name, place.url, place.kind, api_key=key)

    def _open(self) -> Services:
        # A hub's list takes a while on a busy machine; only `slow` answers are to exceed the deadline.
        return self._stack.enter_context(opened(self.folder, self.clock, PUBLICIST_CALL_DEADLINE="1"))

    def close(self) -> None:
        for place in self.places:
            self.faults[place.name].clear()
        self._stack.close()

    def place(self, name: str) -> Place:
        return next(place for place in self.places if place.name == name)

    @property
    def us(self) -> str:
        """Our installation id."""
        return self.services.spaces.current().installation_id

    # What happens

    def pass_time(self, seconds: float) -> None:
        """Move the clock; what is under way arrives before it is too late for that."""
        if seconds > 0:
            self.deliver()
        self.clock.move(seconds=seconds)

    def deliver(self) -> None:
        """Let late requests arrive."""
        for place in self.places:
            place.proxy.deliver()

    def work(self, services: Services | None = None) -> None:
        """Work what is due now, in one process."""
        worker = (services or self.services).worker
        for _ in range(PATIENCE):
            idle = worker.wait_idle(0)
            if not worker.run_due() and idle:
                return
            assert worker.wait_idle(30), "a call never ended"
        raise AssertionError(f"work without end: {self.rows()}")

    def work_together(self) -> None:
        """Work what is due in both processes at the same time."""
        threads = [threading.Thread(target=self.work, args=(each,)) for each in (self.services, self.second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()

    def pause(self) -> None:
        """Do all calls that are due, but record none: this process hangs at that moment, and another takes its place.

        It wakes up at :meth:`wake`, if it ever does.
        """
        paused = self.services
        worker: Any = paused.worker
        worker._record = lambda job, outcome: self._paused.append((paused, job, outcome))
        self.work()
        del worker._record
        self.services, self.second = self.second, self._open()

    def wake(self) -> None:
        """Let paused processes record what they had done, however late."""
        waiting, self._paused = self._paused, []
        for services, job, outcome in waiting:
            worker: Any = services.worker
            with services.store.session():
                worker._record(job, outcome)

    def kill(self, *, done: bool) -> None:
        """End this process in the middle of the calls that are due, before or after they are carried out."""
        worker: Any = self.services.worker
        if not done:
            worker._perform = lambda job: None
        worker._record = lambda job, outcome: None
        self.work()
        # The operating system drops a dead process's lock and leaves its file; closing again then does nothing.
        os.close(self.services.presence._descriptor)
        self.services.presence._descriptor = -1
        self.services, self.second = self.second, self._open()

    def squat(self, place: Place, slug: str, maker: str) -> None:
        """Have somebody else take a slug, if it is free."""
        made = place.squat(slug, maker)
        if made:
            self.strangers[place.name][made] = place.listings()[made]

    def meddle(self, place: Place, slug: str, *, remove: bool) -> None:
        """Remove or rename our listing of that slug behind our back, if there is one."""
        held = place.held(slug)
        if held and held["maker"] == self.us:
            self.meddled.add(place.name)
            place.remove(slug) if remove else place.rename(slug, "Meddled with")

    # At rest

    def come_to_rest(self) -> None:
        """End all faults and let time pass until nothing is due; a person tries again what had failed by then."""
        self.deliver()
        self.wake()
        for place in self.places:
            self.faults[place.name].clear()
        self._let_time_pass()
        for place in self.places:
            self.services.marketplaces.test(place.name)
        self._let_time_pass()
        self.clock.move(hours=1)
        self._try_again()
        self._let_time_pass()

    def _let_time_pass(self) -> None:
        for _ in range(PATIENCE):
            self.services.worker.recover()
            self.work()
            waiting = [row for row in self.rows() if self._can_move(row)]
            if not waiting:
                return
            # What is ready and was not taken waits for the marketplace's pace.
            soonest = min(_ready(row, self.clock.now) for row in waiting)
            self.clock.now = max(self.clock.now + PACE, soonest)
        raise AssertionError(f"never at rest: {[(row.status, row.due_at, row.error) for row in waiting]}")

    def _can_move(self, row: Publication) -> bool:
        """Whether time alone brings the row on: it is due or leased, and its marketplace is not disabled."""
        disabled = self.services.marketplaces.get(row.marketplace_id).status == "disabled"
        return row.lease is not None or (row.due_at is not None and not disabled)

    def _try_again(self) -> None:
        """Publish or unpublish anew what had failed, and all where others meddled; the rest must be right by itself."""
        for place in self.places:
            found = self.services.marketplaces.get(place.name)
            for endpoint in self.endpoints() if found.status != "disabled" else ():
                row = self.row(endpoint, place)
                if row is None or not (row.gave_up or place.name in self.meddled):
                    continue
                if row.wanted == "listed":
                    publish(self.services, endpoint.slug, marketplace_ids=[found.id], wait=0)
                elif row.gave_up:
                    unpublish(self.services, endpoint.slug, marketplace_ids=[found.id], wait=0)

    # What there is

    def endpoints(self) -> list[Endpoint]:
        with self.services.store.session():
            return self.services.store.endpoints.all()

    def rows(self, place: Place | None = None) -> list[Publication]:
        """Return the publications, also those of endpoints that are being deleted."""
        names = [place.name] if place else [each.name for each in self.places]
        found = [self.services.marketplaces.get(name) for name in names]
        with self.services.store.session():
            return [row for each in found for row in self.services.store.publications.of_marketplace(each.id)]

    def row(self, endpoint: Endpoint, place: Place) -> Publication | None:
        return next((row for row in self.rows(place) if row.endpoint_id == endpoint.id), None)

    # What must hold

    def check(self) -> None:
        """Check everything that must hold at rest."""
        for place in self.places:
            listings, rows = place.listings(), self.rows(place)
            disabled = self.services.marketplaces.get(place.name).status == "disabled"
            self._check_others(place, listings)
            for row in rows:
                self._check_row(row)
            if not disabled:
                self._check_listings(place, listings, rows)

    def _check_others(self, place: Place, listings: Mapping[str, Any]) -> None:
        """Listings of others are as they were made."""
        for key, made in self.strangers[place.name].items():
            assert listings.get(key) == made, f"{place.name}: another's listing was touched"

    def _check_row(self, row: Publication) -> None:
        assert row.lease is None
        assert row.intent is None
        assert life.with_status(row) == row, "the status does not follow from the facts"
        if not row.gave_up:
            assert (row.status == "published") == (row.wanted == "listed" and row.remote_id is not None)
        if row.status == "failed" or row.gave_up:
            assert row.error is not None
            assert row.error.cause
            assert row.error.message
            assert row.error.remedy

    def _check_listings(self, place: Place, listings: Mapping[str, Any], rows: Sequence[Publication]) -> None:
        ours = {key: listing for key, listing in listings.items() if listing["maker"] == self.us}
        wanted = [row for row in rows if row.wanted == "listed" and not row.gave_up]
        assert sorted(ours) == sorted(str(row.remote_id) for row in wanted), f"{place.name} {ours} {rows}"
        for row in rows:
            if row.gave_up:
                assert row.error
                assert row.error.cause == "slug_conflict", row
                assert row.status == "failed", row
            assert (row.due_at, row.outcome_unknown) == (None, False)
        by_id = {endpoint.id: endpoint for endpoint in self.endpoints()}
        for row in wanted:
            self._check_shown(place, by_id[row.endpoint_id], row, ours[str(row.remote_id)])

    def _check_shown(self, place: Place, endpoint: Endpoint, row: Publication, shown: Mapping[str, Any]) -> None:
        """The listing shows what the endpoint says; its slug may be that of the last publish."""
        titles = [policy.type if place.kind == "syfthub" else _title(policy.type) for policy in endpoint.policies]
        assert shown == {
            "slug": row.remote_slug,
            "maker": self.us,
            "name": endpoint.name,
            "description": endpoint.description,
            "tags": list(endpoint.tags),
            "policies": titles,
            "address": urlsplit(self.services.spaces.current().public_url).path,
        }
        assert row.remote_slug == row.listed_as["slug"]


def _title(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _ready(row: Publication, now: datetime) -> datetime:
    """When a row can be claimed."""
    times = [row.due_at or now]
    if row.lease is not None and row.lease.until <= now + life.MAX_LEASE:
        times.append(row.lease.until)
    return max(times)


@contextmanager
def world(folder: Path, places: Sequence[Place]) -> Iterator[World]:
    """Return a fresh world on marketplaces that are emptied first."""
    faults: dict[str, Ordered] = {}
    for place in places:
        place.empty()
        assert isinstance(place.proxy.choose, Ordered)
        faults[place.name] = place.proxy.choose
        faults[place.name].clear()
    made = World(folder, places, Clock(), faults)
    try:
        yield made
    finally:
        made.close()
