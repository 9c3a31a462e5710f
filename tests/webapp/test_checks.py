"""Checks added, changed, run and taken away through the API."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_marketplace, publish
from .site import Site, good, problem

Described = Callable[..., dict[str, Any]]
PATH = "/endpoints/research-qa/checks"
TOKEN = "a-token-of-the-check"
DOOR = {"kind": "tcp", "settings": {"address": "127.0.0.1:9"}}


@pytest.fixture(autouse=True)
def _endpoint(site: Site, described: Described, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/query").respond_with_json({"references": {"documents": []}})
    dataset = {"kind": "http", "settings": {"url": httpserver.url_for("/query")}}
    good(site.owner.post("/endpoints", described(dataset=dataset)), 201)


def page(httpserver: HTTPServer, **settings: Any) -> dict[str, Any]:
    httpserver.expect_request("/page").respond_with_data("All is well.")
    return {"kind": "http", "name": "page", "settings": {"url": httpserver.url_for("/page"), **settings}}


def test_a_check_is_added_shown_changed_and_taken_away(site: Site, httpserver: HTTPServer) -> None:
    asked = page(httpserver, headers={"X-API-Key": TOKEN}, contains="well")
    made = good(site.caller("publish").post(PATH, asked), 201)
    assert made["settings"]["headers"] == {"X-API-Key": "***"}
    assert (made["result"]["ok"], made["result"]["name"]) == (True, "page")
    shown = {name: value for name, value in made.items() if name != "result"}
    one = f"{PATH}/{made['id']}"
    assert good(site.caller("read").get(PATH))["items"] == [shown]
    assert good(site.caller("read").get(one)) == shown

    changed = good(site.owner.patch(one, {"settings": {**made["settings"], "contains": "ill"}}))
    assert changed["result"]["ok"] is False
    assert httpserver.log[-1][0].headers["X-API-Key"] == TOKEN
    assert good(site.owner.patch(one, {"name": "front", "test": False}))["result"] is None
    assert TOKEN not in "".join(answer.text for answer in site.owner.answers)

    assert site.owner.delete(one).status_code == 204
    assert good(site.owner.get(PATH))["total"] == 0
    problem(site.owner.get(one), 404)


def test_a_look_counts_for_the_endpoint_s_health(site: Site, httpserver: HTTPServer) -> None:
    good(site.owner.post(PATH, page(httpserver)), 201)
    look = good(site.caller("publish").post(f"{PATH}/run"))
    assert look["endpoint_slug"] == "research-qa"
    assert {each["name"]: each["ok"] for each in look["results"]} == {"dataset": True, "page": True, "query": True}
    with site.services.store.session():
        endpoint = site.services.store.endpoints.by_slug("research-qa")
    assert endpoint
    assert site.services.health_book.of(endpoint.id).state == "healthy"


def test_one_check_is_run_and_counts_for_nothing(site: Site) -> None:
    made = good(site.owner.post(PATH, DOOR), 201)
    ran = good(site.owner.post(f"{PATH}/{made['id']}/run"))
    assert (ran["ok"], ran["reachable"], ran["name"]) == (False, False, "tcp")
    assert site.services.health_book.all() == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "telepathy"}, "kind"),
        ({"kind": "tcp"}, "settings.address"),
        ({"kind": "tcp", "settings": {"address": "nowhere"}}, "settings.address"),
        ({"kind": "http", "settings": {"url": "http://a.example", "matches": "("}}, "settings.matches"),
        ({"kind": "tcp", "settings": {"address": "a:1", "colour": "red"}}, "settings.colour"),
        ({**DOOR, "name": "dataset"}, "name"),
        ({**DOOR, "often": True}, "often"),
        ({"kind": "http", "settings": {"url": "http://a.example", "headers": {"X": "***"}}}, "settings.headers.X"),
    ],
)
def test_what_cannot_be_added_is_refused_by_field(site: Site, body: dict[str, Any], field: str) -> None:
    assert field in problem(site.owner.post(PATH, body), 422)["errors"]
    assert good(site.owner.get(PATH))["total"] == 0


def test_two_checks_of_one_name_are_refused_and_so_is_the_twenty_first(site: Site) -> None:
    for number in range(20):
        good(site.owner.post(PATH, {**DOOR, "name": f"door {number}", "test": False}), 201)
    assert "name" in problem(site.owner.post(PATH, {**DOOR, "name": "door 1", "test": False}), 422)["errors"]
    assert "20 checks" in problem(site.owner.post(PATH, {**DOOR, "test": False}), 422)["detail"]


def test_what_is_not_there_is_told_and_a_reader_may_only_look(site: Site) -> None:
    reader = site.caller("read")
    problem(reader.post(PATH, DOOR), 403)
    problem(reader.post(f"{PATH}/run"), 403)
    problem(site.owner.get("/endpoints/no-such/checks"), 404)
    problem(site.owner.post("/endpoints/no-such/checks/run"), 404)
    problem(site.owner.delete(f"{PATH}/{uuid.uuid4()}"), 404)
    kinds = good(reader.get("/check-kinds"))["items"]
    assert [kind["name"] for kind in kinds] == ["http", "tcp", "tls"]


def test_adding_and_removing_are_among_the_events_and_ask_for_a_look(site: Site) -> None:
    made = good(site.owner.post(PATH, {**DOOR, "test": False}), 201)
    site.owner.delete(f"{PATH}/{made['id']}")
    told = [event.what for event in site.services.trail.page().items if event.action == "endpoint.checks"]
    assert told == ["Removed the check tcp (tcp).", "Added the check tcp (tcp)."]
    assert site.services.checker.round() == 1
    assert site.services.checker.wait_idle(10)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "/endpoints/research-qa", {"summary": "Something else."}),
        ("post", "/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True, "force": True}),
        ("post", PATH, {**DOOR, "test": False}),
        ("post", "/endpoints/research-qa/feedback", {"kind": "error_report", "text": "It does not answer."}),
    ],
)
def test_what_happens_to_an_endpoint_has_it_looked_at(
    site: Site, clock: Clock, catalogues: Callable[..., Counterpart], method: str, path: str, body: dict[str, Any]
) -> None:
    services = site.services
    add_marketplace(services, "First", catalogues().url)
    publish(services)
    add_marketplace(services, "Second", catalogues().url)
    checker, endpoint = services.checker, services.endpoints.get("research-qa")
    checker.look(endpoint.id)
    assert (checker.round(), checker.round()) == (0, 0)
    seen = services.health_book.of(endpoint.id).checked_at
    clock.move(seconds=0.1)

    assert getattr(site.owner, method)(path, body).ok
    services.worker.run_due()
    services.feedback.round()
    checker.round()
    assert checker.wait_idle(10)

    assert services.health_book.of(endpoint.id).checked_at != seen
