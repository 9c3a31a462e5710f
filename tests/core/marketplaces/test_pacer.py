"""The pace held towards marketplaces on real sockets: outages, blocks, refusals and shares."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, RateLimited
from publicist.core.marketplaces.pacing import CAP, THRESHOLD
from publicist.core.publishing import publication as life
from publicist.core.records import Pacing, Publication
from publicist.core.secrets import Secret
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, work

Start = Callable[..., Counterpart]
NOBODY_THERE = "http://127.0.0.1:9"


def pacing(services: Services, name: str = "Hub") -> Pacing:
    return services.pacer.standing(services.marketplaces.get(name)).pacing


def fail(services: Services, error: Any, times: int = THRESHOLD, name: str = "Hub") -> None:
    """Have the space see calls to a marketplace fail."""
    for _ in range(times):
        with services.store.write():
            services.marketplaces.observe(services.marketplaces.get(name), error)


def away(services: Services, name: str = "Hub") -> datetime:
    """Open a marketplace's breaker; return when it is tried again."""
    fail(services, MarketplaceUnavailable("It is down."), name=name)
    until = pacing(services, name).next_try
    assert until is not None
    return until


@pytest.fixture
def hub(services: Services, catalogues: Start) -> Counterpart:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    return there


def test_a_publish_while_the_breaker_is_open_says_so_at_once_and_calls_nobody(
    services: Services, hub: Counterpart
) -> None:
    until = away(services)
    result = publish(services)["Hub"]
    assert hub.requests == []
    assert (result.success, result.status) == (False, "pending")
    assert result.error is not None
    assert result.error.cause == "marketplace_unavailable"
    assert "since 2026-03-01 12:00:00 UTC" in result.error.message
    assert f"{until:%H:%M:%S}" in result.error.message
    row = rows(services)["Hub"]
    assert row is not None
    assert (row.attempts, row.due_at) == (0, until)


def test_one_probe_goes_when_the_wait_is_over_and_its_success_releases_the_rest(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    for number in range(3):
        add_endpoint(services, slug=f"more-{number}")
    until = away(services)
    for slug in ("research-qa", "more-0", "more-1", "more-2"):
        publish(services, slug, wait=0)
    clock.now = until
    assert services.worker.run_due() == 1
    assert services.worker.wait_idle(10)
    assert pacing(services).breaker == "closed"
    clock.move(minutes=1)
    work(services)
    assert len(hub.listings) == 4


def test_a_failed_probe_makes_the_next_wait_longer(services: Services, hub: Counterpart, clock: Clock) -> None:
    first = away(services) - clock.now
    publish(services, wait=0)
    hub.faults.add("problem", status=503)
    clock.move(seconds=first.total_seconds())
    work(services)
    again = pacing(services)
    assert (again.breaker, again.openings) == ("open", 2)
    assert again.next_try is not None
    assert again.next_try >= clock.now + timedelta(seconds=10)


def test_a_test_that_succeeds_closes_the_breaker_and_takes_up_what_waits(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    away(services)
    publish(services, wait=0)
    services.marketplaces.test("Hub")
    assert pacing(services).breaker == "closed"
    clock.move(seconds=1)
    work(services)
    assert list(hub.listings) == ["research-qa"]


def test_neither_a_person_nor_an_edit_gets_round_what_the_marketplace_asked_for(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    fail(services, RateLimited("Slow down.", retry_after=120), times=1)
    result = publish(services)["Hub"]
    services.endpoints.edit("research-qa", {"name": "Renamed"})
    work(services)
    assert hub.requests == []
    assert result.error is not None
    assert (result.status, result.error.cause) == ("pending", "rate_limited")
    clock.move(seconds=121)
    work(services)
    assert hub.listings["research-qa"]["name"] == "Renamed"


def test_the_retry_after_of_one_listing_holds_back_all_others(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    add_endpoint(services, slug="another")
    hub.faults.add("problem", status=429, times=1, headers={"Retry-After": "60"})
    publish(services)
    count = len(hub.requests)
    publish(services, "another")
    assert len(hub.requests) == count
    assert pacing(services).blocked_until == clock.now + timedelta(seconds=60)


def test_refused_credentials_stop_everything_until_they_change(services: Services, catalogues: Start) -> None:
    there = catalogues(accounts={"the-right-key": "ada"})
    add_endpoint(services)
    add_endpoint(services, slug="another")
    add_marketplace(services, "Hub", there.url, api_key="a-wrong-key")
    publish(services)
    seen = len(there.requests)
    result = publish(services, "another")["Hub"]
    assert len(there.requests) == seen
    assert result.error is not None
    assert (result.status, result.error.cause) == ("failed", "authentication_failed")
    services.marketplaces.edit("Hub", {"api_key": "the-right-key"})
    work(services)
    assert sorted(there.listings) == ["another", "research-qa"]


def test_untested_new_credentials_are_tried(services: Services, hub: Counterpart) -> None:
    fail(services, AuthenticationFailed("No."), times=1)
    services.marketplaces.edit("Hub", {"api_key": "another-key-4711"}, test=False)
    assert not pacing(services).refused


def test_a_changed_developer_token_is_tried(services: Services, hub: Counterpart) -> None:
    fail(services, AuthenticationFailed("No."), times=1)
    services.spaces.change({"developer_token": Secret("another-token-4711")})
    assert not pacing(services).refused


def test_what_an_outage_made_the_space_give_up_is_taken_up_when_it_is_over(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    hub.faults.add("problem", status=503)
    publish(services)
    for _ in range(200):
        row = rows(services)["Hub"]
        assert row is not None
        if row.gave_up:
            break
        clock.now = max(clock.now + timedelta(seconds=1), row.due_at or clock.now)
        work(services)
    assert row.gave_up
    hub.faults.clear()
    services.marketplaces.test("Hub")
    clock.move(seconds=1)
    work(services)
    assert list(hub.listings) == ["research-qa"]


@pytest.fixture
def slow_space(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with opened(
        tmp_path / "paced", clock, PUBLICIST_MARKETPLACE_RATE="300", PUBLICIST_MARKETPLACE_CONCURRENCY="4"
    ) as space:
        yield space


@pytest.mark.parametrize(("many", "rate", "step"), [(100, 30, 6), pytest.param(1000, 300, 1, marks=pytest.mark.soak)])
def test_with_a_marketplace_down_for_an_hour_nothing_floods_it_when_it_returns(
    tmp_path: Path, catalogues: Start, clock: Clock, many: int, rate: int, step: float
) -> None:
    paced = {"PUBLICIST_MARKETPLACE_RATE": str(rate), "PUBLICIST_MARKETPLACE_CONCURRENCY": "4"}
    with opened(tmp_path / "paced", clock, **paced) as services:
        return_after_an_hour(services, catalogues(), clock, many, rate, step)


def return_after_an_hour(
    services: Services, there: Counterpart, clock: Clock, many: int, rate: int, step: float
) -> None:
    """Look for what is due every ``step`` seconds; more could start in a minute than the rate allows."""
    hub = add_marketplace(services, "Hub", there.url)
    there.faults.add("problem", status=503)
    for number in range(many):
        add_endpoint(services, slug=f"endpoint-{number}")
    wish_all(services, hub.id)
    minutes: Counter[int] = Counter()

    def pass_until(ends: datetime, step: float) -> None:
        while clock.now < ends:
            before = len(there.requests)
            services.worker.run_due()
            assert services.worker.wait_idle(20)
            minutes[int((clock.now - began).total_seconds() // 60)] += len(there.requests) - before
            clock.move(seconds=step)

    began = clock.now
    pass_until(began + timedelta(hours=1), 5 * step)
    assert sum(minutes.values()) < 60
    assert max(minutes.values()) <= 12
    there.faults.clear()
    outage = len(there.requests)
    pass_until(began + timedelta(hours=1) + CAP + timedelta(minutes=8), step)
    assert len(there.listings) == many
    assert len(there.requests) - outage == many
    assert max(minutes.values()) <= rate


def wish_all(services: Services, marketplace_id: str) -> None:
    """Want every endpoint listed, as a sync does."""
    with services.store.write():
        for endpoint in services.store.endpoints.all():
            fresh = Publication(endpoint.id, endpoint.id, marketplace_id, "absent", 0, "not_published")
            services.store.publications.add(life.want(fresh, "listed", services.clock(), by_person=False))


def test_no_process_has_more_calls_under_way_than_the_cap(
    slow_space: Services, catalogues: Start, tmp_path: Path, clock: Clock
) -> None:
    there = catalogues(latency=0.3)
    hub = add_marketplace(slow_space, "Hub", there.url)
    for number in range(12):
        add_endpoint(slow_space, slug=f"endpoint-{number}")
    wish_all(slow_space, hub.id)
    with opened(tmp_path / "paced", clock, PUBLICIST_MARKETPLACE_CONCURRENCY="4") as second:
        assert slow_space.worker.run_due() + second.worker.run_due() == 4
        assert second.worker.wait_idle(10)
        assert slow_space.worker.wait_idle(10)


def test_a_marketplace_with_much_to_do_leaves_the_pool_to_the_others(
    tmp_path: Path, catalogues: Start, clock: Clock
) -> None:
    with opened(tmp_path / "space", clock, PUBLICIST_CALL_CONCURRENCY="4") as services:
        slow, quick = catalogues(latency=0.5), catalogues()
        busy = add_marketplace(services, "Busy", slow.url)
        add_marketplace(services, "Quick", quick.url)
        for number in range(10):
            add_endpoint(services, slug=f"endpoint-{number}")
        wish_all(services, busy.id)
        assert services.worker.run_due() == 2
        quick_id = services.marketplaces.get("Quick").id
        assert publish(services, "endpoint-0", marketplace_ids=[quick_id])["Quick"].success
        assert services.worker.wait_idle(10)


def test_a_success_writes_no_breaker(services: Services, hub: Counterpart) -> None:
    publish(services)
    before = pacing(services)
    fail(services, None, times=3)
    assert pacing(services) == before
