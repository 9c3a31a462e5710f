"""``publicist alert`` on the command line."""

import socket

import pytest
from pytest_httpserver import HTTPServer

from ..telling import found
from .conftest import CommandLine


@pytest.fixture
def hook(httpserver: HTTPServer) -> str:
    httpserver.expect_request("/hook").respond_with_data("")
    return httpserver.url_for("/hook")


def test_a_channel_is_added_with_a_test_changed_and_removed(
    space: CommandLine, hook: str, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "signed-1815-x")
    words = ("alert", "channel", "add", "webhook", "--name", "ops", "--set", f"url={hook}")
    made = space.json(*words, "--set-env", "secret=HOOK_SECRET")
    assert made["settings"] == {"url": hook, "secret": "***"}
    assert httpserver.log[0][0].json["kind"] == "test"
    assert "X-Publicist-Signature" in httpserver.log[0][0].headers

    assert "ops" in space.run("alert", "channel", "list").stdout
    edited = space.json("alert", "channel", "edit", "ops", "--name", "pager", "--unset", "secret")
    assert (edited["name"], edited["settings"]) == ("pager", {"url": hook})
    space.run("alert", "channel", "edit", "pager", code=2)
    assert "A test was sent to pager." in space.run("alert", "channel", "test", "pager").stdout
    assert len(httpserver.log) == 2
    space.run("alert", "channel", "remove", "pager")
    assert space.json("alert", "channel", "list") == {"items": [], "total": 0}
    assert "There are no channels yet." in space.run("alert", "channel", "list").stderr


def test_a_channel_that_does_not_take_the_test_is_kept_to_be_corrected(
    space: CommandLine, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook").respond_with_data("no", 403)
    url = httpserver.url_for("/hook")
    result = space.run("alert", "channel", "add", "webhook", "--set", f"url={url}", code=3)
    assert "403" in result.stderr
    assert "What to do: Check the address" in result.stderr
    assert "publicist alert rule list" in result.stderr
    assert space.json("alert", "channel", "list")["total"] == 1
    space.run("alert", "channel", "test", "webhook", code=1)
    another = space.run("alert", "channel", "add", "slack", "--set", f"url={url}", "--no-test")
    assert not another.stderr
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        away = f"url=http://127.0.0.1:{closed.getsockname()[1]}/"
        told = space.run("alert", "channel", "add", "webhook", "--name", "away", "--set", away, code=3).stderr
    assert "What to do: Correct it with `publicist alert channel edit away`" in told
    assert "marketplace" not in told
    space.run("alert", "channel", "add", "pigeon", code=1)


def test_rules_are_added_listed_and_removed(space: CommandLine, hook: str) -> None:
    assert "There are no rules" in space.run("alert", "rule", "list").stderr
    space.run("alert", "channel", "add", "webhook", "--name", "ops", "--set", f"url={hook}")
    assert space.json("alert", "rule", "list")["total"] == 7
    options = ("--when", "degraded", "--minutes", "5", "--tag", "science", "--remind", "60", "--channel", "ops")
    made = space.json("alert", "rule", "add", "state", "--name", "Slow", *options)
    assert (made["words"], made["minutes"], made["tag"], made["remind_minutes"]) == (["degraded"], 5, "science", 60)
    assert space.json("alert", "rule", "add", "expiry")["days"] == 14
    shown = space.run("alert", "rule", "list").stdout
    assert "tag science" in shown
    assert "ops" in shown
    edited = space.json("alert", "rule", "edit", made["id"], "--minutes", "9", "--everything", "--all-channels")
    assert edited == {**made, "minutes": 9, "tag": "", "channels": []}
    space.run("alert", "rule", "edit", made["id"], code=2)
    space.run("alert", "rule", "edit", made["id"], "--when", "sad", code=1)
    space.run("alert", "rule", "remove", made["id"])
    space.run("alert", "rule", "remove", made["id"], code=1)
    space.run("alert", "rule", "add", "weather", code=2)
    space.run("alert", "rule", "add", "state", "--when", "sad", code=1)
    space.run("alert", "rule", "add", "state", "--endpoint", "no-such", code=1)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["state", "--tag", "Bad Tag"], "tag"),
        (["state", "--endpoint", "research-qa", "--tag", "science"], "tag"),
        (["state", "--days", "5"], "days"),
        (["network", "--endpoint", "research-qa"], "endpoint_slug"),
        (["credential_age", "--tag", "science"], "tag"),
    ],
)
def test_what_a_rule_cannot_mean_is_refused(space: CommandLine, words: list[str], field: str) -> None:
    space.add_endpoint()
    assert f"  {field}: " in space.run("alert", "rule", "add", *words, code=1).stderr
    assert space.json("alert", "rule", "list")["total"] == 0


def test_a_rule_finds_a_tag_however_it_is_typed(space: CommandLine) -> None:
    assert space.json("alert", "rule", "add", "state", "--tag", " Science")["tag"] == "science"


def test_incidents_are_shown_and_acknowledged(space: CommandLine, hook: str) -> None:
    assert "No incident is open." in space.run("alert", "incidents").stderr
    space.add_endpoint()
    space.run("alert", "channel", "add", "webhook", "--set", f"url={hook}")
    for rule in space.json("alert", "rule", "list")["items"]:
        space.run("alert", "rule", "remove", rule["id"])
    # No group wait: real time passes here.
    space.run("alert", "rule", "add", "state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBLICIST_ALERT_GROUP_WAIT", "0")
        services = space.services()
        try:
            endpoint = services.endpoints.get("research-qa")
            found(services, endpoint.id, well=False)
            services.alerts.round()
            assert services.outbox.settle(20)
        finally:
            services.close()
    (incident,) = space.json("alert", "incidents")["items"]
    assert incident["title"] == "research-qa: offline"
    assert "research-qa: offline" in space.run("alert", "incidents").stdout
    assert "Acknowledged: research-qa: offline" in space.run("alert", "ack", incident["id"]).stdout
    assert space.json("alert", "incidents", "--all")["items"][0]["acknowledged_by"]
    space.run("alert", "ack", "no-such", code=1)
