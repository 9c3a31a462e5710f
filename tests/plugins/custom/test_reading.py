import json
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.plugins import custom

from .conftest import INSTALLATION, KEY, Connection
from .counterpart import Counterpart
from .faults import Seen

LINE = {"id": "listing-1", "slug": "one"}


def fill(counterpart: Counterpart, number: int) -> None:
    for index in range(number):
        counterpart.insert(f"listing-{index:04}", account="ada")


def page(*items: Any, **changes: Any) -> dict[str, Any]:
    return {"items": list(items), "total": len(items), "revision": "1", **changes}


def test_other_people_s_listings_are_not_among_ours(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.insert("theirs", account="grace")
    counterpart.insert("ours", account="ada")
    assert [listing.slug for listing in custom.fetch_listings(hub.marketplace, hub.call())] == ["ours"]


def test_a_listing_comes_back_with_its_maker_its_page_and_whether_it_is_on(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.insert("one", account="ada", name="One", installation_id=INSTALLATION)
    counterpart.edit("one", active=False)
    (found,) = custom.fetch_listings(hub.marketplace, hub.call())
    assert (found.remote_id, found.slug, found.fields["name"]) == ("listing-1", "one", "One")
    assert (found.installation_id, found.active) == (INSTALLATION, False)
    assert found.url == "https://catalogue.example/l/one"


def test_a_hidden_field_is_left_out(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", body=page({**LINE, "name": None, "summary": "", "colour": "green"}))
    (found,) = custom.fetch_listings(hub.marketplace, hub.call())
    assert found.fields == {"summary": ""}
    assert (found.active, found.installation_id, found.url) == (None, None, "")


def shift(counterpart: Counterpart) -> None:
    counterpart.remove("listing-0005")
    counterpart.insert("newcomer", account="ada")


@pytest.mark.parametrize(
    "change",
    [
        lambda counterpart: counterpart.remove("listing-0005"),
        lambda counterpart: counterpart.insert("newcomer", account="ada"),
        shift,
    ],
    ids=["one gone", "one more", "one gone and one more"],
)
def test_a_list_that_changes_while_it_is_read_is_a_failed_read(
    hub: Connection, counterpart: Counterpart, change: Callable[[Counterpart], object]
) -> None:
    fill(counterpart, 150)

    def meanwhile(seen: Seen) -> None:
        if seen.query["page"] == "2":
            change(counterpart)

    counterpart.faults.add("meanwhile", path="/listings", action=meanwhile)
    with pytest.raises(MarketplaceUnavailable, match="the list changed before page 2"):
        custom.fetch_listings(hub.marketplace, hub.call())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (page(LINE, total=2), "page 1 holds 1 listings where 2 belong"),
        (page(LINE, total=0), "page 1 holds 1 listings where 0 belong"),
        (page(total=7), "page 1 holds 0 listings where 7 belong"),
        (page(LINE, LINE), "the same id"),
        (page(LINE, {"id": "listing-2", "slug": "one"}), "the same slug"),
    ],
)
def test_a_list_that_does_not_add_up_is_a_failed_read(
    hub: Connection, counterpart: Counterpart, answer: object, why: str
) -> None:
    counterpart.faults.add("wrong_shape", body=answer)
    with pytest.raises(MarketplaceUnavailable, match=why):
        custom.fetch_listings(hub.marketplace, hub.call())


def test_a_listing_that_shows_up_on_two_pages_is_a_failed_read(hub: Connection, counterpart: Counterpart) -> None:
    items = [{"id": f"listing-{index}", "slug": f"slug-{index}"} for index in range(100)]
    counterpart.faults.add("wrong_shape", body=page(*items, total=101), times=1)
    counterpart.faults.add("wrong_shape", body=page(items[0], total=101))
    with pytest.raises(MarketplaceUnavailable, match="the same id"):
        custom.fetch_listings(hub.marketplace, hub.call())


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [LINE],
        None,
        7,
        {"total": 0, "revision": "1"},
        {"items": [], "revision": "1"},
        {"items": [], "total": 0},
        page(items={}),
        page(total="0"),
        page(total=True),
        page(total=0.0),
        page(total=-1),
        page(total=20_001),
        page(revision=1),
        page("listing"),
        page([]),
        page({"slug": "one"}),
        page({"id": "listing-1"}),
        page({**LINE, "id": 1}),
        page({**LINE, "id": ""}),
        page({**LINE, "id": "../listing"}),
        page({**LINE, "id": "listing-1\n"}),
        page({**LINE, "slug": 1}),
        page({**LINE, "slug": None}),
        page({**LINE, "slug": "one/two"}),
        page({**LINE, "slug": "one\n"}),
        page({**LINE, "name": 1}),
        page({**LINE, "name": "n" * 1_001}),
        page({**LINE, "tags": "science"}),
        page({**LINE, "tags": ["science", 1]}),
        page({**LINE, "policies": {}}),
        page({**LINE, "policies": [{"name": "p"}]}),
        page({**LINE, "policies": [{"name": "p", "type": "t", "config": []}]}),
        page({**LINE, "active": "yes"}),
        page({**LINE, "active": 1}),
        page({**LINE, "url": "javascript:alert(1)"}),
        page({**LINE, "url": "https://"}),
        page({**LINE, "url": "/l/one"}),
        b'{"items": [], "total": NaN, "revision": "1"}',
        b'{"items": ' + b"[" * 100_000,
    ],
    ids=repr,
)
def test_a_list_of_another_shape_is_a_failed_read(hub: Connection, counterpart: Counterpart, answer: object) -> None:
    counterpart.faults.add("wrong_shape", body=answer)
    with pytest.raises(MarketplaceUnavailable):
        custom.fetch_listings(hub.marketplace, hub.call())


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "zero\0"},
        {"name": "\ud800"},
        {"policies": [{"name": "p", "type": "t", "description": "", "config": {"\0": "\ud800"}}]},
    ],
)
def test_characters_that_nobody_can_keep_fail_no_read(
    hub: Connection, counterpart: Counterpart, fields: dict[str, Any]
) -> None:
    counterpart.faults.add("wrong_shape", body=json.dumps(page({**LINE, **fields})).encode())
    (found,) = custom.fetch_listings(hub.marketplace, hub.call())
    assert {name: found.fields[name] for name in fields} == fields


def test_a_policy_nested_without_end_is_a_failed_read(hub: Connection, counterpart: Counterpart) -> None:
    config: dict[str, Any] = {}
    for _ in range(200):
        config = {"inner": config}
    policy = {"name": "p", "type": "t", "config": config}
    counterpart.faults.add("wrong_shape", body=page({**LINE, "policies": [policy]}))
    with pytest.raises(MarketplaceUnavailable, match="Nested too deeply"):
        custom.fetch_listings(hub.marketplace, hub.call())


def test_what_is_wrong_with_an_answer_is_told_by_place_and_in_short(hub: Connection, counterpart: Counterpart) -> None:
    wrong = [{"id": f"listing-{index}", "slug": 1} for index in range(50)]
    counterpart.faults.add("wrong_shape", body=page(*wrong))
    with pytest.raises(MarketplaceUnavailable, match=r"items\.0\.slug: Not a valid string\.") as caught:
        custom.fetch_listings(hub.marketplace, hub.call())
    assert "and 47 more" in caught.value.message
    assert len(caught.value.message) < 300


def test_a_slug_that_nobody_or_somebody_else_holds_is_certainly_not_ours(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.insert("theirs", account="grace")
    assert custom.find_listing(hub.marketplace, "nobodys", hub.call()) is None
    assert custom.find_listing(hub.marketplace, "theirs", hub.call()) is None


@pytest.mark.parametrize("code", ["", "no_route"])
def test_a_404_that_is_not_about_the_listing_does_not_mean_that_it_is_gone(
    hub: Connection, counterpart: Counterpart, code: str
) -> None:
    counterpart.insert("one", account="ada")
    counterpart.faults.add("problem", status=404, code=code)
    with pytest.raises(MarketplaceUnavailable, match="404"):
        custom.find_listing(hub.marketplace, "one", hub.call())


def test_an_answer_for_another_slug_is_nonsense(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", body={"id": "listing-1", "slug": "two"})
    with pytest.raises(MarketplaceUnavailable, match="asked for one and answered two"):
        custom.find_listing(hub.marketplace, "one", hub.call())


@pytest.mark.parametrize("available", [True, False, None])
def test_a_catalogue_that_gives_no_reason_is_given_one(
    hub: Connection, counterpart: Counterpart, available: bool | None
) -> None:
    counterpart.faults.add("wrong_shape", body={"available": available})
    found = custom.slug_available(hub.marketplace, "one", hub.call())
    assert found.available is available
    assert found.reason.endswith(".")


def test_a_catalogue_without_that_route_cannot_tell_whether_a_slug_is_free(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.faults.add("problem", status=404, code="")
    assert custom.slug_available(hub.marketplace, "one", hub.call()).available is None


@pytest.mark.parametrize("answer", [{}, {"available": "yes"}, {"available": 1}, [], {"available": True, "reason": 1}])
def test_an_answer_about_a_slug_of_another_shape_is_nonsense(
    hub: Connection, counterpart: Counterpart, answer: object
) -> None:
    counterpart.faults.add("wrong_shape", body=answer)
    with pytest.raises(MarketplaceUnavailable, match="not rest-v1"):
        custom.slug_available(hub.marketplace, "one", hub.call())


def test_a_slug_is_asked_for_in_one_piece(hub: Connection, counterpart: Counterpart) -> None:
    custom.find_listing(hub.marketplace, "one?page=2", hub.call())
    assert (counterpart.requests[-1].path, counterpart.requests[-1].query) == ("/listings/one?page=2", {})


def test_no_answer_makes_a_message_show_the_key(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", body=page({**LINE, "slug": KEY.upper(), "id": f"{KEY} {KEY}"}))
    with pytest.raises(MarketplaceUnavailable) as caught:
        custom.fetch_listings(hub.marketplace, hub.call())
    assert KEY not in caught.value.message
