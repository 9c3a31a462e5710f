from typing import Any

import pytest
from publicist.core.errors import (
    ListingGone,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
    SlugConflict,
)
from publicist.core.records import RemoteListing
from publicist.plugins import custom

from .conftest import INSTALLATION, KEY, Connection
from .counterpart import Counterpart


def create(hub: Connection, key: str = "work-1", **changes: Any) -> RemoteListing:
    return custom.create_listing(hub.marketplace, hub.payload(**changes), hub.call(key))


def update(hub: Connection, remote_id: str, **changes: Any) -> RemoteListing:
    return custom.update_listing(hub.marketplace, hub.payload(**changes), remote_id, hub.call("work-2"))


def withdraw(hub: Connection, remote_id: str) -> None:
    custom.withdraw_listing(hub.marketplace, remote_id, hub.call("work-3"))


def test_a_created_listing_shows_what_was_sent_and_is_the_one_read_back(
    hub: Connection, counterpart: Counterpart
) -> None:
    made = create(hub)
    payload = hub.payload()
    assert (made.slug, made.fields) == (payload.slug, payload.fields)
    assert (made.active, made.installation_id) == (True, INSTALLATION)
    assert made.url == "https://catalogue.example/l/research-qa"
    assert custom.find_listing(hub.marketplace, "research-qa", hub.call()) == made
    assert custom.fetch_listings(hub.marketplace, hub.call()) == [made]


def test_a_key_used_for_another_body_is_refused(hub: Connection, counterpart: Counterpart) -> None:
    create(hub)
    with pytest.raises(RejectedError, match="key was used") as caught:
        create(hub, name="Another")
    assert not isinstance(caught.value, SlugConflict)


def test_a_call_without_a_key_sends_none(hub: Connection, counterpart: Counterpart) -> None:
    create(hub, key="")
    assert "Idempotency-Key" not in counterpart.requests[-1].headers


def test_another_conflict_is_not_one_about_the_slug(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("problem", status=409, code="closed", detail="Closed for the night.")
    with pytest.raises(RejectedError, match="Closed for the night") as caught:
        create(hub)
    assert type(caught.value) is RejectedError


def test_a_first_attempt_still_under_way_is_an_unknown_outcome(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("problem", status=409, code="in_progress")
    with pytest.raises(OutcomeUnknown):
        create(hub)


def test_what_the_catalogue_does_not_take_is_told_field_by_field(hub: Connection, counterpart: Counterpart) -> None:
    with pytest.raises(RejectedError) as caught:
        create(hub, name="n" * 101, summary="s" * 501)
    assert caught.value.errors == {"name": ["At most 100 characters."], "summary": ["At most 500 characters."]}
    assert counterpart.listings == {}


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        (None, {}),
        (["name"], {}),
        ({"name": "Too long."}, {"name": ["Too long."]}),
        ({"name": [1, "Too <b>long</b>."]}, {"name": ["Too long ."]}),
        ({"name": []}, {"name": ["Not accepted."]}),
        ({"name": None}, {"name": ["Not accepted."]}),
    ],
)
def test_errors_of_another_shape_are_told_as_far_as_they_go(
    hub: Connection, counterpart: Counterpart, errors: Any, told: dict[str, list[str]]
) -> None:
    counterpart.faults.add("problem", status=422, code="invalid", errors=errors)
    with pytest.raises(RejectedError) as caught:
        create(hub)
    assert caught.value.errors == told


def test_a_key_that_the_catalogue_repeats_is_not_shown(hub: Connection, counterpart: Counterpart) -> None:
    said = {f"headers.{KEY}": [f"Not {KEY}!"]}
    counterpart.faults.add("problem", status=422, detail=f"You sent Bearer {KEY}.", errors=said)
    with pytest.raises(RejectedError) as caught:
        create(hub)
    assert KEY not in f"{caught.value.message} {caught.value.errors}"
    assert "***" in caught.value.message


@pytest.mark.parametrize("status", [400, 402, 405, 409, 413, 422, 451])
def test_any_other_refusal_waits_for_a_person(hub: Connection, counterpart: Counterpart, status: int) -> None:
    counterpart.faults.add("problem", status=status, detail="No, thank you.")
    with pytest.raises(RejectedError, match=f"answered {status}: No, thank you"):
        create(hub)


@pytest.mark.parametrize("status", [404, 408])
def test_a_request_that_did_not_reach_the_catalogue_is_tried_again(
    hub: Connection, counterpart: Counterpart, status: int
) -> None:
    counterpart.faults.add("problem", status=status)
    with pytest.raises(MarketplaceUnavailable):
        create(hub)


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "listing-1"},
        {"slug": "research-qa"},
        {"id": 1, "slug": "research-qa"},
        {"id": "listing-1", "slug": "another"},
        {"items": [], "total": 0, "revision": "1"},
        [{"id": "listing-1", "slug": "research-qa"}],
        None,
    ],
)
def test_an_answer_of_another_shape_to_a_write_leaves_its_outcome_unknown(
    hub: Connection, counterpart: Counterpart, answer: object
) -> None:
    counterpart.insert("research-qa", account="ada")
    counterpart.faults.add("wrong_shape", body=answer)
    for write in (lambda: create(hub), lambda: update(hub, "listing-1")):
        with pytest.raises(OutcomeUnknown) as caught:
            write()
        assert caught.value.cause_code == "marketplace_unavailable"


def test_an_update_makes_the_listing_show_the_payload(hub: Connection, counterpart: Counterpart) -> None:
    made = create(hub)
    changed = update(hub, made.remote_id, name="Answers", tags=(), policies=())
    assert (changed.remote_id, changed.fields["name"]) == (made.remote_id, "Answers")
    assert (counterpart.listings["research-qa"]["name"], counterpart.listings["research-qa"]["tags"]) == (
        "Answers",
        [],
    )
    assert update(hub, made.remote_id, name="Answers", tags=(), policies=()) == changed


def test_an_update_of_a_listing_that_is_not_there_says_so(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.insert("research-qa", account="grace")
    for remote_id in ("listing-1", "listing-9"):
        with pytest.raises(ListingGone, match=f"no listing {remote_id}"):
            update(hub, remote_id)


def test_an_update_that_did_not_reach_the_catalogue_does_not_mean_that_the_listing_is_gone(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.faults.add("problem", status=404, code="")
    with pytest.raises(MarketplaceUnavailable):
        update(hub, "listing-1")


def test_an_answer_about_another_listing_leaves_the_outcome_unknown(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", body={"id": "listing-2", "slug": "research-qa"})
    with pytest.raises(OutcomeUnknown):
        update(hub, "listing-1")


def test_the_slug_of_a_listing_never_changes(hub: Connection, counterpart: Counterpart) -> None:
    made = create(hub)
    with pytest.raises(RejectedError) as caught:
        update(hub, made.remote_id, slug="another")
    assert caught.value.errors == {"slug": ["The slug of a listing never changes."]}


def test_a_withdrawal_that_did_not_reach_the_catalogue_is_no_success(hub: Connection, counterpart: Counterpart) -> None:
    made = create(hub)
    counterpart.faults.add("problem", status=404, code="", times=1)
    with pytest.raises(MarketplaceUnavailable):
        withdraw(hub, made.remote_id)
    assert counterpart.listings


def test_an_id_stays_in_its_place_in_the_path(hub: Connection, counterpart: Counterpart) -> None:
    withdraw(hub, "a?b#c")
    assert counterpart.requests[-1].path == "/listings/a?b#c"
    assert counterpart.requests[-1].query == {}
