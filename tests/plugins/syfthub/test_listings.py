"""Listings on a running hub, in both of its dialects."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    ListingGone,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
    SlugConflict,
    TransientError,
)
from publicist.core.http import Sessions
from publicist.core.records import PolicySummary, RemoteListing
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .conftest import Spaces
from .provider import ORIGIN, Person, Provider, provider


def switch_off(hub: RunningHub) -> None:
    """Let the monitor find no fresh report three times; it runs until every listing of the hub is judged."""
    for _ in range(3):
        hub.monitor_step(datetime.now(UTC) + timedelta(hours=2))


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


def test_a_taken_slug_is_a_conflict(space: Provider) -> None:
    space.create()

    with pytest.raises(SlugConflict, match="research-qa"):
        space.create()


def test_a_taken_slug_of_a_listing_that_is_off_is_a_conflict(hub: RunningHub, space: Provider) -> None:
    space.create()
    switch_off(hub)

    with pytest.raises(SlugConflict):
        space.create()
    assert not space.available("research-qa").available


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


def test_a_change_reaches_the_listing(space: Provider) -> None:
    made = space.create()

    changed: dict[str, Any] = {"name": "New name", "visibility": "private", "version": "2.0.0", "tags": ("new",)}
    after = space.update(made, **changed)

    assert after.fields == space.payload(**changed).fields
    assert (after.remote_id, after.slug) == (made.remote_id, made.slug)


def test_a_change_empties_what_is_empty(space: Provider) -> None:
    made = space.create()

    after = space.update(made, summary="", description="", tags=(), policies=())

    assert after.fields == space.payload(summary="", description="", tags=(), policies=()).fields


def test_a_change_can_be_repeated(space: Provider) -> None:
    made = space.create()

    assert space.update(made, name="New") == space.update(made, name="New")


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


def test_a_listing_that_is_gone_cannot_be_changed(space: Provider, person: Person) -> None:
    made = space.create()
    person.does("DELETE", f"/endpoints/{made.remote_id}")

    with pytest.raises(ListingGone):
        space.update(made)


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
    theirs = spaces("http://127.0.0.1:7777").create()
    before = person.record()

    with pytest.raises(SlugConflict, match="another space"):
        space.update(theirs, name="Mine")
    space.withdraw(theirs)

    assert person.record() == before


def test_a_withdrawn_listing_is_gone(space: Provider, person: Person) -> None:
    made = space.create()

    space.withdraw(made)
    space.withdraw(made)

    assert person.records == []
    assert space.find() is None


def test_a_listing_that_is_off_is_shown_as_off(hub: RunningHub, space: Provider) -> None:
    space.create()
    switch_off(hub)

    assert [there.active for there in space.fetch()] == [False]
    found = space.find()
    assert found is not None
    assert found.active is False


def test_a_listing_that_is_off_is_switched_on_and_then_changed(
    hub: RunningHub, space: Provider, person: Person
) -> None:
    made = space.create()
    switch_off(hub)

    with pytest.raises(TransientError, match="switched the listing 'research-qa' off") as raised:
        space.update(made, name="New")
    assert (raised.value.retry_after, raised.value.cause_code) == (60, "endpoint_unhealthy")
    assert len(person.records) == 1
    hub.monitor_step()

    assert space.update(made, name="New").active is True


def test_a_listing_that_is_off_is_switched_on_and_then_withdrawn(
    hub: RunningHub, space: Provider, person: Person
) -> None:
    made = space.create()
    switch_off(hub)

    with pytest.raises(TransientError) as raised:
        space.withdraw(made)
    assert raised.value.retry_after == 45
    hub.monitor_step()
    space.withdraw(made)

    assert person.records == []


def test_a_listing_that_is_off_stays_so_without_a_public_address(hub: RunningHub, space: Provider) -> None:
    made = space.create()
    switch_off(hub)
    space.move("")

    with pytest.raises(RejectedError) as raised:
        space.withdraw(made)
    assert raised.value.cause_code == "network_unreachable"


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


class Faulty:
    """A hub without satellites that answers one write as a test wants it."""

    def __init__(self, server: HTTPServer) -> None:
        server.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": ORIGIN})
        server.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
        server.expect_request("/api/v1/endpoints", method="POST").respond_with_handler(self.create)
        self.answer = Response("", 500)

    def create(self, request: Request) -> Response:
        return self.answer


@pytest.fixture
def faulty(httpserver: HTTPServer) -> Faulty:
    return Faulty(httpserver)


@pytest.fixture
def on_faulty(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), token="syft_pat_ada")


@pytest.mark.parametrize(
    "answer",
    [
        Response('{"detail": "Failed to create endpoint"}', 500),
        Response("<html>", 201),
        Response('{"id": "x"}', 201),
        Response("[]", 201),
        Response("", 204),
    ],
)
def test_a_create_without_a_proper_answer_is_an_unknown_outcome(
    faulty: Faulty, on_faulty: Provider, answer: Response
) -> None:
    faulty.answer = answer

    with pytest.raises(OutcomeUnknown):
        on_faulty.create()


def test_a_create_that_was_surely_refused_is_no_unknown_outcome(faulty: Faulty, on_faulty: Provider) -> None:
    faulty.answer = Response("", 503)

    with pytest.raises(MarketplaceUnavailable):
        on_faulty.create()


@pytest.mark.parametrize(
    ("afterwards", "expected"),
    [([], None), ([{"id": 7, "slug": "research-qa", "is_active": False}], MarketplaceUnavailable)],
)
def test_a_listing_that_went_while_it_was_withdrawn_is_withdrawn(
    faulty: Faulty, on_faulty: Provider, httpserver: HTTPServer, afterwards: Any, expected: type[Exception] | None
) -> None:
    httpserver.expect_request("/api/v1/endpoints/7").respond_with_json({"id": 7, "slug": "research-qa"})
    gone = httpserver.expect_request("/api/v1/endpoints/slug/research-qa", method="DELETE")
    gone.respond_with_json({"detail": "Endpoint not found"}, status=404)
    httpserver.expect_request("/api/v1/endpoints", method="GET").respond_with_json(afterwards)
    httpserver.expect_request("/api/v1/endpoints/research-qa/exists").respond_with_data("false")
    there = RemoteListing(remote_id="7", slug="research-qa", fields={})

    with pytest.raises(expected) if expected else nullcontext():
        on_faulty.withdraw(there)


def test_another_400_is_not_a_slug_conflict(faulty: Faulty, on_faulty: Provider) -> None:
    faulty.answer = Response(json.dumps({"detail": "name already exists"}), 400)

    with pytest.raises(RejectedError) as raised:
        on_faulty.create()
    assert not isinstance(raised.value, SlugConflict)
