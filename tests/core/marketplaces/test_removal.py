"""Removing a marketplace together with what is listed there."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.errors import Conflict, NotFound
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import WAIT, add_endpoint, add_marketplace, publish, work

Start = Callable[..., Counterpart]
SLUGS = ("charts", "maps", "papers")


@pytest.fixture
def hub(services: Services, catalogues: Start) -> Counterpart:
    there = catalogues()
    add_marketplace(services, "Hub", there.url)
    for slug in SLUGS:
        add_endpoint(services, slug=slug)
        publish(services, slug)
    assert sorted(there.listings) == list(SLUGS)
    return there


def test_everything_is_withdrawn_before_the_marketplace_is_forgotten(services: Services, hub: Counterpart) -> None:
    assert services.removal.unpublish("Hub", WAIT) == []
    assert hub.listings == {}
    with pytest.raises(NotFound):
        services.marketplaces.get("Hub")
    assert services.endpoints.get("maps").published


def test_a_removal_that_was_only_begun_is_finished_by_any_worker(services: Services, hub: Counterpart) -> None:
    hub.faults.add("problem", status=503, method="DELETE", times=1, path="/listings")
    left = services.removal.unpublish("Hub", WAIT)
    assert [len(left), len(hub.listings)] == [1, 1]
    assert services.marketplaces.get("Hub").removing
    services.clock.move(minutes=5)  # type: ignore[attr-defined]
    work(services)
    assert hub.listings == {}
    assert services.marketplaces.all() == []


def test_nothing_new_is_published_to_a_marketplace_that_is_being_removed(services: Services, hub: Counterpart) -> None:
    hub.faults.add("problem", status=503, method="DELETE", path="/listings")
    services.removal.unpublish("Hub", 0)
    services.worker.wait_idle(WAIT)
    add_endpoint(services, slug="another")
    assert publish(services, "another") == {}
    named = publish(services, "another", marketplace_ids=[services.marketplaces.get("Hub").id])["Hub"]
    assert (named.success, named.error is not None and named.error.cause) == (False, "conflict")


def test_a_withdrawal_that_was_given_up_is_tried_again_when_asked_again(services: Services, hub: Counterpart) -> None:
    hub.faults.add("problem", status=400, method="DELETE", path="/listings")
    left = services.removal.unpublish("Hub", WAIT)
    assert [one.slug for one in left] == list(SLUGS)
    assert all(one.row.gave_up and one.row.error for one in left)
    hub.faults.clear()
    assert services.removal.unpublish("Hub", WAIT) == []
    assert hub.listings == {}


def test_a_marketplace_without_listings_goes_at_once(services: Services, catalogues: Start) -> None:
    add_marketplace(services, "Empty", catalogues().url)
    assert services.removal.unpublish("Empty", 0) == []
    assert services.marketplaces.all() == []


def test_a_disabled_marketplace_is_not_unpublished_from(services: Services, hub: Counterpart) -> None:
    services.marketplaces.disable("Hub")
    with pytest.raises(Conflict, match="disabled"):
        services.removal.unpublish("Hub", 0)
    assert not services.marketplaces.get("Hub").removing


def test_orphans_are_left_and_named(services: Services, hub: Counterpart) -> None:
    left = services.removal.orphan("Hub", WAIT)
    assert [(one.endpoint_slug, one.slug, one.outcome_unknown) for one in left] == [
        (slug, slug, False) for slug in SLUGS
    ]
    assert {one.remote_id for one in left} == {listing["id"] for listing in hub.listings.values()}
    assert all(one.url for one in left)
    assert sorted(hub.listings) == list(SLUGS)
    assert services.marketplaces.all() == []


def test_what_only_may_be_there_is_named_too(services: Services, hub: Counterpart) -> None:
    add_endpoint(services, slug="perhaps")
    hub.faults.add("drop", method="POST", path="/listings", times=1, written=True)
    publish(services, "perhaps")
    unknown = [one.slug for one in services.removal.orphan("Hub", WAIT) if one.outcome_unknown]
    assert unknown == ["perhaps"]


def test_a_call_under_way_is_waited_for_so_that_what_it_makes_is_named(services: Services, hub: Counterpart) -> None:
    add_endpoint(services, slug="under-way")
    arrived, go_on = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        arrived.set()
        assert go_on.wait(10)

    hub.faults.add("meanwhile", method="POST", path="/listings", times=1, action=hold)
    publish(services, "under-way", wait=0)
    assert arrived.wait(10)
    with pytest.raises(Conflict, match="under way"):
        services.removal.orphan("Hub", 0)
    go_on.set()
    left = services.removal.orphan("Hub", WAIT)
    named = {one.slug: one.remote_id for one in left}
    assert named["under-way"] == hub.listings["under-way"]["id"]


def test_a_deleted_endpoint_goes_with_the_marketplace_that_still_held_it(
    services: Services, hub: Counterpart, clock: Clock
) -> None:
    hub.faults.add("problem", status=503, method="DELETE", path="/listings")
    assert not services.publisher.delete("maps", unpublish=True, wait=WAIT)
    assert "maps" in [one.slug for one in services.removal.orphan("Hub", WAIT)]
    add_endpoint(services, slug="maps")
