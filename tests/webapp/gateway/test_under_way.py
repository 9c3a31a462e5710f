"""Many queries at once, backends that take long, marketplaces that are away."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from publicist.webapp.context import THREADS
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ...plugins.custom.counterpart import Counterpart
from ...spaces import WAIT
from ..site import good, problem
from .conftest import SLUG, World, until


@pytest.fixture
def held(httpserver: HTTPServer) -> Iterator[tuple[str, threading.Event, threading.Event]]:
    """A service that answers only once it is let: its address, that it was asked, and the leave to answer."""
    asked, leave = threading.Event(), threading.Event()

    def answer(_: Request) -> Response:
        asked.set()
        assert leave.wait(WAIT)
        return Response('{"documents": ["At last."]}', content_type="application/json")

    httpserver.expect_request("/held").respond_with_handler(answer)
    yield httpserver.url_for("/held"), asked, leave
    leave.set()


def over(service: str) -> dict[str, Any]:
    return {"dataset": {"kind": "http", "settings": {"url": service}}}


def test_a_limit_lets_exactly_so_many_of_parallel_queries_through(
    offered: World, usage: Callable[[], dict[int, int]]
) -> None:
    offered.policies({"type": "rate_limit", "config": {"limit": "5/m"}})
    token = offered.token()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: offered.ask(token, f"token {number}").status_code, range(16)))

    assert Counter(answers) == {200: 5, 429: 11}
    assert usage() == {200: 5, 429: 11}


@pytest.mark.parametrize("environment", [{"PUBLICIST_QUERY_CONCURRENCY": "1"}])
def test_beyond_its_room_a_space_says_come_back(
    world: World, held: tuple[str, threading.Event, threading.Event]
) -> None:
    service, asked, leave = held
    world.offer(**over(service))
    token = world.token()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(world.ask, token)
        assert asked.wait(WAIT)
        second = world.ask(token)
        leave.set()

    assert problem(second, 503)["cause"] == "busy"
    assert second.headers["Retry-After"] == "1"
    assert first.result().status_code == 200
    assert world.ask(token).status_code == 200


@pytest.mark.parametrize("environment", [{"PUBLICIST_QUERY_CONCURRENCY": str(THREADS)}])
def test_however_many_queries_wait_the_space_answers_others(
    world: World, held: tuple[str, threading.Event, threading.Event]
) -> None:
    service, _, leave = held
    world.offer(**over(service))
    token = world.token()

    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(world.ask, token, f"token {number}") for number in range(THREADS)]
        try:
            assert until(lambda: sum(each.name == "plugin-backends" for each in threading.enumerate()) == THREADS)
            health = requests.get(f"{world.site.url}/healthz", timeout=5)
            crowded = world.ask(token)
        finally:
            leave.set()

    assert health.status_code == 200
    assert problem(crowded, 503)["cause"] == "busy"
    assert {each.result().status_code for each in waiting} == {200}


@pytest.mark.parametrize("environment", [{"PUBLICIST_QUERY_DEADLINE": "0.3"}])
def test_a_service_that_takes_too_long_is_told_apart_from_one_that_fails(
    world: World, held: tuple[str, threading.Event, threading.Event]
) -> None:
    world.offer(**over(held[0]))

    late = problem(world.ask(world.token()), 504)

    assert late["cause"] == "deadline"
    assert "0.3 seconds" in late["detail"]


def test_a_hub_that_is_down_stops_nothing_but_what_needs_an_address(offered: World) -> None:
    token, other = offered.token(), offered.token("carol")
    assert offered.ask(token).status_code == 200
    offered.hub.stop()

    assert offered.ask(other).status_code == 200
    offered.policies({"type": "access", "config": {"allowed_users": ["@example.org"]}})
    refused = offered.ask(other)

    assert problem(refused, 503)["cause"] == "marketplace_unavailable"
    assert int(refused.headers["Retry-After"]) > 0


def test_what_is_unpublished_from_one_marketplace_takes_none_of_its_tokens_any_more(
    offered: World, catalogues: Callable[..., Counterpart]
) -> None:
    catalogue = good(
        offered.site.owner.post("/marketplaces", {"kind": "custom", "name": "Other", "url": catalogues().url}), 201
    )
    where = {"marketplace_ids": [catalogue["id"]], "force": True}
    assert good(offered.site.owner.post(f"/endpoints/{SLUG}/publish", where))["results"][0]["success"]
    token = offered.token()
    assert offered.ask(token).status_code == 200

    hub = offered.site.services.marketplaces.all()[0]
    good(offered.site.owner.post(f"/endpoints/{SLUG}/unpublish", {"marketplace_ids": [hub.id]}))

    assert problem(offered.ask(token), 401)["reason"] == "not_published_there"
