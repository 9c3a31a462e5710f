"""Endpoints through the API."""

from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer

from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

Described = Callable[..., dict[str, Any]]
Catalogues = Callable[..., Counterpart]


def listed(site: Site, described: Described, catalogue: Counterpart) -> None:
    """Have the endpoint published on the one marketplace."""
    good(site.owner.post("/marketplaces", {"kind": "custom", "name": "Catalogue", "url": catalogue.url}), 201)
    good(site.owner.post("/endpoints", described()), 201)
    published = good(site.owner.post("/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True}))
    assert [result["success"] for result in published["results"]] == [True], published


def test_a_described_endpoint_is_stored_and_found_where_the_answer_says(site: Site, described: Described) -> None:
    answer = site.owner.post("/endpoints", described())

    made = good(answer, 201)
    assert answer.headers["Location"] == "/api/v1/endpoints/research-qa"
    assert good(site.owner.get("/endpoints/research-qa")) == made
    assert {name: made[name] for name in described() if name != "dataset"} == {
        name: value for name, value in described().items() if name != "dataset"
    }


def test_a_slug_is_proposed_where_none_is_given(site: Site, described: Described) -> None:
    given = described(name="Tide Tables")
    del given["slug"]

    assert good(site.owner.post("/endpoints", given), 201)["slug"] == "tide-tables"


def test_a_taken_slug_is_told_by_field(site: Site, described: Described) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    assert "slug" in problem(site.owner.post("/endpoints", described()), 422)["errors"]


def test_the_list_comes_in_pages(site: Site, described: Described) -> None:
    for number in range(5):
        good(site.owner.post("/endpoints", described(slug=f"tide-{number}")), 201)

    page = good(site.owner.get("/endpoints?page=2&per_page=2"))

    assert (page["total"], page["page"], page["per_page"]) == (5, 2, 2)
    assert [item["slug"] for item in page["items"]] == ["tide-2", "tide-3"]


def test_a_patch_changes_what_it_names_and_nothing_else(site: Site, described: Described) -> None:
    before = good(site.owner.post("/endpoints", described()), 201)

    after = good(site.owner.patch("/endpoints/research-qa", {"name": "Research", "tags": ["Physics"]}))

    assert after == {**before, "name": "Research", "tags": ["physics"], "updated_at": after["updated_at"]}


def test_secret_settings_never_come_back(site: Site, described: Described, httpserver: HTTPServer) -> None:
    settings = {"url": httpserver.url_for("/"), "headers": {"X-API-Key": "hunter2-hunter2"}}
    dataset = {"kind": "http", "name": "papers", "settings": settings}

    good(site.owner.post("/endpoints", described(dataset=dataset)), 201)
    shown = good(site.owner.get("/endpoints/research-qa"))

    assert shown["dataset"]["settings"]["headers"] == {"X-API-Key": "***"}
    assert "hunter2" not in "".join(answer.text for answer in site.owner.answers)


def test_taking_published_back_from_a_listed_endpoint_is_a_conflict(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    listed(site, described, catalogues())

    refused = problem(site.owner.patch("/endpoints/research-qa", {"published": False}), 409)
    taken = good(site.owner.patch("/endpoints/research-qa?unpublish=true", {"published": False}))

    assert "unpublish=true" in refused["remedy"]
    assert taken["published"] is False


def test_an_endpoint_that_is_listed_nowhere_is_deleted_at_once(site: Site, described: Described) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    answer = site.owner.delete("/endpoints/research-qa")

    assert (answer.status_code, answer.content) == (204, b"")
    problem(site.owner.get("/endpoints/research-qa"), 404)


def test_a_listed_endpoint_is_not_deleted_by_accident(site: Site, described: Described, catalogues: Catalogues) -> None:
    catalogue = catalogues()
    listed(site, described, catalogue)

    problem(site.owner.delete("/endpoints/research-qa"), 409)

    assert "research-qa" in catalogue.listings
    good(site.owner.get("/endpoints/research-qa"))


def test_deleting_a_listed_endpoint_withdraws_it_first(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    catalogue = catalogues()
    listed(site, described, catalogue)

    answer = site.owner.delete("/endpoints/research-qa?unpublish=true")

    assert answer.status_code == 204
    assert catalogue.listings == {}
    good(site.owner.post("/endpoints", described()), 201)


def test_a_deletion_that_cannot_withdraw_yet_is_pending_and_keeps_the_slug(
    site: Site, described: Described, catalogues: Catalogues
) -> None:
    catalogue = catalogues()
    listed(site, described, catalogue)
    catalogue.faults.add("problem", method="DELETE", status=503)

    answer = site.owner.delete("/endpoints/research-qa?unpublish=true")

    assert good(answer, 202) == {"slug": "research-qa", "status": "pending"}
    problem(site.owner.get("/endpoints/research-qa"), 404)
    assert "slug" in problem(site.owner.post("/endpoints", described()), 422)["errors"]
