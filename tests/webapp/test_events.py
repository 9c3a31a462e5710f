"""The audit trail over HTTP: who did what, by token, newest first; and the health of a process with a runner."""

from typing import Any

import pytest
from publicist.core.running.runner import Runner
from publicist.core.running.watchdog import ALLOWED_SECONDS

from .site import Site, good, problem


def add(site: Site, slug: str) -> None:
    good(site.owner.post("/endpoints", {"name": "Research", "slug": slug}), 201)


def test_every_change_is_told_with_the_token_that_made_it(site: Site) -> None:
    good(site.owner.post("/tokens", {"name": "ci", "scopes": ["admin"]}), 201)
    add(site, "research-qa")
    good(site.owner.patch("/endpoints/research-qa", {"name": "Renamed"}))
    page = good(site.owner.get("/events"))
    assert [(item["action"], item["actor"]) for item in page["items"][:3]] == [
        ("endpoint.edited", {"kind": "token", "name": "test"}),
        ("endpoint.created", {"kind": "token", "name": "test"}),
        ("token.created", {"kind": "token", "name": "test"}),
    ]
    assert page["items"][0]["subject"]["name"] == "research-qa"
    assert page["items"][0]["what"] == "Changed name."


def test_events_are_asked_for_by_subject_action_and_time(site: Site, clock: Any) -> None:
    add(site, "first-one")
    later = clock.move(hours=1).isoformat().replace("+00:00", "Z")
    add(site, "second-one")

    def names(query: str) -> list[str]:
        return [item["subject"]["name"] for item in good(site.owner.get(f"/events?{query}"))["items"]]

    assert names("subject=endpoint") == ["second-one", "first-one"]
    assert names("subject=first-one") == ["first-one"]
    assert names(f"since={later}") == ["second-one"]
    assert names("action=token.created") == ["test"]
    assert names("subject=endpoint&page=2&per_page=1") == ["first-one"]
    problem(site.owner.get("/events?since=yesterday"), 422)
    problem(site.owner.get("/events?since=2026-01-01T00:00:00"), 422)


def test_an_endpoint_tells_its_own_events(site: Site) -> None:
    add(site, "first-one")
    add(site, "second-one")
    reader = site.caller("read")
    page = good(reader.get("/endpoints/first-one/events"))
    assert [item["subject"]["name"] for item in page["items"]] == ["first-one"]
    assert page["total"] == 1
    problem(reader.get("/endpoints/nowhere/events"), 404)


@pytest.mark.parametrize("scope", ["read", "publish"])
def test_the_whole_trail_is_for_the_owner(site: Site, scope: str) -> None:
    problem(site.caller(scope).get("/events"), 403)
    problem(site.caller().get("/events"), 401)


def test_a_stalled_runner_makes_its_process_unwell(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [0.0]
    monkeypatch.setattr(site.services.watchdog, "_monotonic", lambda: ticks[0])
    assert good(site.caller().get("/healthz")) == {"status": "ok"}
    site.services.watchdog.watch("publications", 1.0)
    assert good(site.caller().get("/healthz")) == {"status": "ok"}
    ticks[0] = ALLOWED_SECONDS + 3
    told = problem(site.caller().get("/healthz"), 503)
    assert "publications" in told["detail"]
    assert "Restart" in told["remedy"]
    site.services.watchdog.finished("publications")
    assert good(site.caller().get("/healthz")) == {"status": "ok"}


def test_a_runner_that_works_or_has_been_stopped_is_well(site: Site) -> None:
    runner = Runner(site.services)
    runner.start()
    try:
        assert good(site.caller().get("/healthz")) == {"status": "ok"}
    finally:
        runner.stop()
    assert good(site.caller().get("/healthz")) == {"status": "ok"}
