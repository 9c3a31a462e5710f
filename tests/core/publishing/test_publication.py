"""The life of a publication, as tables and as an invariant over random lives."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import (
    AuthenticationFailed,
    ListingGone,
    MarketplaceUnavailable,
    OutcomeUnknown,
    PluginFault,
    RateLimited,
    SlugConflict,
)
from publicist.core.hosting.guard import Unfinished
from publicist.core.publishing import publication as life
from publicist.core.publishing.backoff import MAX_ATTEMPTS
from publicist.core.records import Publication, RemoteListing

from ...clock import START

LEASE = timedelta(seconds=60)
NEW = Publication("p1", "e1", "m1", "absent", 0, "not_published")
THERE = RemoteListing("r1", "research-qa", {}, "http://hub/r1", True)


def listed(digest: str | None = "d1") -> life.Listed:
    return life.Listed(THERE, digest, {"slug": "research-qa"})


def wished(row: Publication = NEW, wanted: Any = "listed") -> Publication:
    return life.want(row, wanted, START, by_person=True)


def claimed(row: Publication, operation: Any = "create", digest: str = "d1") -> Publication:
    return life.claim(row, operation, digest, "worker-1", START, LEASE)


def after(row: Publication, operation: Any, outcome: life.Outcome, **changed: Any) -> Publication:
    """Claim, let ``changed`` happen to the row meanwhile, and settle."""
    held = claimed(row, operation)
    return life.settle(replace(held, **changed), held, outcome, START, 0.5)


PUBLISHED = after(wished(), "create", listed())


@pytest.mark.parametrize(
    ("row", "digest", "step"),
    [
        (NEW, "d1", None),
        (wished(), "d1", "create"),
        (PUBLISHED, "d1", None),
        (PUBLISHED, "d2", "update"),
        (replace(PUBLISHED, confirmed_digest=None), "d1", "update"),
        (wished(PUBLISHED), "d1", "look"),
        (wished(PUBLISHED, "absent"), "d1", "withdraw"),
        (replace(wished(), outcome_unknown=True), "d1", "look"),
        (replace(wished(PUBLISHED, "absent"), outcome_unknown=True), "d1", "look"),
    ],
)
def test_the_next_step_closes_the_gap_between_wanted_and_confirmed(
    row: Publication, digest: str, step: str | None
) -> None:
    assert life.next_step(row, digest) == step


@pytest.mark.parametrize(
    ("row", "operation", "outcome", "status", "due"),
    [
        (wished(), "create", listed(), "published", None),
        (wished(), "create", life.Failed(SlugConflict("taken")), "failed", None),
        (wished(), "create", life.Failed(AuthenticationFailed("no")), "failed", None),
        (wished(), "create", life.Failed(MarketplaceUnavailable("down")), "pending", 2.5),
        (wished(), "create", life.Failed(RateLimited("slow", retry_after=100)), "pending", 102.5),
        (wished(), "create", life.Failed(OutcomeUnknown("lost")), "pending", 2.5),
        (wished(), "create", life.Failed(PluginFault("broken")), "pending", 2.5),
        (PUBLISHED, "update", listed("d2"), "published", None),
        (PUBLISHED, "update", life.Failed(ListingGone("gone")), "pending", 0),
        (PUBLISHED, "update", life.Failed(SlugConflict("x")), "published", None),
        (wished(PUBLISHED, "absent"), "withdraw", life.Absent(), "not_published", None),
        (wished(PUBLISHED, "absent"), "withdraw", life.Failed(MarketplaceUnavailable("down")), "pending", 2.5),
        (wished(PUBLISHED, "absent"), "withdraw", life.Failed(AuthenticationFailed("no")), "failed", None),
        (wished(PUBLISHED, "absent"), "look", listed(), "pending", 0),
        (wished(PUBLISHED), "look", listed(None), "published", 0),
        (wished(PUBLISHED), "look", life.Absent(), "pending", 0),
    ],
)
def test_an_outcome_decides_the_status_and_when_to_try_again(
    row: Publication, operation: Any, outcome: life.Outcome, status: str, due: float | None
) -> None:
    settled = after(row, operation, outcome)
    assert (settled.status, settled.lease, settled.intent) == (status, None, None)
    assert settled.due_at == (None if due is None else START + timedelta(seconds=due))


def test_a_failed_update_leaves_the_listing_published_and_says_why() -> None:
    settled = after(PUBLISHED, "update", life.Failed(SlugConflict("x")))
    assert settled.gave_up
    assert settled.remote_id == "r1"
    assert settled.error is not None
    assert settled.error.cause == "slug_conflict"


def test_a_call_that_another_one_ended_is_no_attempt_and_its_write_is_looked_up() -> None:
    settled = after(wished(), "create", life.Failed(Unfinished("another call hung")))
    assert (settled.attempts, settled.outcome_unknown, settled.status) == (0, True, "pending")


def test_after_the_last_attempt_a_publication_waits_for_a_person() -> None:
    row = replace(wished(), attempts=MAX_ATTEMPTS - 1)
    settled = after(row, "create", life.Failed(MarketplaceUnavailable("down")))
    assert (settled.status, settled.due_at) == ("failed", None)
    assert life.want(settled, "listed", START, by_person=True).attempts == 0


def test_an_edit_during_the_call_keeps_its_own_wish_and_takes_only_the_facts() -> None:
    held = claimed(wished())
    edited = life.want(held, "absent", START + timedelta(seconds=1), by_person=False)
    settled = life.settle(edited, held, listed(), START + timedelta(seconds=2), 0.5)
    assert settled.remote_id == "r1"
    assert (settled.wanted, settled.due_at) == ("absent", START + timedelta(seconds=1))
    assert life.next_step(settled, "d1") == "withdraw"


def test_what_was_sent_before_the_last_wish_is_sent_again() -> None:
    """The space's address may have changed meanwhile, which a digest need not show."""
    held = claimed(wished())
    again = life.want(held, "listed", START, by_person=False)
    settled = life.settle(again, held, listed(), START, 0.5)
    assert life.next_step(settled, "d1") == "update"


def test_a_claim_that_was_planned_before_an_outcome_was_recorded_is_no_longer_good() -> None:
    held = claimed(wished())
    settled = life.settle(held, held, listed(), START + LEASE, 0.5)
    planned = life.claim(life.recovered(held), "look", "d1", "worker-2", START + LEASE, LEASE)
    assert planned.fence - 1 != settled.fence


def test_an_unpublish_is_not_overtaken_by_an_earlier_update() -> None:
    held = claimed(PUBLISHED, "update", "d2")
    unwanted = life.want(held, "absent", START, by_person=True)
    settled = life.settle(unwanted, held, listed("d2"), START, 0.5)
    assert life.next_step(settled, "d2") == "withdraw"


@pytest.mark.parametrize(
    ("operation", "unknown"), [("create", True), ("update", True), ("withdraw", True), ("look", False)]
)
def test_a_lease_that_ran_out_with_an_intent_to_write_is_an_unknown_outcome(operation: Any, unknown: bool) -> None:
    recovered = life.recovered(claimed(wished(), operation))
    assert recovered.outcome_unknown is unknown
    assert recovered.lease is None


def test_a_late_writer_does_not_overwrite_but_has_the_marketplace_looked_at_again() -> None:
    first = claimed(wished())
    second = life.claim(life.recovered(first), "look", "d1", "worker-2", START + LEASE, LEASE)
    done = life.settle(second, second, listed(), START + LEASE, 0.5)
    late = life.settle(done, first, life.Failed(SlugConflict("taken")), START + 2 * LEASE, 0.5)
    assert late.status == "published"
    assert late.outcome_unknown
    assert life.next_step(late, "d1") == "look"


def test_a_look_does_not_settle_what_became_unknown_after_it_began() -> None:
    held = claimed(replace(wished(), outcome_unknown=True, unknown_since=START), "look")
    newer = replace(held, unknown_since=START + timedelta(seconds=1))
    assert life.settle(newer, held, listed(), START + timedelta(seconds=2), 0.5).outcome_unknown


def test_an_empty_look_is_believed_only_after_the_write_had_time_to_arrive() -> None:
    unknown = replace(wished(), outcome_unknown=True, unknown_since=START)
    early = after(unknown, "look", life.Absent())
    assert early.outcome_unknown
    assert early.due_at == START + life.SETTLE
    held = life.claim(early, "look", "d1", "worker-1", START + life.SETTLE, LEASE)
    late = life.settle(held, held, life.Absent(), START + life.SETTLE, 0.5)
    assert life.next_step(late, "d1") == "create"
    assert late.due_at == START + life.SETTLE


def test_a_clock_set_back_freezes_no_lease() -> None:
    held = claimed(wished())
    assert not life.lease_free(held, START)
    assert life.lease_free(held, START + LEASE)
    assert life.lease_free(held, START - timedelta(days=1))


OUTCOMES = st.sampled_from(
    [
        listed("d1"),
        listed(None),
        life.Absent(),
        life.Failed(SlugConflict("taken")),
        life.Failed(MarketplaceUnavailable("down")),
        life.Failed(OutcomeUnknown("lost")),
        life.Failed(PluginFault("broken")),
        life.Failed(ListingGone("gone")),
    ]
)


@given(st.lists(st.one_of(st.sampled_from(["listed", "absent", "crash"]), OUTCOMES), max_size=30))
def test_whatever_happens_a_row_at_rest_is_as_wanted_or_says_why(history: list[Any]) -> None:
    row, now = NEW, START
    for event in history:
        now += timedelta(minutes=2)
        if event in ("listed", "absent"):
            row = life.want(row, event, now, by_person=True)
            continue
        step = life.next_step(row, "d1")
        if step is None or row.due_at is None:
            continue
        held = life.claim(row, step, "d1", "w", now, LEASE)
        row = life.with_status(life.recovered(held)) if event == "crash" else life.settle(held, held, event, now, 0.5)
        if event == "crash":
            assert row.due_at is not None
    if row.due_at is None and not row.gave_up:
        assert not row.outcome_unknown
        assert (row.remote_id is not None) == (row.wanted == "listed")
    if row.gave_up:
        assert row.error is not None
    assert row.lease is None
