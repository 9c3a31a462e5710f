"""Publishing as the guide writes it, through the API."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from publicist.webapp.context import SEATS, WaitingRoom
from pytest_httpserver import HTTPServer

from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

Described = Callable[..., dict[str, Any]]
Catalogues = Callable[..., Counterpart]
EVERYWHERE = {"publish_to_all_marketplaces": True}
NOBODY_THERE = "http://127.0.0.1:9"
ID = "123e4567-e89b-12d3-a456-426614174000"


def connect(site: Site, name: str, url: str) -> str:
    """Add a marketplace, without testing it, and return its id."""
    added = good(site.owner.post("/marketplaces?test=false", {"kind": "custom", "name": name, "url": url}), 201)
    return str(added["id"])


def results(answer: requests.Response) -> dict[str, dict[str, Any]]:
    """Return the results of a publish or unpublish by marketplace name."""
    return {result["marketplace_name"]: result for result in good(answer)["results"]}


def test_the_guide_s_own_publish_flow(site: Site, described: Described, catalogues: Catalogues) -> None:
    """Availability, preflight, publish to all, review, unpublish."""
    catalogue = catalogues()
    marketplace = connect(site, "Catalogue", catalogue.url)
    good(site.owner.post("/endpoints", described()), 201)

    free = good(site.owner.get("/endpoints/research-qa/availability"))
    ready = good(site.owner.get("/endpoints/research-qa/preflight"))
    published = good(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))

    assert free == {
        "slug": "research-qa",
        "local_available": True,
        "marketplaces": [
            {
                "marketplace_id": marketplace,
                "marketplace_name": "Catalogue",
                "available": True,
                "reason": free["marketplaces"][0]["reason"],
            }
        ],
    }
    assert (ready["ready"], ready["blocks"]) == (True, [])
    assert published == {
        "endpoint_slug": "research-qa",
        "results": [
            {
                "marketplace_id": marketplace,
                "marketplace_name": "Catalogue",
                "success": True,
                "message": "Successfully published endpoint",
                "error": None,
                "status": "published",
                "cause": None,
                "remedy": None,
            }
        ],
    }
    assert catalogue.listings["research-qa"]["name"] == "Research Q&A"

    shown = good(site.owner.get("/endpoints/research-qa/publications"))["publications"][0]
    assert (shown["status"], shown["sync"], shown["error"]) == ("published", "in_sync", None)

    withdrawn = site.owner.post("/endpoints/research-qa/unpublish")
    assert results(withdrawn)["Catalogue"]["success"] is True
    assert catalogue.listings == {}


def test_only_the_marketplaces_that_are_named_are_published_to(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    here, there = catalogues(), catalogues()
    wanted, _ = connect(site, "Here", here.url), connect(site, "There", there.url)
    good(site.owner.post("/endpoints", described()), 201)

    body = {"marketplace_ids": [wanted], "publish_to_all_marketplaces": False}
    published = results(site.owner.post("/endpoints/research-qa/publish", body))

    assert published.keys() == {"Here"}
    assert (len(here.listings), len(there.listings)) == (1, 0)


def test_a_dead_marketplace_fails_in_its_own_result_only(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    catalogue = catalogues()
    connect(site, "Alive", catalogue.url)
    connect(site, "Dead", NOBODY_THERE)
    good(site.owner.post("/endpoints", described()), 201)

    published = results(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))

    assert published["Alive"]["success"] is True
    dead = published["Dead"]
    assert (dead["success"], dead["status"], dead["cause"]) == (False, "pending", "marketplace_unavailable")
    assert isinstance(dead["error"], str)
    assert dead["remedy"]
    shown = {one["marketplace_name"]: one for one in _publications(site)}
    assert shown["Dead"]["error"]["cause"] == "marketplace_unavailable"
    assert shown["Dead"]["due_at"] is not None


def test_a_taken_slug_fails_with_its_cause_and_remedy(site: Site, described: Described, catalogues: Catalogues) -> None:
    catalogue = catalogues()
    catalogue.insert("research-qa")
    connect(site, "Catalogue", catalogue.url)
    good(site.owner.post("/endpoints", described()), 201)

    published = results(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))["Catalogue"]

    assert (published["success"], published["status"], published["cause"]) == (False, "failed", "slug_conflict")


def test_an_endpoint_that_does_not_answer_is_blocked_unless_forced(
    site: Site, described: Described, catalogues: Catalogues, httpserver: HTTPServer
) -> None:
    catalogue = catalogues()
    connect(site, "Catalogue", catalogue.url)
    good(site.owner.post("/endpoints", described()), 201)
    httpserver.clear()
    httpserver.expect_request("/health").respond_with_data("down", status=503)

    blocked = results(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))["Catalogue"]
    forced = results(site.owner.post("/endpoints/research-qa/publish", {**EVERYWHERE, "force": True}))["Catalogue"]

    assert (blocked["success"], blocked["status"], blocked["cause"]) == (False, "failed", "endpoint_unhealthy")
    assert forced["success"] is True


def test_a_draft_is_blocked_and_preflight_says_why(site: Site, described: Described, catalogues: Catalogues) -> None:
    marketplace = connect(site, "Catalogue", catalogues().url)
    good(site.owner.post("/endpoints", described(published=False)), 201)

    preflight = good(site.owner.get(f"/endpoints/research-qa/preflight?marketplace_id={marketplace}"))
    published = results(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))["Catalogue"]

    assert preflight["ready"] is False
    assert [one["code"] for one in preflight["blocks"]] == ["not_ready"]
    assert published["error"] == preflight["blocks"][0]["message"]


def test_a_dry_run_shows_what_would_be_sent_and_writes_nothing(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    catalogue = catalogues()
    marketplace = connect(site, "Catalogue", catalogue.url)
    good(site.owner.post("/endpoints", described()), 201)

    preview = good(site.owner.post("/endpoints/research-qa/publish", {**EVERYWHERE, "dry_run": True}))

    assert preview.keys() == {"endpoint_slug", "dry_run", "findings", "payloads"}
    assert preview["dry_run"] is True
    assert preview["payloads"][marketplace]["name"] == "Research Q&A"
    assert not [seen for seen in catalogue.requests if seen.method != "GET"]
    assert {one["status"] for one in _publications(site)} == {"not_published"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": False}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": False, "marketplace_ids": []}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": True, "marketplace_ids": [ID]}, "marketplace_ids"),
        ({"marketplace_ids": [ID]}, "marketplace_ids"),
        ({"marketplace_ids": [ID, ID]}, "marketplace_ids"),
        ({"marketplace_ids": ["SyftHub"]}, "marketplace_ids.0"),
        ({"publish_to_all_marketplaces": "true"}, "publish_to_all_marketplaces"),
        ({**EVERYWHERE, "wait": 61}, "wait"),
        ({**EVERYWHERE, "wait": True}, "wait"),
        ({**EVERYWHERE, "marketplaces": "all"}, "marketplaces"),
    ],
)
def test_an_unsound_publish_is_refused_by_field(
    site: Site, described: Described, body: dict[str, Any], field: str
) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    assert field in problem(site.owner.post("/endpoints/research-qa/publish", body), 422)["errors"]


def test_an_unknown_marketplace_is_named(site: Site, described: Described) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    answer = site.owner.post("/endpoints/research-qa/publish", {"marketplace_ids": [ID]})

    assert ID in problem(answer, 422)["errors"]["marketplace_ids"][0]


@pytest.mark.parametrize("operation", ["publish", "unpublish"])
def test_an_unknown_endpoint_is_a_404(site: Site, operation: str) -> None:
    problem(site.owner.post(f"/endpoints/no-such/{operation}", EVERYWHERE), 404)


def test_unpublish_names_its_marketplaces_too(site: Site, described: Described, catalogues: Catalogues) -> None:
    here, there = catalogues(), catalogues()
    first, _ = connect(site, "Here", here.url), connect(site, "There", there.url)
    good(site.owner.post("/endpoints", described()), 201)
    good(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))

    withdrawn = results(site.owner.post("/endpoints/research-qa/unpublish", {"marketplace_ids": [first]}))

    assert withdrawn.keys() == {"Here"}
    assert (len(here.listings), len(there.listings)) == (0, 1)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"", 200),
        ({"Content-Type": "application/json"}, b"", 200),
        ({"Content-Type": "application/json"}, b"{}", 200),
        ({"Content-Type": "text/plain"}, b"all", 415),
    ],
)
def test_unpublish_takes_a_body_or_none(
    site: Site, described: Described, headers: dict[str, str], body: bytes, status: int
) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    answer = site.owner.ask("POST", "/endpoints/research-qa/unpublish", headers=headers, data=body)

    assert answer.status_code == status, answer.text


def test_availability_names_a_taken_slug_and_one_that_can_be_none(site: Site, catalogues: Catalogues) -> None:
    catalogue = catalogues()
    catalogue.insert("tide-tables")
    connect(site, "Catalogue", catalogue.url)
    connect(site, "Dead", NOBODY_THERE)

    answers = good(site.owner.get("/endpoints/tide-tables/availability"))["marketplaces"]

    assert [one["available"] for one in answers] == [False, None]
    assert all(one["reason"] for one in answers)
    assert "slug" in problem(site.owner.get("/endpoints/admin/availability"), 422)["errors"]


def test_a_check_tells_what_each_side_said(site: Site, described: Described, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/broken").respond_with_data("down", status=503)
    model = {"kind": "http", "settings": {"url": httpserver.url_for("/"), "health_url": httpserver.url_for("/broken")}}
    good(site.owner.post("/endpoints", described(model=model, response_type="both")), 201)

    checked = good(site.owner.post("/endpoints/research-qa/check"))

    assert (checked["ok"], checked["dataset"]["ok"], checked["model"]["ok"]) == (False, True, False)
    assert checked["dataset"]["latency_ms"] > 0
    assert "503" in checked["model"]["message"]


def test_at_most_a_quarter_of_the_threads_wait(site: Site, described: Described, catalogues: Catalogues) -> None:
    """With every seat taken, one more publish answers at once; reading goes on all the while."""
    catalogue = catalogues()
    connect(site, "Slow", catalogue.url)
    good(site.owner.post("/endpoints", described()), 201)
    for number in range(SEATS):
        good(site.owner.post("/endpoints", described(slug=f"tide-{number}")), 201)
    arrived, go_on = threading.Semaphore(0), threading.Event()

    def hold(_seen: object) -> None:
        arrived.release()
        go_on.wait(10)

    catalogue.faults.add("meanwhile", method="POST", action=hold)
    body = {**EVERYWHERE, "wait": 60}
    waiting = [
        threading.Thread(target=site.caller("publish").post, args=(f"/endpoints/tide-{number}/publish", body))
        for number in range(SEATS)
    ]
    for thread in waiting:
        thread.start()
    assert all(arrived.acquire(timeout=10) for _ in waiting)

    one_more = results(site.owner.post("/endpoints/research-qa/publish", body))["Slow"]
    good(site.owner.get("/endpoints"))
    go_on.set()
    for thread in waiting:
        thread.join()

    assert (one_more["success"], one_more["status"], one_more["error"]) == (False, "pending", None)


def test_a_seat_is_given_back() -> None:
    room = WaitingRoom(threading.BoundedSemaphore(1))

    with room.seat() as first, room.seat() as second:
        assert (first, second) == (True, False)
    with room.seat() as again:
        assert again


def _publications(site: Site) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = good(site.owner.get("/endpoints/research-qa/publications"))["publications"]
    return shown
