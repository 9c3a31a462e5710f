"""What the tabs of an endpoint tell and do, over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from publicist.core.records import CheckResult, Endpoint, Feedback
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...spaces import add_endpoint, add_marketplace
from ..site import Site
from ..test_usage import count
from .lived import GONE
from .person import Person, person

PATH = "/endpoints/research-qa"
TABS = ("policies", "checks", "health", "usage", "feedback", "activity", "try")


@pytest.fixture
def endpoint(site: Site) -> Endpoint:
    return add_endpoint(site.services)


@pytest.fixture
def owner(site: Site, endpoint: Endpoint) -> Person:
    return person(site)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_new_endpoint_says_what_comes_next(owner: Person, tab: str) -> None:
    html = owner.html(f"{PATH}/{tab}")
    assert 'aria-current="page"' in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_of_no_endpoint_is_not_found(owner: Person, tab: str) -> None:
    owner.open(f"/endpoints/nowhere/{tab}", 404)


@pytest.mark.parametrize("tab", TABS)
def test_a_viewer_sees_every_tab_and_no_button_that_is_not_theirs(site: Site, owner: Person, tab: str) -> None:
    html = person(site, "read").html(f"{PATH}/{tab}")
    for forbidden in ("policies/new", "checks/new", "/remove", "/look", 'value="ask"'):
        assert forbidden not in html


def test_health_tells_state_uptime_incidents_and_readings(
    site: Site, clock: Clock, endpoint: Endpoint, owner: Person
) -> None:
    fine = CheckResult("dataset", ok=True, message="It answered.", latency_ms=42, warning="The certificate ends soon.")
    for results in [[fine]] * 6 + [[GONE]] * 4:
        site.services.health_book.record(endpoint.id, results)
        clock.move(minutes=10)
    page = owner.open(f"{PATH}/health?range=24h")
    assert "Offline" in page
    assert "dataset: No connection." in page
    assert "goes on" in page
    assert "Every hour" in page
    assert "1 Mar 2026, 12:00 Healthy 100%" in page
    assert "Every day" in owner.open(f"{PATH}/health?range=365d")
    assert "Every day" in owner.open(f"{PATH}/health?range=made-up")


def test_the_error_rate_is_of_real_queries_that_no_policy_refused(site: Site, owner: Person) -> None:
    count(site, "research-qa", *[{}] * 7, {"status": 500}, {"status": 403, "denial": "access_denied"})
    assert "Failed 12% 1 of 8 queries" in owner.open(f"{PATH}/health")


def test_usage_tells_the_figures_of_the_guide(site: Site, owner: Person) -> None:
    hub = add_marketplace(site.services, "Hub <b>", "http://127.0.0.1:9").id
    ada = {"marketplace_id": hub, "person": "ada0123456789", "country": "DE"}
    denied = {"marketplace_id": hub, "person": "eve", "status": 403, "denial": "access_denied"}
    count(site, "research-qa", *[ada] * 6, *[denied] * 30, {"status": 429, "denial": "rate_limited"}, {"status": 502})
    page = owner.open(f"{PATH}/usage?days=7")
    for told in (
        "Total queries 38",
        "Unique users 2",
        "200 Successful queries 6 (16%)",
        "403 Access denials 30 (79%)",
        "429 Rate limit hits 1 (2.6%)",
        "502 Failed 1 (2.6%)",
        "DE 6",
        "No access 30 (97%)",
        "ada01234 Hub <b> 6 0",
        "was refused 30 times",
        "Hub <b> 36",
    ):
        assert told in page, told
    assert "ada0123456789" not in page
    assert "Hub <b>" not in owner.html(f"{PATH}/usage?days=7")
    assert "Total queries 36" in owner.open(f"{PATH}/usage?days=7&marketplace={hub}")


def test_usage_is_a_file_too(site: Site, owner: Person) -> None:
    count(site, "research-qa", {}, {"at": site.services.clock() - timedelta(days=40)})
    answer = owner.session.get(f"{owner.url}{PATH}/usage.csv?days=90", timeout=30)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="usage-research-qa.csv"'
    assert len(answer.text.splitlines()) == 3
    assert len(owner.html(f"{PATH}/usage.csv?days=7").splitlines()) == 2
    owner.open("/endpoints/nowhere/usage.csv", 404)


def test_feedback_is_paged_and_can_run_nothing(site: Site, endpoint: Endpoint, owner: Person) -> None:
    with site.services.store.write():
        for number in range(30):
            site.services.store.feedback.add(_said(endpoint, site, number))
    first, html = owner.open(f"{PATH}/feedback"), owner.html(f"{PATH}/feedback")
    assert "Page 1 of 2, 30 in all" in first
    assert "4.0 of 5 on average, from 30 people" in first
    assert "<img" not in html.partition("<main")[2]
    assert "Page 2 of 2" in owner.open(f"{PATH}/feedback?page=2")
    assert "Nothing of this kind" in owner.open(f"{PATH}/feedback?kind=comment")


def _said(endpoint: Endpoint, site: Site, number: int) -> Feedback:
    text = f"<img src=x onerror=alert({number})>"
    return Feedback(str(number), endpoint.id, "", "", "rating", 4, text, "<b>Eve</b>", site.services.clock())


def test_activity_is_of_this_endpoint_by_outcome(site: Site, owner: Person) -> None:
    add_endpoint(site.services, slug="second-one")
    page = owner.open(f"{PATH}/activity")
    assert "Endpoint: created" in page
    assert "Described research-qa." in page
    assert "second-one" not in page
    assert "Nothing ended so" in owner.open(f"{PATH}/activity?outcome=failed")


@pytest.fixture
def asked(site: Site, owner: Person, httpserver: HTTPServer, described: Callable[..., dict[str, Any]]) -> HTTPServer:
    """The endpoint with a dataset that answers queries, at a price."""
    answer = {
        "documents": [
            {
                "document_id": "d1",
                "content": "<i>All</i> of it.",
                "similarity_score": 0.91,
                "metadata": {"title": "One"},
            }
        ]
    }
    httpserver.expect_request("/query", method="POST").respond_with_json(answer)
    price = [{"type": "accounting", "config": {"price": "0.5", "currency": "EUR"}}]
    site.owner.patch("/endpoints/research-qa", {"dataset": described()["dataset"], "policies": price})
    return httpserver


def test_a_query_is_tried_in_words_and_as_messages(owner: Person, asked: HTTPServer) -> None:
    page = owner.send(f"{PATH}/try", words="What is it?", mode="words", do="ask")
    assert "1. One" in page
    assert "similarity 0.91" in page
    assert "<i>All</i> of it." in page
    assert "Costs others: 0.5 EUR" in page
    messages = {"role.0": "user", "content.0": "First", "role.1": "assistant", "content.1": "Well", "turns": "2"}
    more = owner.sent(f"{PATH}/try", mode="messages", do="more", **messages)
    assert 'name="content.2"' in more
    assert ">\nWell</textarea>" in more
    assert "1. One" in owner.send(f"{PATH}/try", mode="messages", do="ask", **messages)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": "  "}, "Asks nothing"),
        ({"words": "What?", "limit": "many"}, "Not a valid number"),
        ({"mode": "messages", "content.0": ""}, "at least 1"),
    ],
)
def test_a_query_that_cannot_be_asked_keeps_what_was_typed(
    owner: Person, asked: HTTPServer, fields: dict[str, str], said: str
) -> None:
    html = owner.sent(f"{PATH}/try", 422, **{"mode": "words", "do": "ask", **fields})
    assert said in html or said.lower() in html.lower()
    assert fields.get("limit", "") in html


def test_what_a_backend_cannot_answer_is_told(site: Site, owner: Person) -> None:
    page = owner.send(f"{PATH}/try", 422, words="What is it?", mode="words", do="ask")
    assert "What is it?" in page
    assert "Does not answer" in owner.send(f"{PATH}/try/connection")
    person(site, "read").send(f"{PATH}/try", 403, words="What is it?")


def test_a_check_is_added_run_changed_and_removed(site: Site, owner: Person, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/front").respond_with_data("fine")
    url = httpserver.url_for("/front")
    new = f"{PATH}/checks/new"
    assert "This kind needs it" in owner.send(new, 422, kind="http", name="front")
    fields = {"settings.url": url, "settings.headers": "X-Key: key-1815\nAccept: text/html"}
    assert "It passed" in owner.send(new, kind="http", name="front", **fields)
    (check,) = site.services.checks.of("research-qa")
    assert check.settings["headers"] == {"X-Key": "key-1815", "Accept": "text/html"}

    one = f"{PATH}/checks/{check.id}"
    assert "key-1815" not in owner.html(one)
    refused = owner.sent(one, 422, kind="http", name="front", **{"settings.headers": "X-Key: key-1816"})
    assert "key-1816" not in refused
    assert "did not pass" in owner.send(
        one, kind="http", name="front", **{"settings.url": url, "settings.status": "404"}
    )
    (check,) = site.services.checks.of("research-qa")
    assert check.settings["headers"]["X-Key"] == "key-1815"  # type: ignore[index,call-overload]
    assert "Ran front." in owner.send(f"{one}/run")
    looked = owner.send(f"{PATH}/look")
    assert "did not pass" in looked
    assert "key-1815" not in looked
    assert "Removed the check front." in owner.send(f"{one}/remove")
    assert site.services.checks.of("research-qa") == []
    owner.open(one, 404)
    owner.open(f"{new}?kind=made-up", 404)


def test_checks_are_not_a_viewers_to_change(site: Site, owner: Person) -> None:
    viewer = person(site, "read")
    viewer.send(f"{PATH}/checks/new", 403, kind="http")
    viewer.send(f"{PATH}/look", 403)
    viewer.open(f"{PATH}/checks/new?kind=http", 403)
