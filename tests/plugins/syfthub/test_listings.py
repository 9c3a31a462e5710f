"""Listings on a running hub, in both of its dialects."""

from dataclasses import replace
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    ListingGone,
    RejectedError,
)
from publicist.core.records import PolicySummary

from .conftest import Spaces
from .provider import ORIGIN, THEIRS, Person, Provider


@pytest.mark.parametrize("public_url", [ORIGIN, f"{ORIGIN}/", f"{ORIGIN}/sub/deep", "http://LOCALHOST:80/x"])
def test_what_is_published_reads_back_as_it_was_sent(space: Provider, public_url: str) -> None:
    space.move(public_url)
    wanted = space.payload()

    made = space.create()

    assert made.fields == wanted.fields
    assert [there.fields for there in space.fetch()] == [wanted.fields]
    found = space.find()
    assert found is not None
    assert found.fields == wanted.fields
    assert (made.active, made.installation_id) == (True, space.space.installation_id)


def test_policies_tags_and_odd_text_read_back_as_they_were_sent(space: Provider) -> None:
    changed: dict[str, Any] = {
        "name": "  Ünïcode 👩‍🔬  ",
        "summary": "line\r\nline\u2028 end ",
        "description": "x" * 50_000,
        "tags": (" Open-Data ", "open-data", "z", "a"),
        "policies": (
            PolicySummary("p", "accounting", " 0.50 USD. ", {"price": 0.5, "whole": 2.0, "deep": [{"x": None}, [1]]}),
            PolicySummary("p", "xendit", "Paid.", {"applied_to": ["grace@example.org"]}),
        ),
    }

    made = space.create(**changed)

    assert made.fields == space.payload(**changed).fields
    assert space.fetch()[0].fields == made.fields


def test_people_see_the_address_of_the_query_route(space: Provider, person: Person) -> None:
    space.move(f"{ORIGIN}/sub")
    space.create()

    assert person.record()["connect"][0]["config"]["url"] == f"{ORIGIN}/sub"


def test_what_the_hub_will_not_take_is_told_per_field(space: Provider) -> None:
    with pytest.raises(RejectedError) as raised:
        space.create(summary="x" * 501, version="1.0", tags=("no spaces",))

    assert raised.value.cause_code == "validation"
    assert set(raised.value.errors) == {"summary", "version", "tags"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "a\0b"}, "name"),
        ({"summary": "\ud800"}, "summary"),
        ({"description": "x\0"}, "description"),
        ({"policies": (PolicySummary("p", "access", "", {"a": ["\0"]}),)}, "policies"),
        ({"policies": (PolicySummary("p", "access", "", {"a\0": 1}),)}, "policies"),
        ({"category": "\udfff"}, "connect"),
    ],
)
def test_text_that_breaks_the_hub_is_not_sent(
    space: Provider, person: Person, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(RejectedError) as raised:
        space.create(**changed)

    assert set(raised.value.errors) == {field}
    assert person.records == []


def test_a_change_leaves_the_type_as_it_was_and_says_so(space: Provider) -> None:
    made = space.create()

    assert space.update(made, type="model").fields["type"] == "model_data_source"


def test_a_change_of_what_somebody_edited_by_hand_is_repaired(space: Provider, person: Person) -> None:
    made = space.create()
    person.does("PATCH", f"/endpoints/{made.remote_id}", name="Defaced", connect=[], policies=[], tags=["x"])

    assert space.update(made).fields == made.fields


def test_a_listing_that_was_made_anew_is_still_ours(space: Provider, person: Person) -> None:
    made = space.create()
    person.does("DELETE", f"/endpoints/{made.remote_id}")
    again = space.create()

    assert space.update(made, name="New").remote_id == again.remote_id


def test_an_id_that_leads_to_another_listing_is_not_believed(space: Provider, person: Person) -> None:
    made, other = space.create(), space.create(slug="other-qa")
    person.does("DELETE", f"/endpoints/{made.remote_id}")

    with pytest.raises(ListingGone):
        space.update(replace(made, remote_id=other.remote_id))


def test_a_listing_can_be_changed_without_a_public_address(space: Provider) -> None:
    made = space.create()
    space.move("")

    assert space.update(made, name="New").fields == space.payload(name="New").fields


@pytest.mark.parametrize("remote_id", ["", "999999999", "none-such"])
def test_a_listing_is_found_by_its_slug_when_its_id_is_lost(space: Provider, remote_id: str) -> None:
    made = space.create()

    assert space.update(replace(made, remote_id=remote_id), name="New").remote_id == made.remote_id


def test_a_listing_made_by_hand_can_be_taken_up(space: Provider, person: Person) -> None:
    person.does("POST", "/endpoints", name="By hand", slug="research-qa", type="model_data_source")
    there = space.find()
    assert there is not None
    assert there.installation_id is None

    assert space.update(there).installation_id == space.space.installation_id


@pytest.mark.parametrize("hub", ["satellites"], indirect=True)
def test_another_spaces_listing_is_neither_changed_nor_withdrawn(
    space: Provider, spaces: Spaces, person: Person
) -> None:
    theirs = spaces(THEIRS).create()
    before = person.record()

    with pytest.raises(ListingGone, match="not this space"):
        space.update(theirs, name="Mine")
    space.withdraw(theirs)

    assert person.record() == before


def test_a_withdrawn_listing_is_gone(space: Provider, person: Person) -> None:
    made = space.create()

    space.withdraw(made)
    space.withdraw(made)

    assert person.records == []
    assert space.find() is None


@pytest.mark.parametrize(
    ("slug", "available", "reason"),
    [
        ("research-qa", False, "already"),
        ("other-qa", True, "free"),
        ("dashboard", False, "keeps"),
        ("ab", False, "3 to 63"),
        ("a" * 64, False, "3 to 63"),
        ("Upper", False, "lower-case"),
        ("double--hyphen", False, "single hyphens"),
        ("line-end\n", False, "lower-case"),
    ],
)
def test_a_slug_is_free_taken_or_impossible(space: Provider, slug: str, available: bool, reason: str) -> None:
    space.create()

    answer = space.available(slug)

    assert answer.available is available
    assert reason in answer.reason


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_without_a_public_url_the_address_is_left_alone(space: Provider, person: Person) -> None:
    space.move("")

    made = space.create()

    assert made.fields == space.payload().fields
    assert person.domain is None


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_behind_a_tunnel_the_connection_is_not_compared(space: Provider, person: Person) -> None:
    person.does("PUT", "/users/me", domain=f"tunneling:{person.username}")
    space.move("")

    made = space.create()

    assert "connect" not in made.fields
    assert made.fields.items() <= space.payload().fields.items()


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_a_revoked_token_is_an_authentication_failure(space: Provider, person: Person) -> None:
    made = space.create()
    token = person.does("GET", "/auth/tokens")["tokens"][0]
    person.does("DELETE", f"/auth/tokens/{token['id']}")

    with pytest.raises(AuthenticationFailed, match="revoked"):
        space.update(made)
