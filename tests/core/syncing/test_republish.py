"""Republishing: the row's life as tables and an invariant, and for real, also when the process is killed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import MarketplaceUnavailable, OutcomeUnknown, SlugConflict
from publicist.core.publishing import publication as life
from publicist.core.publishing.publication import SETTLE
from publicist.core.records import Publication, RemoteListing
from publicist.core.schemas import load_patch, publication_json
from publicist.core.schemas.publish import Targets
from publicist.core.services import Services

from ...clock import START, Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, unpublish, work

Start = Callable[..., Counterpart]
LEASE = timedelta(seconds=60)
OLD = RemoteListing("r1", "old", {}, "http://hub/r1", True)
NEW = RemoteListing("r2", "new", {}, "http://hub/r2", True)
LISTED = replace(
    Publication("p1", "e1", "m1", "listed", 1, "published"),
    remote_id="r1",
    remote_slug="old",
    confirmed_digest="d1",
    listed_as={"slug": "old"},
    published_at=START,
)


def took(row: Publication, operation: Any, outcome: life.Outcome, digest: str = "d2") -> Publication:
    """Check that ``operation`` is the next step, and take it."""
    assert life.next_step(row, digest) == operation
    held = life.claim(row, operation, digest, "w", START, LEASE)
    return life.settle(held, held, outcome, START, 0.5)


def there(remote: RemoteListing) -> life.Listed:
    return life.Listed(remote, "d2", {"slug": remote.slug})


def test_with_a_new_slug_the_new_listing_stands_before_the_old_one_goes() -> None:
    row = life.republish(LISTED, START, new_slug=True)
    assert (row.status, row.retiring_remote_id, row.remote_id) == ("published", "r1", None)
    row = took(row, "create", there(NEW))
    assert (row.remote_id, row.retiring_remote_id, row.due_at) == ("r2", "r1", START)
    assert life.to_withdraw(row) == ("r1", "old")
    row = took(row, "withdraw", life.Absent())
    assert (row.remote_id, row.retiring_remote_id, row.due_at) == ("r2", None, None)
    assert row.message == "Successfully republished endpoint"
    assert life.next_step(row, "d2") is None


def test_with_the_same_slug_it_is_withdrawn_and_then_created() -> None:
    row = life.republish(LISTED, START, new_slug=False)
    row = took(row, "withdraw", life.Absent())
    assert (row.remote_id, row.republish, row.due_at) == (None, False, START)
    row = took(row, "create", there(replace(OLD, remote_id="r3")))
    assert (row.remote_id, row.status, row.due_at) == ("r3", "published", None)


@pytest.mark.parametrize("error", [SlugConflict("taken")])
def test_a_new_listing_that_is_refused_leaves_the_old_one_as_it_was(error: SlugConflict) -> None:
    row = took(life.republish(LISTED, START, new_slug=True), "create", life.Failed(error))
    assert (row.remote_id, row.remote_slug, row.retiring_remote_id) == ("r1", "old", None)
    assert (row.status, row.gave_up, row.listed_as) == ("published", True, {"slug": "old"})


def test_an_unknown_create_is_looked_up_and_the_old_listing_is_still_withdrawn() -> None:
    row = life.republish(LISTED, START, new_slug=True)
    row = took(row, "create", life.Failed(OutcomeUnknown("lost")))
    row = took(row, "look", there(NEW))
    row = took(row, "withdraw", life.Failed(MarketplaceUnavailable("down")))
    row = took(row, "withdraw", life.Absent())
    assert (row.remote_id, row.retiring_remote_id, row.due_at) == ("r2", None, None)


def test_a_look_that_finds_the_old_listing_itself_retires_nothing() -> None:
    row = took(life.republish(LISTED, START, new_slug=True), "create", there(OLD))
    assert (row.remote_id, row.retiring_remote_id) == ("r1", None)


def test_an_unpublish_on_the_way_withdraws_both_listings() -> None:
    row = took(life.republish(LISTED, START, new_slug=True), "create", there(NEW))
    row = life.want(row, "absent", START, by_person=True)
    row = took(row, "withdraw", life.Absent())
    assert life.to_withdraw(row) == ("r2", "new")
    row = took(row, "withdraw", life.Absent())
    assert (row.status, row.due_at) == ("not_published", None)


EVENTS = st.sampled_from(
    ["republish", "rename", "listed", "absent", "work", "work", "work", "lost", "lost-kept", "crash"]
)


class Stage:
    """A row, and a marketplace that may carry out a write and lose the answer, or not carry it out at all."""

    def __init__(self) -> None:
        self.place = {"r1": "old"}
        self.row, self.now, self.slug, self.made = LISTED, START, "old", 0

    def happen(self, event: str) -> None:
        self.now += timedelta(minutes=2)
        if event in ("listed", "absent"):
            self.row = life.want(self.row, event, self.now, by_person=True)  # type: ignore[arg-type]
        elif event == "rename":
            self.slug = "new" if self.slug == "old" else "old"
        elif event == "republish":
            self.republish()
        elif self.row.due_at is not None:
            self.attempt(event)

    def republish(self) -> None:
        row = self.row
        if row.remote_id and row.wanted == "listed" and not row.retiring_remote_id and not row.outcome_unknown:
            self.row = life.republish(row, self.now, new_slug=self.slug != row.remote_slug)

    def attempt(self, event: str) -> None:
        wanted = self.row.listed_as.get("slug", self.slug) if self.row.remote_id else self.slug
        step = life.next_step(self.row, wanted)
        if step is None:
            self.row = replace(self.row, due_at=None, by_person=False)
            return
        row = replace(self.row, remote_slug=self.slug) if step == "create" else self.row
        held = life.claim(row, step, wanted, "w", self.now, LEASE)
        outcome = life.Failed(OutcomeUnknown("lost")) if event == "lost" else self.carry_out(held)
        if event == "lost-kept" and step in life.WRITES:
            outcome = life.Failed(OutcomeUnknown("lost"))
        settled = life.settle(held, held, outcome, self.now, 0.5)
        self.row = life.with_status(life.recovered(held)) if event == "crash" else settled

    def carry_out(self, held: Publication) -> life.Outcome:
        operation = held.intent.operation if held.intent else None
        if operation == "withdraw":
            self.place.pop(life.to_withdraw(held)[0], None)
            return life.Absent()
        if operation == "create" and self.slug not in self.place.values():
            self.made += 1
            self.place[f"n{self.made}"] = self.slug
        name = self.slug if operation == "create" else held.remote_slug or self.slug
        found = next((RemoteListing(key, there, {}) for key, there in self.place.items() if there == name), None)
        return life.Listed(found, name, {"slug": name}) if found else life.Absent()

    def come_to_rest(self) -> None:
        for _ in range(20):
            if self.row.due_at is not None:
                self.happen("work")


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_at_rest_there_is_exactly_the_listing_that_the_row_holds(history: list[str]) -> None:
    stage = Stage()
    for event in history:
        stage.happen(event)
    stage.come_to_rest()
    if stage.row.gave_up:
        stage.happen(stage.row.wanted)
        stage.come_to_rest()
    row = stage.row
    assert row.due_at is None
    assert stage.place == ({str(row.remote_id): str(row.remote_slug)} if row.wanted == "listed" else {})
    assert (row.retiring_remote_id, row.republish, row.outcome_unknown) == (None, False, False)


# For real


def listed(services: Services, catalogues: Start) -> Counterpart:
    there = catalogues()
    add_marketplace(services, "Hub", there.url)
    add_endpoint(services)
    publish(services)
    there.requests.clear()
    return there


def writes(counterpart: Counterpart) -> list[str]:
    return [seen.method for seen in counterpart.requests if seen.method != "GET" and "/listings" in seen.path]


def republish(services: Services, slug: str, **options: Any) -> Any:
    targets = Targets(**{"everywhere": True, "wait": 20.0, "force": True, **options})
    return {one.marketplace.name: one for one in services.republisher.republish(slug, targets)}


def held(services: Services, slug: str) -> Publication:
    row = rows(services, slug)["Hub"]
    assert row is not None
    return row


def test_a_changed_slug_waits_for_a_person_and_is_then_listed_under_its_new_name(
    services: Services, catalogues: Start
) -> None:
    there = listed(services, catalogues)
    endpoint = services.endpoints.edit("research-qa", {"slug": "renamed-qa"})
    work(services)
    shown = publication_json(held(services, "renamed-qa"), services.marketplaces.get("Hub"), endpoint)
    assert (shown["sync"], shown["needs_republish"], shown["changed"]) == ("needs_republish", True, ["slug"])
    there.requests.clear()
    assert republish(services, "renamed-qa")["Hub"].message == "Successfully republished endpoint"
    assert list(there.listings) == ["renamed-qa"]
    assert writes(there) == ["POST", "DELETE"]
    after = publication_json(held(services, "renamed-qa"), services.marketplaces.get("Hub"), endpoint)
    assert (after["sync"], after["status"]) == ("in_sync", "published")


def test_a_new_slug_that_is_taken_there_touches_nothing(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    there.insert("renamed-qa")
    services.endpoints.edit("research-qa", {"slug": "renamed-qa"})
    work(services)
    there.requests.clear()
    result = republish(services, "renamed-qa")["Hub"]
    assert result.error is not None
    assert (result.success, result.error.cause, result.status) == (False, "slug_conflict", "published")
    assert writes(there) == []
    assert sorted(there.listings) == ["renamed-qa", "research-qa"]


def test_a_slug_of_which_the_marketplace_cannot_tell_is_not_risked(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    services.endpoints.edit("research-qa", {"slug": "renamed-qa"})
    work(services)
    there.requests.clear()
    there.faults.add("problem", method="GET", path="/slugs", status=404)
    result = republish(services, "renamed-qa")["Hub"]
    assert result.error is not None
    assert result.error.cause == "not_supported"
    assert writes(there) == []


def test_a_slug_taken_between_question_and_create_leaves_the_old_listing_kept_up(
    services: Services, catalogues: Start
) -> None:
    there = listed(services, catalogues)
    services.endpoints.edit("research-qa", {"slug": "renamed-qa"})
    work(services)
    there.faults.add("meanwhile", method="POST", path="/listings", times=1, action=lambda _: there.insert("renamed-qa"))
    result = republish(services, "renamed-qa")["Hub"]
    assert result.error is not None
    assert result.error.cause == "slug_conflict"
    services.endpoints.edit("renamed-qa", {"name": "Still kept up"})
    work(services)
    assert there.listings["research-qa"]["name"] == "Still kept up"


def test_another_response_type_is_withdrawn_and_created_anew(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    model = {"kind": "http", "name": "m", "settings": {"url": "http://127.0.0.1:9/"}}
    services.endpoints.edit("research-qa", load_patch({"model": model, "response_type": "both"}))
    work(services)
    assert there.listings["research-qa"]["response_type"] == "raw"
    there.requests.clear()
    assert republish(services, "research-qa")["Hub"].success
    assert (there.listings["research-qa"]["response_type"], writes(there)) == ("both", ["DELETE", "POST"])


def test_where_nothing_needs_it_nothing_is_done(services: Services, catalogues: Start) -> None:
    there = listed(services, catalogues)
    hub = services.marketplaces.get("Hub")
    assert republish(services, "research-qa") == {}
    named = {"everywhere": False, "marketplace_ids": (hub.id,)}
    assert republish(services, "research-qa", **named)["Hub"].success
    unpublish(services)
    there.requests.clear()
    assert not republish(services, "research-qa", **named)["Hub"].success
    assert writes(there) == []


STEPS = ["before:_claim", "after:_claim", "before:_perform", "after:_perform", "before:_record", "after:_record"]


@pytest.mark.parametrize("renamed", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_a_republish_that_was_killed_ends_with_exactly_the_new_listing(
    tmp_path: Path, catalogues: Start, die: Callable[[Path, str, str], None], step: str, renamed: bool
) -> None:
    there, clock = catalogues(), Clock()
    slug = "renamed-qa" if renamed else "research-qa"
    with opened(tmp_path, clock) as services:
        add_marketplace(services, "Hub", there.url)
        add_endpoint(services)
        publish(services)
        dataset = replace(services.endpoints.get("research-qa").dataset, name="other papers")  # type: ignore[type-var]
        services.endpoints.edit("research-qa", {"slug": slug} if renamed else {"dataset": dataset})
        work(services)
        old = str(held(services, slug).remote_id)
    die(tmp_path, f"republish:{slug}", step)
    clock.now = datetime.now(UTC)
    with opened(tmp_path, clock) as services:
        services.worker.recover()
        for _ in range(6):
            work(services)
            clock.move(seconds=SETTLE.total_seconds())
        row = held(services, slug)
        assert (row.status, row.outcome_unknown, row.due_at, row.republish) == ("published", False, None, False)
        assert row.retiring_remote_id is None
        assert {key: listing["id"] for key, listing in there.listings.items()} == {slug: row.remote_id}
        assert row.remote_id != old
