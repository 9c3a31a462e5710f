"""A row for each space, on hubs with satellites, and a hub that becomes one while we run."""

import json
from dataclasses import replace
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, RejectedError, SlugConflict
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub
from publicist.plugins.syfthub import place
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .conftest import Spaces
from .provider import ORIGIN, THEIRS, Person, Provider, provider


@pytest.fixture(params=["satellites"])
def hub(request: pytest.FixtureRequest, hubs: dict[str, RunningHub]) -> RunningHub:
    return hubs[request.param]


def test_a_space_is_registered_by_its_origin_before_its_first_listing(space: Provider, person: Person) -> None:
    space.move(f"{ORIGIN}/sub")
    space.connect()
    assert person.satellites == []

    space.create()

    assert person.origins == [ORIGIN]
    assert person.address("research-qa") == f"{ORIGIN}/sub"


def test_two_spaces_on_one_account_keep_to_their_own_addresses(space: Provider, spaces: Spaces, person: Person) -> None:
    second = spaces(THEIRS)

    space.create(slug="first-qa")
    second.create(slug="second-qa")
    space.report("healthy", slug="first-qa")
    second.report("unhealthy", slug="second-qa")

    assert person.origins == [ORIGIN, THEIRS]
    assert (person.address("first-qa"), person.address("second-qa")) == (ORIGIN, THEIRS)
    assert person.record("first-qa")["health_status"] == "healthy"
    assert person.record("second-qa")["health_status"] == "unhealthy"


def test_a_siblings_slug_is_taken(space: Provider, spaces: Spaces) -> None:
    space.create()

    with pytest.raises(SlugConflict):
        spaces(THEIRS).create()


def test_a_health_report_before_the_first_listing_registers_only_us(
    space: Provider, spaces: Spaces, person: Person
) -> None:
    space.create()

    spaces(THEIRS).report("healthy", slug="none-such")

    assert person.origins == [ORIGIN, THEIRS]
    assert person.address("research-qa") == ORIGIN


def test_a_space_that_moves_takes_its_registration_along(space: Provider, person: Person) -> None:
    space.create()
    before = person.satellites[0]["id"]
    space.move("http://127.0.0.1:8888/sub")

    space.report("healthy")

    assert [(row["id"], row["base_url"]) for row in person.satellites] == [(before, "http://127.0.0.1:8888")]
    assert person.address("research-qa") == "http://127.0.0.1:8888"


def test_a_space_does_not_move_onto_a_sibling(space: Provider, spaces: Spaces, person: Person) -> None:
    space.create()
    spaces(THEIRS).create(slug="second-qa")
    space.move(THEIRS)

    with pytest.raises(RejectedError, match="another space or station") as raised:
        space.report("healthy")

    assert raised.value.cause_code == "conflict"
    assert person.origins == [ORIGIN, THEIRS]


def test_a_station_at_our_origin_stops_us(space: Provider, person: Person) -> None:
    person.does("POST", "/satellites", kind="station", base_url=ORIGIN)

    for act in (space.connect, space.create, lambda: space.report("healthy")):
        with pytest.raises(RejectedError, match="as a station") as raised:
            act()
        assert raised.value.cause_code == "conflict"
    assert person.records == []


def test_a_station_beside_us_is_let_be(space: Provider, person: Person) -> None:
    person.does("POST", "/satellites", kind="station", base_url=THEIRS)

    space.create()

    assert person.address("research-qa") == ORIGIN
    assert person.origins == [THEIRS, ORIGIN]


@pytest.mark.parametrize("act", ["create", "report"])
def test_a_registration_that_vanished_is_made_anew(
    space: Provider, person: Person, act: str, caplog: pytest.LogCaptureFixture
) -> None:
    space.create()
    person.does("DELETE", f"/satellites/{person.satellites[0]['id']}")

    if act == "create":
        assert space.create().fields == space.payload().fields
    else:
        assert space.report("healthy") == "0 taken, 1 not known there"

    assert person.origins == [ORIGIN]
    assert "no longer knows this space" in caplog.text


def test_a_registration_that_vanished_while_we_moved_is_made_anew(space: Provider, person: Person) -> None:
    space.create()
    person.does("DELETE", f"/satellites/{person.satellites[0]['id']}")
    space.move("http://127.0.0.1:8888")

    space.create()

    assert person.origins == ["http://127.0.0.1:8888"]


def test_a_test_of_the_connection_forgets_what_the_hub_forgot(space: Provider, person: Person) -> None:
    space.create()
    person.does("DELETE", f"/satellites/{person.satellites[0]['id']}")

    space.connect()

    assert space.memory.get("satellite") is None


def test_a_test_of_the_connection_tells_of_others_on_the_account(space: Provider, spaces: Spaces) -> None:
    space.create()
    assert space.connect().message == "This hub registers each space by its address."

    spaces(THEIRS).create(slug="second-qa")

    assert "others on this account (1)" in space.connect().message


def test_without_a_public_url_a_space_cannot_be_registered(space: Provider, person: Person) -> None:
    space.move("")

    with pytest.raises(RejectedError) as raised:
        space.create()

    assert raised.value.cause_code == "network_unreachable"
    assert person.records == []


class SatelliteHub:
    """A hub with satellites that answers a registration as a test wants it."""

    def __init__(self, server: HTTPServer) -> None:
        self.rows: Any = []
        self.answer = Response("", 500)
        server.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": None})
        server.expect_request("/api/v1/satellites", method="GET").respond_with_handler(
            lambda _: Response(json.dumps(self.rows), content_type="application/json")
        )
        server.expect_request("/api/v1/satellites", method="POST").respond_with_handler(self.register)

    def register(self, request: Request) -> Response:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "expected", "cause"),
    [
        (Response("", 500), MarketplaceUnavailable, "marketplace_unavailable"),
        (Response("<html>", 201), MarketplaceUnavailable, "marketplace_unavailable"),
        (Response('{"id": 7}', 201), MarketplaceUnavailable, "marketplace_unavailable"),
        (
            Response('{"detail": {"code": "SATELLITE_KIND_MISMATCH", "message": "A station."}}', 409),
            RejectedError,
            "conflict",
        ),
        (
            Response('{"detail": [{"loc": ["body", "base_url"], "msg": "Not an origin"}]}', 422),
            RejectedError,
            "validation",
        ),
    ],
)
def test_a_registration_that_fails_is_told_and_leaves_no_listing_in_doubt(
    sessions: Sessions, httpserver: HTTPServer, answer: Response, expected: type[RejectedError], cause: str
) -> None:
    SatelliteHub(httpserver).answer = answer

    with pytest.raises(expected) as raised:
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()

    assert raised.value.cause_code == cause


def test_a_station_is_seen_before_the_hub_stumbles_over_it(sessions: Sessions, httpserver: HTTPServer) -> None:
    SatelliteHub(httpserver).rows = [{"id": "row-1", "kind": "station", "base_url": ORIGIN}]

    with pytest.raises(RejectedError, match="as a station"):
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()


def test_rows_that_make_no_sense_stop_the_registration(sessions: Sessions, httpserver: HTTPServer) -> None:
    SatelliteHub(httpserver).rows = ["row"]

    with pytest.raises(MarketplaceUnavailable):
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()


def test_a_hub_that_keeps_our_origin_in_its_own_way_is_not_moved_each_time(
    sessions: Sessions, httpserver: HTTPServer
) -> None:
    SatelliteHub(httpserver).answer = Response('{"id": "row-1", "base_url": "http://::1:9999"}', 201)
    space = replace(provider(sessions, httpserver.url_for(""), token="syft_pat_ada"))
    space.move("http://[::1]:9999")

    first, second = place.settle(space.hub(now=0)), place.settle(space.hub(now=1))

    assert first == second == place.Place("row-1")
    assert sum(request.path.startswith("/api/v1/satellites/") for request, _ in httpserver.log) == 0
