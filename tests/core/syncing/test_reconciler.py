"""Reconciling for real: what happens behind our back is found, and set right only where that is safe."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import Conflict, InvalidInput
from publicist.core.records import Publication
from publicist.core.schemas import publication_json
from publicist.core.services import Services
from publicist.core.syncing.marking import SEEN_EVERY

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import WAIT, add_endpoint, add_marketplace, opened, publish, rows, unpublish, work

Start = Callable[..., Counterpart]


def writes(counterpart: Counterpart) -> list[str]:
    return [seen.method for seen in counterpart.requests if seen.method != "GET" and "/listings" in seen.path]


def listed(services: Services, catalogues: Start, *slugs: str, **options: Any) -> Counterpart:
    """Return a marketplace on which endpoints of these slugs are published."""
    there = catalogues()
    add_marketplace(services, "Hub", there.url, **options)
    for slug in slugs or ("research-qa",):
        add_endpoint(services, slug=slug)
        publish(services, slug)
    there.requests.clear()
    return there


def work_all(services: Services) -> None:
    """Work what is due, orphans too: their endpoints are in no list."""
    services.worker.run_due()
    assert services.worker.wait_idle(WAIT)


def held(services: Services, slug: str = "research-qa") -> Publication:
    row = rows(services, slug)["Hub"]
    assert row is not None
    return row


def us(services: Services) -> str:
    return services.spaces.current().installation_id


def shown(services: Services, slug: str = "research-qa") -> dict[str, Any]:
    return publication_json(held(services, slug), services.marketplaces.get("Hub"), services.endpoints.get(slug))


def test_a_marketplace_where_all_is_well_is_only_read(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    before = held(services)
    (done,) = services.reconciler.sync()
    assert done.plan is not None
    assert (done.plan.changes, done.marked) == ((), 0)
    assert [seen.method for seen in there.requests] == ["GET"]
    assert held(services) == before


def test_what_was_changed_there_is_told_field_by_field_and_set_right(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.edit("research-qa", name="Defaced")
    (planned,) = services.reconciler.plan()
    assert planned.plan is not None
    assert [(item.field, item.found) for item in planned.plan.changes[0].drift] == [("name", "Defaced")]
    assert writes(there) == []
    assert held(services).due_at is None
    services.reconciler.sync()
    assert held(services).drift == {"name": {"wanted": "Research Q&A", "found": "Defaced"}}
    assert writes(there) == []
    work(services)
    assert there.listings["research-qa"]["name"] == "Research Q&A"
    assert held(services).drift == {}
    assert shown(services)["sync"] == "in_sync"


def test_create_only_shows_the_drift_and_leaves_it(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues, sync_policy="create_only")
    there.edit("research-qa", name="Defaced")
    services.reconciler.sync()
    work(services)
    assert (shown(services)["sync"], shown(services)["due_at"]) == ("drifted", None)
    assert shown(services)["drift"]["name"] == {"wanted": "Research Q&A", "found": "Defaced"}
    assert writes(there) == []
    there.edit("research-qa", name="Research Q&A")
    services.reconciler.sync()
    assert shown(services)["sync"] == "in_sync"


def test_a_listing_that_was_switched_off_is_shown_as_such(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.edit("research-qa", active=False)
    services.reconciler.sync()
    assert held(services).active is False


def test_listings_that_were_really_deleted_are_restored(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues, "papers", "charts", "maps")
    for slug in ("papers", "charts", "maps"):
        there.remove(slug)
    services.reconciler.sync()
    assert services.marketplaces.get("Hub").status == "active"
    work(services)
    assert sorted(there.listings) == ["charts", "maps", "papers"]
    assert writes(there) == ["POST"] * 3


EMPTY: dict[str, Any] = {"items": [], "total": 0, "page": 1, "per_page": 100, "revision": "9"}


@pytest.mark.parametrize("shown_count", [0, 1])
def test_a_list_that_hides_listings_stops_everything_and_shows_an_error(
    services: Services, catalogues: Start, shown_count: int
) -> None:
    there = listed(services, catalogues, "papers", "charts")
    items = [{**there.listings["papers"], "name": "Drifted"}][:shown_count]
    there.faults.add(
        "wrong_shape", method="GET", path="/listings", times=1, body={**EMPTY, "items": items, "total": len(items)}
    )
    services.reconciler.sync()
    work(services)
    hub = services.marketplaces.get("Hub")
    assert (hub.status, hub.status_cause) == ("error", "marketplace_unavailable")
    assert "list and look-up disagree" in str(hub.status_reason)
    assert [held(services, slug).due_at for slug in ("papers", "charts")] == [None, None]
    assert writes(there) == []


def test_a_lying_list_stays_an_error_until_a_whole_reading_agrees(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.faults.add("wrong_shape", method="GET", path="/listings", times=1, body=EMPTY)
    services.reconciler.sync()
    publish(services)
    assert services.marketplaces.get("Hub").status == "error"
    there.faults.clear()
    services.reconciler.sync()
    assert services.marketplaces.get("Hub").status == "active"


@pytest.mark.parametrize("fault", ["half", "html", "empty", "drop"])
def test_a_failed_reading_changes_nothing(services: Services, catalogues: Start, fault: str) -> None:
    there = listed(services, catalogues)
    there.edit("research-qa", name="Defaced")
    before = held(services)
    there.faults.add(fault, method="GET", path="/listings")
    (done,) = services.reconciler.sync()
    assert done.error is not None
    assert held(services) == before
    assert services.marketplaces.get("Hub").status == "error"


def test_an_edit_while_the_marketplace_is_read_is_not_overruled(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.edit("research-qa", name="Defaced")

    def edit(_: Any) -> None:
        unpublish(services, wait=0)

    there.faults.add("meanwhile", method="GET", path="/listings", times=1, action=edit)
    services.reconciler.sync()
    assert (held(services).wanted, held(services).drift) == ("absent", {})
    work(services)
    assert there.listings == {}


def test_listings_of_others_are_never_touched(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.insert("theirs", account="", installation_id="another-space")
    there.insert("by-hand", account="")
    services.marketplaces.edit("Hub", {"sync_policy": "full"}, test=False)
    services.reconciler.sync()
    work(services)
    assert sorted(there.listings) == ["by-hand", "research-qa", "theirs"]
    assert writes(there) == []
    assert [item.slug for item in services.adoption.unowned("Hub")] == ["by-hand", "theirs"]


def test_an_orphan_of_ours_is_withdrawn_and_leaves_no_trace(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.insert("lost", account="", installation_id=us(services))
    services.reconciler.sync()
    assert "lost" in there.listings
    services.worker.run_due()
    assert services.worker.wait_idle(20)
    assert list(there.listings) == ["research-qa"]
    with services.store.session():
        assert [item.slug for item in services.store.endpoints.every()] == ["research-qa"]


def test_a_listing_that_a_create_is_just_making_is_no_orphan(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_marketplace(services, "Hub", there.url)
    add_endpoint(services)
    there.faults.add("drop", method="POST", path="/listings", times=1, written=True)
    publish(services)
    assert held(services).outcome_unknown
    services.reconciler.sync()
    assert list(there.listings) == ["research-qa"]
    with services.store.session():
        assert len(services.store.endpoints.every()) == 1


def test_more_withdrawals_than_the_cap_wait_for_a_person_who_confirms_that_very_plan(
    services: Services, catalogues: Start
) -> None:
    there = listed(services, catalogues)
    for number in range(5):
        there.insert(f"lost-{number}", account="", installation_id=us(services))
    (waiting,) = services.reconciler.sync()
    assert waiting.waits
    assert waiting.plan is not None
    hub = services.marketplaces.get("Hub")
    with services.store.session():
        kept = services.store.plans.waiting(hub.id)
        assert services.store.endpoints.every()[0].slug == "research-qa"
    assert kept is not None
    assert kept[0] == waiting.plan.id
    there.insert("lost-6", account="", installation_id=us(services))
    with pytest.raises(Conflict, match="stale"):
        services.reconciler.sync("Hub", plan_id=waiting.plan.id, confirm=True)
    assert len(there.listings) == 7
    (fresh,) = services.reconciler.plan("Hub")
    assert fresh.plan is not None
    services.reconciler.sync("Hub", plan_id=fresh.plan.id, confirm=True)
    for _ in range(6):
        services.worker.run_due()
        assert services.worker.wait_idle(20)
    assert list(there.listings) == ["research-qa"]
    with services.store.session():
        assert services.store.plans.waiting(hub.id) is None


def test_what_the_cap_holds_back_holds_up_nothing_else(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.edit("research-qa", name="Defaced")
    for number in range(5):
        there.insert(f"lost-{number}", account="", installation_id=us(services))
    services.reconciler.sync()
    work(services)
    assert there.listings["research-qa"]["name"] == "Research Q&A"
    assert len(there.listings) == 6


@pytest.mark.parametrize("asked", [{"plan_id": "x"}, {"confirm": True}])
def test_a_plan_needs_its_marketplace_and_a_confirmation_its_plan(services: Services, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        services.reconciler.sync(**asked)


def test_a_round_reads_each_marketplace_once_an_interval_and_makes_up_for_missed_turns_once(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    there = listed(services, catalogues)
    assert services.reconciler.round() == 1
    assert services.reconciler.round() == 0
    clock.move(seconds=300)
    assert services.reconciler.round() == 1
    clock.move(hours=5)
    assert services.reconciler.round() == 1
    assert services.reconciler.round() == 0
    services.marketplaces.disable("Hub")
    clock.move(seconds=300)
    assert services.reconciler.round() == 0
    assert writes(there) == []


def test_marketplaces_have_their_turns_at_different_moments(services: Services, catalogues: Start) -> None:
    places = [add_marketplace(services, f"Hub {n}", "http://127.0.0.1:9") for n in range(5)]
    turns = {services.reconciler._turn(item, services.clock()) for item in places}
    assert len(turns) == 5


def test_a_listing_that_is_seen_again_is_noted_once_an_hour(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    listed(services, catalogues)
    before = held(services)
    clock.move(seconds=SEEN_EVERY.total_seconds() - 1)
    services.reconciler.sync()
    assert held(services) == before
    clock.move(seconds=1)
    services.reconciler.sync()
    assert held(services) == replace(before, verified_at=clock.now)


def test_one_marketplace_that_fails_stops_no_other(services: Services, catalogues: Start) -> None:
    add_marketplace(services, "Dead", "http://127.0.0.1:9")
    there = listed(services, catalogues, sync_policy="full")
    there.edit("research-qa", name="Defaced")
    dead, alive = services.reconciler.sync()
    assert dead.error is not None
    assert alive.marked == 1


def test_a_withdrawal_that_was_given_up_is_tried_again_only_under_full(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.faults.add("problem", method="DELETE", path="/listings", status=422, times=1)
    unpublish(services)
    assert held(services).gave_up
    services.reconciler.sync()
    assert held(services).gave_up
    services.marketplaces.edit("Hub", {"sync_policy": "full"}, test=False)
    services.reconciler.sync()
    work(services)
    assert there.listings == {}


def test_a_copied_space_withdraws_what_it_does_not_know_only_when_a_person_confirms(
    tmp_path: Path, clock: Clock, catalogues: Start
) -> None:
    """The original lists another endpoint after the copy was made; to the copy that listing is an orphan."""
    there = catalogues()
    with opened(tmp_path / "original", clock) as original:
        listed(original, lambda: there, "first")
        original.heartbeat.beat()
        shutil.copytree(tmp_path / "original", tmp_path / "copy")
        add_endpoint(original, slug="second")
        publish(original, "second")
    with opened(tmp_path / "copy", clock) as copy:
        copy.heartbeat.beat()
        [found] = copy.reconciler.sync("Hub")
        assert found.waits
        work_all(copy)
        assert set(there.listings) == {"first", "second"}
        assert found.plan is not None
        [agreed] = copy.reconciler.sync("Hub", plan_id=found.plan.id, confirm=True)
        assert not agreed.waits
        work_all(copy)
        assert set(there.listings) == {"first"}


def test_a_marketplace_behind_an_open_breaker_is_not_read_either(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    there = listed(services, catalogues, "first")
    services.reconciler.round()
    there.faults.add("problem", status=429, headers={"Retry-After": "600"})
    services.endpoints.edit("first", {"name": "Another"})
    work(services)
    clock.move(seconds=400)
    seen = len(there.requests)
    assert services.reconciler.round() == 0
    assert len(there.requests) == seen
    there.faults.clear()
    clock.move(seconds=600)
    assert services.reconciler.round() == 1


def test_of_two_runners_one_takes_the_first_turn(services: Services) -> None:
    hub = add_marketplace(services, "Hub", "http://127.0.0.1:9")
    with services.store.session():
        assert services.store.plans.take_turn(hub.id, None, services.clock())
        assert not services.store.plans.take_turn(hub.id, None, services.clock())


def test_a_listing_with_a_character_that_nobody_can_keep_stops_no_other(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues, "one-slug", "two-slug")
    there.edit("one-slug", name="De\0faced")
    there.edit("two-slug", name="Defaced")
    (done,) = services.reconciler.sync()
    assert done.error is None
    assert held(services, "one-slug").drift["name"]["found"] == "De\ufffdfaced"
    work(services)
    assert {row["name"] for row in there.listings.values()} == {"Research Q&A"}
