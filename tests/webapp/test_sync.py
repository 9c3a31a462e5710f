"""Plan, sync, adoption and republish through the API."""

from collections.abc import Callable
from typing import Any

from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

Described = Callable[..., dict[str, Any]]
EVERYWHERE = {"publish_to_all_marketplaces": True}


def listed(site: Site, described: Described, there: Counterpart) -> str:
    added = good(site.owner.post("/marketplaces?test=false", {"kind": "custom", "name": "Hub", "url": there.url}), 201)
    good(site.owner.post("/endpoints", described()), 201)
    assert good(site.owner.post("/endpoints/research-qa/publish", EVERYWHERE))["results"][0]["success"]
    return str(added["id"])


def test_a_plan_tells_the_drift_and_a_sync_sets_it_right(
    site: Site, described: Described, catalogues: Callable[..., Counterpart]
) -> None:
    there = catalogues()
    hub = listed(site, described, there)
    there.edit("research-qa", name="Defaced")
    plan = good(site.caller("read").get(f"/plan?marketplace_id={hub}"))["plans"][0]
    assert plan["changes"] == [
        {
            "action": "update",
            "endpoint_slug": "research-qa",
            "slug": "research-qa",
            "remote_id": there.listings["research-qa"]["id"],
            "orphan": False,
            "drift": [{"field": "name", "wanted": "Research Q&A", "found": "Defaced"}],
        }
    ]
    problem(site.owner.post("/sync", {"marketplace_id": hub, "plan_id": "0" * 16}), 409)
    problem(site.caller("read").post("/sync"), 403)
    synced = good(site.owner.post("/sync", {"marketplace_id": hub, "plan_id": plan["plan_id"]}))["plans"][0]
    assert synced["marked"] == 1
    assert site.services.worker.wait_idle(20)
    assert there.listings["research-qa"]["name"] == "Research Q&A"
    assert good(site.owner.get("/plan"))["plans"][0]["changes"] == []


def test_a_request_that_makes_no_sense_is_refused_by_name(site: Site) -> None:
    assert "plan_id" in problem(site.owner.post("/sync", {"confirm": True}), 422)["errors"]
    assert "marketplace_id" in problem(site.owner.post("/sync", {"plan_id": "x"}), 422)["errors"]
    problem(site.owner.get("/plan?marketplace_id=123e4567-e89b-12d3-a456-426614174000"), 404)


def test_a_listing_made_by_hand_is_listed_ignored_and_adopted(
    site: Site, described: Described, catalogues: Callable[..., Counterpart]
) -> None:
    there = catalogues()
    hub = listed(site, described, there)
    remote_id = there.insert("by-hand", account="", type="model", response_type="summary", visibility="public")
    (shown,) = good(site.owner.get(f"/marketplaces/{hub}/unowned"))["items"]
    assert (shown["slug"], shown["made_by"], shown["ignored"]) == ("by-hand", None, False)
    which = {"slug": "by-hand", "remote_id": remote_id}
    assert site.owner.post(f"/marketplaces/{hub}/ignore", which).status_code == 204
    assert good(site.owner.get(f"/marketplaces/{hub}/unowned"))["items"][0]["ignored"]
    draft = good(site.owner.post(f"/marketplaces/{hub}/adopt", which))
    assert (draft["slug"], draft["published"]) == ("by-hand", False)
    problem(site.owner.post(f"/marketplaces/{hub}/adopt", which), 409)


def test_a_renamed_endpoint_is_republished_in_one_step(
    site: Site, described: Described, catalogues: Callable[..., Counterpart]
) -> None:
    there = catalogues()
    listed(site, described, there)
    good(site.owner.patch("/endpoints/research-qa", {"slug": "renamed-qa"}))
    site.services.worker.run_due()
    assert site.services.worker.wait_idle(20)
    result = good(site.owner.post("/endpoints/renamed-qa/republish"))["results"][0]
    assert (result["success"], result["status"]) == (True, "published")
    assert list(there.listings) == ["renamed-qa"]
