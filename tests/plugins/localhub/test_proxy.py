"""The root proxy carries a query to the space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller, Place
    from pytest_httpserver import HTTPServer

QUERY = "/pre/api/v1/endpoints/news/query"
HTTP = [{"type": "http", "enabled": False}, {"type": "http", "config": {"url": "/pre"}}]


@pytest.fixture
def space(httpserver: HTTPServer, alice: Caller) -> HTTPServer:
    alice.put("/users/me", json={"domain": httpserver.url_for("")})
    alice.publish("news", connect=HTTP)
    return httpserver


def ask(who: Caller, **options: Any) -> Any:
    return who.post("/alice/news", at_root=True, **{"json": {"messages": "hi"}, **options})


def test_the_body_and_the_tenant_arrive_and_nothing_else_does(space: HTTPServer, bob: Caller) -> None:
    space.expect_request(QUERY, method="POST", json={"messages": "hi"}).respond_with_json({"summary": None})
    answer = ask(bob, headers={"X-Tenant-Name": "t", "X-Other": "o", "Cookie": "c=1"})
    assert (answer.status_code, answer.json()) == (200, {"summary": None})
    ((request, _),) = space.log
    assert request.headers["X-Tenant-Name"] == "t"
    assert not {"Authorization", "X-Other", "Cookie"} & set(request.headers.keys())


@pytest.mark.parametrize(
    ("status", "kept"), [(403, True), (401, False), (402, False), (404, False), (500, False), (302, False)]
)
def test_a_refusal_keeps_its_status_and_only_a_403_its_text(
    space: HTTPServer, place: Place, status: int, kept: bool
) -> None:
    space.expect_request(QUERY).respond_with_data("the spaces words", status=status, headers={"Location": "/x"})
    answer = ask(place.nobody)
    assert answer.status_code == status
    assert (answer.json()["detail"] == "the spaces words") is kept
    assert len(space.log) == 1


def test_a_space_that_is_not_there_is_a_502(place: Place, alice: Caller) -> None:
    alice.put("/users/me", json={"domain": "http://127.0.0.1:9"})
    alice.publish("news", connect=HTTP)
    assert ask(place.nobody).status_code == 502


@pytest.mark.parametrize(
    ("domain", "connect"),
    [(None, HTTP), ("http://127.0.0.1:9", []), ("tunneling:alice", HTTP)],
)
def test_an_endpoint_that_cannot_be_reached_is_a_400(
    place: Place, alice: Caller, domain: str | None, connect: list[Any]
) -> None:
    alice.put("/users/me", json={"domain": domain})
    alice.publish("news", connect=connect)
    assert ask(place.nobody).status_code == 400


def test_a_query_that_is_no_object_is_a_400(space: HTTPServer, place: Place) -> None:
    assert [ask(place.nobody, json=None, data=text).status_code for text in ("x", "[]")] == [400, 400]
    assert space.log == []


def test_hidden_endpoints_are_queried_by_those_who_may_see_them(
    space: HTTPServer, place: Place, alice: Caller, bob: Caller
) -> None:
    space.expect_request(QUERY).respond_with_json({})
    alice.patch("/endpoints/slug/news", json={"visibility": "private"})
    assert [ask(who).status_code for who in (place.nobody, bob, alice)] == [401, 404, 200]
    alice.patch("/endpoints/slug/news", json={"visibility": "internal"})
    assert [ask(who).status_code for who in (place.nobody, bob)] == [401, 200]


def test_private_addresses_can_be_ruled_out(open_hub: Callable[..., Place], httpserver: HTTPServer) -> None:
    place = open_hub(private_targets=False)
    alice = place.person("alice")
    for domain in (httpserver.url_for(""), "http://nowhere.invalid"):
        alice.put("/users/me", json={"domain": domain})
        if alice.listed() == []:
            alice.publish("news", connect=HTTP)
        assert ask(place.nobody).status_code == 403
    assert httpserver.log == []


def test_with_satellites_the_query_goes_to_the_listings_own(newer: Place, httpserver: HTTPServer) -> None:
    alice = newer.person("alice")
    alice.publish("news", connect=HTTP)
    assert ask(newer.nobody).status_code == 400
    alice.delete("/endpoints/slug/news")
    alice.post("/satellites", json={"kind": "space", "base_url": httpserver.url_for("")})
    alice.publish("news", connect=HTTP)
    httpserver.expect_request(QUERY).respond_with_json({"ok": True})
    assert ask(newer.nobody).json() == {"ok": True}
