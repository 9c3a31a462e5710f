"""How calls to a marketplace stand, and removing one with its listings, through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.marketplaces.pacing import THRESHOLD

from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

Catalogues = Callable[..., Counterpart]
Described = Callable[..., dict[str, Any]]


@pytest.fixture
def hub(catalogues: Catalogues) -> Counterpart:
    return catalogues()


@pytest.fixture
def where(site: Site, hub: Counterpart, described: Described) -> str:
    """The address of a marketplace on which an endpoint is listed."""
    body = {"kind": "custom", "name": "Hub", "url": hub.url}
    added = good(site.owner.post("/marketplaces?test=false", body), 201)
    good(site.owner.post("/endpoints", described()), 201)
    good(site.owner.post("/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True}))
    assert list(hub.listings) == ["research-qa"]
    return f"/marketplaces/{added['id']}"


def open_breaker(site: Site) -> None:
    for _ in range(THRESHOLD):
        with site.services.store.write():
            site.services.marketplaces.observe(site.services.marketplaces.get("Hub"), MarketplaceUnavailable("Away."))


def test_a_marketplace_tells_how_the_calls_to_it_stand(site: Site, where: str) -> None:
    shown = good(site.owner.get(where))
    assert shown["breaker"] == {"state": "closed", "open_since": None, "next_try": None, "failures": 0}
    assert (shown["rate"], shown["concurrency"], shown["blocked_until"], shown["removing"]) == (600.0, 8, None, False)


def test_a_test_that_succeeds_closes_the_breaker(site: Site, where: str) -> None:
    open_breaker(site)
    shown = good(site.owner.get(where))["breaker"]
    published = good(site.owner.post("/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True}))
    tested = good(site.owner.post(f"{where}/test"))

    assert (shown["state"], shown["failures"]) == ("open", THRESHOLD)
    assert shown["next_try"] > shown["open_since"]
    result = published["results"][0]
    assert (result["success"], result["cause"]) == (False, "marketplace_unavailable")
    assert "has not answered since" in result["error"]
    assert tested["breaker"]["state"] == "closed"


def test_a_marketplace_is_removed_with_its_listings(site: Site, hub: Counterpart, where: str) -> None:
    removed = site.owner.delete(f"{where}?unpublish=true")

    assert (removed.status_code, hub.listings) == (204, {})
    problem(site.owner.get(where), 404)
    assert good(site.owner.get("/endpoints/research-qa"))["published"]


def test_a_removal_that_takes_longer_tells_what_is_left(site: Site, hub: Counterpart, where: str) -> None:
    hub.faults.add("problem", status=400, method="DELETE", path="/listings")
    going_on = good(site.owner.delete(f"{where}?unpublish=true"), 202)
    shown = good(site.owner.get(where))

    assert (going_on["status"], going_on["marketplace_name"]) == ("removing", "Hub")
    left = going_on["listings"][0]
    assert (left["endpoint_slug"], left["slug"], left["outcome_unknown"]) == ("research-qa", "research-qa", False)
    assert left["error"]["remedy"]
    assert (shown["status"], shown["removing"]) == ("active", True)


def test_orphans_are_named_in_the_answer(site: Site, hub: Counterpart, where: str) -> None:
    there = hub.listings["research-qa"]["id"]
    left = good(site.owner.delete(f"{where}?orphan=true"))

    assert left["status"] == "removed"
    assert [(one["slug"], one["remote_id"]) for one in left["listings"]] == [("research-qa", there)]
    assert left["listings"][0]["url"]
    assert list(hub.listings) == ["research-qa"]
    problem(site.owner.get(where), 404)


def test_both_ways_at_once_are_refused_and_change_nothing(site: Site, hub: Counterpart, where: str) -> None:
    assert "orphan" in problem(site.owner.delete(f"{where}?orphan=true&unpublish=true"), 422)["errors"]
    assert not good(site.owner.get(where))["removing"]
    assert list(hub.listings) == ["research-qa"]
