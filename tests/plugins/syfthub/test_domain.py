"""The account's one address, on hubs without satellites."""

import pytest
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer

from .conftest import Spaces
from .provider import ORIGIN, THEIRS, Person, Provider, provider


@pytest.fixture(params=["accounts"])
def hub(request: pytest.FixtureRequest, hubs: dict[str, RunningHub]) -> RunningHub:
    return hubs[request.param]


def refused(raised: "pytest.ExceptionInfo[RejectedError]", address: str) -> None:
    assert raised.value.cause_code == "conflict"
    assert address in raised.value.message
    assert f"take_over={address}" in raised.value.remedy


def test_the_address_is_set_before_the_first_listing(space: Provider, person: Person) -> None:
    space.move(f"{ORIGIN}/sub")
    space.connect()
    assert person.domain is None

    space.create()

    assert person.domain == ORIGIN


@pytest.mark.parametrize("there", ["http://127.0.0.1:9999/", "http://127.0.0.1:9999/sub"])
def test_our_own_address_in_another_spelling_is_set_right(space: Provider, person: Person, there: str) -> None:
    space.move(f"{ORIGIN}/sub")
    person.does("PUT", "/users/me", domain=there)

    assert space.create().fields == space.payload().fields
    assert person.domain == ORIGIN


def test_our_former_address_is_moved(space: Provider, person: Person) -> None:
    made = space.create()
    space.move("http://127.0.0.1:8888")

    space.update(made)

    assert person.domain == "http://127.0.0.1:8888"


def test_an_address_found_to_be_ours_may_be_moved_later(space: Provider, person: Person) -> None:
    person.does("PUT", "/users/me", domain=ORIGIN)
    space.report("healthy")
    space.move("http://127.0.0.1:8888")

    space.report("healthy")

    assert person.domain == "http://127.0.0.1:8888"


@pytest.mark.parametrize("there", [THEIRS, f"{ORIGIN}/other", "https://127.0.0.1:9999", "tunneling:grace"])
def test_a_foreign_address_stops_writes_and_health_reports(space: Provider, person: Person, there: str) -> None:
    made = space.create()
    person.does("PUT", "/users/me", domain=there)

    with pytest.raises(RejectedError) as raised:
        space.connect()
    refused(raised, there)
    with pytest.raises(RejectedError) as raised:
        space.create(slug="second-qa")
    refused(raised, there)
    with pytest.raises(RejectedError) as raised:
        space.update(made)
    refused(raised, there)
    with pytest.raises(RejectedError) as raised:
        space.report("healthy")
    refused(raised, there)
    assert person.domain == there
    assert [record["slug"] for record in person.records] == ["research-qa"]


def test_a_foreign_address_does_not_stop_reading_and_withdrawing(space: Provider, person: Person) -> None:
    made = space.create()
    person.does("PUT", "/users/me", domain=THEIRS)

    assert [there.slug for there in space.fetch()] == ["research-qa"]
    space.withdraw(made)

    assert person.records == []


def test_of_two_spaces_on_one_account_the_second_is_stopped(space: Provider, spaces: Spaces, person: Person) -> None:
    space.create()
    second = spaces(THEIRS)

    with pytest.raises(RejectedError) as raised:
        second.create(slug="second-qa")

    refused(raised, ORIGIN)
    assert person.domain == ORIGIN


def test_a_take_over_of_exactly_that_address_is_allowed(space: Provider, spaces: Spaces, person: Person) -> None:
    space.create()
    second = spaces(THEIRS, take_over=f"{ORIGIN.upper().replace('HTTP', 'http')}/")

    second.create(slug="second-qa")

    assert person.domain == THEIRS
    with pytest.raises(RejectedError) as raised:
        space.report("healthy")
    refused(raised, THEIRS)


def test_a_take_over_of_another_address_is_not(space: Provider, spaces: Spaces, person: Person) -> None:
    space.create()

    with pytest.raises(RejectedError):
        spaces(THEIRS, take_over="http://127.0.0.1:6666").create(slug="second-qa")

    assert person.domain == ORIGIN


def test_notes_of_one_account_do_not_hold_for_another(
    space: Provider, hub: RunningHub, sessions: Sessions, person: Person
) -> None:
    space.create()
    other = Person.sign_up(hub.url)
    other.does("PUT", "/users/me", domain=ORIGIN)
    moved = provider(sessions, hub.url, THEIRS, token=other.token)
    moved.memory = space.memory  # the credential was replaced by one of another account

    with pytest.raises(RejectedError) as raised:
        moved.report("healthy")

    refused(raised, ORIGIN)


def test_an_address_that_the_hub_will_not_take_is_told(sessions: Sessions, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    httpserver.expect_request("/api/v1/users/me", method="GET").respond_with_json({"username": "ada", "domain": None})
    bad = [{"loc": ["body", "domain"], "msg": "Domain must contain a valid hostname"}]
    httpserver.expect_request("/api/v1/users/me", method="PUT").respond_with_json({"detail": bad}, status=422)

    with pytest.raises(RejectedError) as raised:
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()

    assert raised.value.errors == {"public_url": ["Domain must contain a valid hostname"]}


def test_an_unanswered_change_of_the_address_leaves_no_listing_in_doubt(
    sessions: Sessions, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    httpserver.expect_request("/api/v1/users/me", method="GET").respond_with_json({"username": "ada", "domain": None})
    httpserver.expect_request("/api/v1/users/me", method="PUT").respond_with_data("", status=500)

    with pytest.raises(MarketplaceUnavailable):
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()


@pytest.mark.parametrize("profile", ["[]", "{}", '{"username": ""}', '{"username": 7}', "null", "<html>"])
def test_a_profile_without_a_name_is_no_profile(sessions: Sessions, httpserver: HTTPServer, profile: str) -> None:
    httpserver.expect_request("/api/v1/users/me").respond_with_data(profile)

    with pytest.raises(MarketplaceUnavailable):
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").fetch()
