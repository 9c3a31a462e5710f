"""Reading the whole list of an account from hubs that make it hard."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .provider import Person, Provider, provider


def record(number: int) -> dict[str, Any]:
    return {"id": number, "slug": f"listing-{number}", "name": f"Listing {number}", "is_active": True}


class ListHub:
    """Serves a list that a test may change between two pages."""

    def __init__(self, server: HTTPServer, records: Sequence[dict[str, Any]]) -> None:
        self.records = list(records)
        self.pages = 0
        self.before_page: Callable[[int], Any] = lambda _: None
        self.exists: Any = False
        server.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": None})
        server.expect_request("/api/v1/endpoints").respond_with_handler(self.page)
        server.expect_request("/api/v1/endpoints/listing-9999/exists").respond_with_handler(
            lambda _: Response(json.dumps(self.exists), content_type="application/json")
        )

    def page(self, request: Request) -> Response:
        self.pages += 1
        self.before_page(self.pages)
        skip, limit = int(request.args["skip"]), int(request.args["limit"])
        return Response(json.dumps(self.records[skip : skip + limit]), content_type="application/json")


@pytest.fixture
def reader(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), token="syft_pat_ada")


def ids(space: Provider) -> list[int]:
    return [int(there.remote_id) for there in space.fetch()]


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 198, 199, 200, 299, 450])
def test_every_listing_is_read_once(httpserver: HTTPServer, reader: Provider, size: int) -> None:
    ListHub(httpserver, [record(number) for number in range(size)])

    assert ids(reader) == list(range(size))


def test_a_listing_made_while_reading_hides_no_other(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(number) for number in range(1, 251)])
    hub.before_page = lambda page: hub.records.insert(0, record(0)) if page == 2 else None

    assert ids(reader) == list(range(1, 251))


def test_a_listing_withdrawn_while_reading_hides_no_other(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(number) for number in range(250)])
    hub.before_page = lambda page: hub.records.pop(5) if page == 2 else None

    assert ids(reader) == [number for number in range(250) if number != 5]


def test_an_empty_page_where_more_must_follow_is_not_believed(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(number) for number in range(250)])
    whole = list(hub.records)

    def database_fails_once(page: int) -> None:
        hub.records = [] if page == 2 else whole

    hub.before_page = database_fails_once

    assert ids(reader) == list(range(250))


def test_a_list_that_never_holds_still_is_an_error(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(number) for number in range(400)])
    hub.before_page = lambda page: hub.records.pop(0)

    with pytest.raises(MarketplaceUnavailable, match="changed each time"):
        reader.fetch()


def test_a_hub_that_ignores_paging_is_soon_an_error(httpserver: HTTPServer, reader: Provider) -> None:
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada"})
    httpserver.expect_request("/api/v1/endpoints").respond_with_json([record(number) for number in range(100)])

    with pytest.raises(MarketplaceUnavailable, match="no end"):
        reader.fetch()

    assert len(httpserver.log) == 3


@pytest.mark.parametrize("body", ['{"items": []}', "null", "[1]", '[{"id": 1}]', "<html>", '[{"id": 1, "slug": "x"'])
def test_a_list_of_something_else_is_an_error(httpserver: HTTPServer, reader: Provider, body: str) -> None:
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada"})
    httpserver.expect_request("/api/v1/endpoints").respond_with_data(body)

    with pytest.raises(MarketplaceUnavailable):
        reader.fetch()


def test_a_page_that_fails_fails_the_whole_read(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(number) for number in range(250)])
    httpserver.clear()
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada"})
    httpserver.expect_request("/api/v1/endpoints", query_string={"skip": "0", "limit": "100"}).respond_with_json(
        hub.records[:100]
    )
    httpserver.expect_request("/api/v1/endpoints").respond_with_json({"detail": "Broken"}, status=500)

    with pytest.raises(MarketplaceUnavailable):
        reader.fetch()


def test_a_slug_that_the_list_lacks_and_a_look_shows_is_an_error(httpserver: HTTPServer, reader: Provider) -> None:
    hub = ListHub(httpserver, [record(1)])
    hub.exists = True

    with pytest.raises(MarketplaceUnavailable, match="lacks 'listing-9999'"):
        reader.find("listing-9999")


def test_a_slug_that_neither_shows_is_not_there(httpserver: HTTPServer, reader: Provider) -> None:
    ListHub(httpserver, [record(1)])

    assert reader.find("listing-9999") is None


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_a_real_hub_is_read_page_by_page(hub: RunningHub, person: Person, space: Provider) -> None:
    many = [{"name": "Many", "slug": f"listing-{number}", "type": "model"} for number in range(130)]
    person.does("POST", "/endpoints/sync", endpoints=many)

    assert {there.slug for there in space.fetch()} == {f"listing-{number}" for number in range(130)}
