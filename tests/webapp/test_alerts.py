"""Channels, rules and incidents through the API."""

import uuid
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ..clock import Clock
from ..core.telling import found, watch
from ..spaces import add_endpoint
from .site import Site, good, problem


def entered(httpserver: HTTPServer, **settings: Any) -> dict[str, Any]:
    return {"kind": "webhook", "name": "ops", "settings": {"url": httpserver.url_for("/hook"), **settings}}


def test_a_channel_is_added_shown_changed_and_removed(site: Site, httpserver: HTTPServer) -> None:
    answer = site.owner.post("/channels", entered(httpserver, secret="signed-1815"))
    made = good(answer, 201)
    path = f"/channels/{made['id']}"

    assert answer.headers["Location"].endswith(path)
    assert made == {
        "id": made["id"],
        "kind": "webhook",
        "name": "ops",
        "settings": {"url": httpserver.url_for("/hook"), "secret": "***"},
        "created_at": "2026-03-01T12:00:00+00:00",
        "waiting": 0,
        "error": "",
    }
    assert good(site.owner.get("/channels"))["items"] == [made] == [good(site.owner.get(path))]
    changed = good(site.owner.patch(path, {"name": "Operations", "settings": {"secret": "***", "token": "t-1815-x"}}))
    assert changed["settings"] == {"url": httpserver.url_for("/hook"), "secret": "***", "token": "***"}
    assert site.services.alert_book.channel("Operations").settings["secret"] == "signed-1815"
    assert good(site.owner.patch(path, {"settings": {"secret": None}}))["settings"].keys() == {"url", "token"}
    assert site.owner.delete(path).status_code == 204
    problem(site.owner.get(path), 404)
    assert "signed-1815" not in "".join(each.text for each in site.owner.answers)


def test_a_channel_that_does_not_do_is_refused(site: Site, httpserver: HTTPServer) -> None:
    refused = {
        "kind": {"kind": "pigeon", "name": "ops"},
        "settings.url": {"kind": "webhook", "name": "ops"},
        "settings.colour": entered(httpserver, colour="red"),
        "settings.secret": entered(httpserver, secret=["a"]),
        "name": {"kind": "webhook"},
    }
    for field, body in refused.items():
        assert field in problem(site.owner.post("/channels", body), 422)["errors"]
    for url in (
        "ops.example",
        "ftp://ops.example/",
        "https://ada:secret-1815@ops.example/hook",
        "https://ops.example/a b",
    ):
        told = problem(site.owner.post("/channels", entered(httpserver, url=url)), 422)
        assert "settings.url" in told["errors"]
        assert "secret-1815" not in str(told)
    good(site.owner.post("/channels", entered(httpserver, url="https://ops.example/hook?key=1815&to=a")), 201)
    problem(site.owner.post("/channels", entered(httpserver)), 409)
    assert good(site.owner.get("/channels"))["total"] == 1


def test_a_test_is_sent_and_its_failure_told(site: Site, httpserver: HTTPServer) -> None:
    path = f"/channels/{good(site.owner.post('/channels', entered(httpserver)), 201)['id']}/test"
    httpserver.expect_oneshot_request("/hook").respond_with_data("")
    assert site.owner.post(path).status_code == 204
    assert httpserver.log[0][0].json["kind"] == "test"
    httpserver.expect_oneshot_request("/hook").respond_with_data("gone away", 404)
    told = problem(site.owner.post(path), 502)
    assert "404" in told["detail"]
    httpserver.expect_oneshot_request("/hook").respond_with_data("", 503)
    problem(site.owner.post(path), 503)
    problem(site.owner.post(f"/channels/{uuid.uuid4()}/test"), 404)


def test_the_kinds_say_what_they_ask_for(site: Site) -> None:
    kinds = {each["name"]: each for each in good(site.caller("read").get("/channel-kinds"))["items"]}
    assert {"webhook", "email", "slack"} <= kinds.keys()
    secret = {field["name"] for field in kinds["email"]["settings"] if field["secret"]}
    assert secret == {"password"}


def test_a_rule_is_added_shown_and_removed(site: Site, httpserver: HTTPServer) -> None:
    add_endpoint(site.services)
    channel = good(site.owner.post("/channels", entered(httpserver)), 201)
    assert good(site.caller("read").get("/alert-rules"))["total"] == 7
    body = {"name": "Papers", "trigger": "state", "endpoint_slug": "research-qa", "minutes": 5, "channels": ["ops"]}
    made = good(site.owner.post("/alert-rules", body), 201)

    assert made == {
        "id": made["id"],
        "name": "Papers",
        "trigger": "state",
        "words": ["unhealthy", "offline"],
        "minutes": 5,
        "days": 0,
        "endpoint_slug": "research-qa",
        "tag": "",
        "remind_minutes": 0,
        "channels": [channel["id"]],
        "created_at": "2026-03-01T12:00:00+00:00",
    }
    assert made in good(site.caller("read").get("/alert-rules"))["items"]
    path = f"/alert-rules/{made['id']}"
    problem(site.caller("publish").patch(path, {"minutes": 10}), 403)
    assert good(site.owner.patch(path, {"minutes": 10})) == {**made, "minutes": 10}
    assert "trigger" in problem(site.owner.patch(path, {"trigger": "usage"}), 422)["errors"]
    problem(site.owner.patch(f"/alert-rules/{uuid.uuid4()}", {"minutes": 1}), 404)
    good(site.owner.patch(path, {"minutes": 5}))
    problem(site.owner.delete(f"/channels/{channel['id']}"), 409)
    assert site.owner.delete(f"/alert-rules/{made['id']}").status_code == 204
    problem(site.owner.delete(f"/alert-rules/{made['id']}"), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"trigger": "weather"}, "trigger"),
        ({"trigger": "state", "words": ["sad"]}, "words"),
        ({"trigger": "state", "words": []}, "words"),
        ({"trigger": "network", "words": ["down"]}, "words"),
        ({"trigger": "state", "minutes": -1}, "minutes"),
        ({"trigger": "state", "minutes": 1.5}, "minutes"),
        ({"trigger": "expiry", "days": "14"}, "days"),
        ({"trigger": "state", "endpoint_slug": "research-qa", "tag": "science"}, "tag"),
        ({"trigger": "state", "channels": ["no-such"]}, "channels"),
        ({"trigger": "state", "when": "now"}, "when"),
    ],
)
def test_a_rule_that_does_not_do_is_refused(site: Site, body: dict[str, Any], field: str) -> None:
    assert field in problem(site.owner.post("/alert-rules", {"name": "Rule", **body}), 422)["errors"]
    assert good(site.owner.get("/alert-rules"))["total"] == 0


def test_a_rule_for_an_endpoint_that_there_is_not_is_refused(site: Site) -> None:
    problem(site.owner.post("/alert-rules", {"name": "Rule", "trigger": "state", "endpoint_slug": "no-such"}), 404)


def test_incidents_are_listed_and_acknowledged(site: Site, clock: Clock, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("")
    good(site.owner.post("/channels", entered(httpserver)), 201)
    endpoint = add_endpoint(site.services)
    found(site.services, endpoint.id, well=False)
    watch(site.services, clock, 120)
    (incident,) = good(site.caller("read").get("/incidents", params={"open": "true"}))["items"]

    assert (incident["title"], incident["endpoint_slug"]) == ("research-qa: offline", "research-qa")
    assert incident["acknowledged_at"] is None
    path = f"/incidents/{incident['id']}/acknowledge"
    problem(site.caller("read").post(path), 403)
    (known,) = good(site.caller("publish").post(path))["items"]
    assert (known["acknowledged_at"], known["acknowledged_by"]) == (clock().isoformat(), "test")
    problem(site.owner.post(f"/incidents/{uuid.uuid4()}/acknowledge"), 404)
    found(site.services, endpoint.id, well=True)
    watch(site.services, clock, 60)
    assert good(site.owner.get("/incidents", params={"open": "true"}))["total"] == 0
    assert good(site.owner.get("/incidents"))["items"][0]["closed_at"] is not None


def test_only_an_owner_sees_channels(site: Site, httpserver: HTTPServer) -> None:
    for path in ("/channels", "/alert-rules"):
        problem(site.caller("publish").post(path, entered(httpserver)), 403)
        problem(site.caller().get(path), 401)
    problem(site.caller("publish").get("/channels"), 403)
