"""Marketplaces, kinds, network settings and plugins through the API."""

from collections.abc import Callable
from typing import Any

import pytest

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

Catalogues = Callable[..., Counterpart]
KEY = "key-of-ada-1815"
NOBODY_THERE = "http://127.0.0.1:9"
ID = "123e4567-e89b-12d3-a456-426614174000"


def add(site: Site, name: str, url: str, query: str = "?test=false", **fields: Any) -> dict[str, Any]:
    added: dict[str, Any] = good(
        site.owner.post(f"/marketplaces{query}", {"kind": "custom", "name": name, "url": url, **fields}), 201
    )
    return added


def test_a_marketplace_is_tested_before_the_answer(site: Site, catalogues: Catalogues) -> None:
    added = add(site, "Catalogue", catalogues(accounts={KEY: "ada"}).url, query="", api_key=KEY)

    assert (added["status"], added["account"], added["credentials"]) == ("active", "ada", ["api_key"])
    assert good(site.owner.get(f"/marketplaces/{added['id']}")) == added


def test_a_connection_that_fails_is_kept_with_its_reason(site: Site) -> None:
    added = add(site, "Dead", NOBODY_THERE, query="")

    assert (added["status"], added["status_cause"]) == ("error", "marketplace_unavailable")
    assert added["status_reason"]


def test_the_test_can_be_skipped_and_made_later(site: Site, catalogues: Catalogues) -> None:
    catalogue = catalogues(accounts={KEY: "ada"})
    added = add(site, "Catalogue", catalogue.url, api_key="wrong")
    assert catalogue.requests == []

    tested = good(site.owner.post(f"/marketplaces/{added['id']}/test"))

    assert (tested["status"], tested["status_cause"]) == ("error", "authentication_failed")


def test_a_corrected_key_brings_a_marketplace_back(site: Site, catalogues: Catalogues) -> None:
    added = add(site, "Catalogue", catalogues(accounts={KEY: "ada"}).url, query="", api_key="wrong")

    corrected = good(site.owner.patch(f"/marketplaces/{added['id']}", {"api_key": KEY}))

    assert (added["status"], corrected["status"]) == ("error", "active")


def test_a_marketplace_is_disabled_and_enabled(site: Site, catalogues: Catalogues) -> None:
    where = f"/marketplaces/{add(site, 'Catalogue', catalogues().url)['id']}"

    disabled = good(site.owner.patch(where, {"disabled": True, "name": "Resting"}))
    enabled = good(site.owner.patch(where, {"disabled": False}))

    assert (disabled["status"], disabled["name"]) == ("disabled", "Resting")
    assert enabled["status"] == "active"


@pytest.mark.parametrize(
    ("body", "field"), [({"disabled": "yes"}, "disabled"), ({"disabled": True, "colour": 1}, "colour"), ([], "body")]
)
def test_a_change_that_does_not_do_changes_nothing(site: Site, catalogues: Catalogues, body: Any, field: str) -> None:
    before = add(site, "Catalogue", catalogues().url)

    assert field in problem(site.owner.patch(f"/marketplaces/{before['id']}", body), 422)["errors"]
    assert good(site.owner.get(f"/marketplaces/{before['id']}")) == before


def test_a_marketplace_with_listings_is_not_removed(
    site: Site, catalogues: Catalogues, described: Callable[..., dict[str, Any]]
) -> None:
    added = add(site, "Catalogue", catalogues().url)
    good(site.owner.post("/endpoints", described()), 201)
    good(site.owner.post("/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True}))

    refused = problem(site.owner.delete(f"/marketplaces/{added['id']}"), 409)
    moved = site.owner.patch(f"/marketplaces/{added['id']}", {"url": "https://elsewhere.example"})
    counted = good(site.owner.get("/marketplaces"))["items"][0]["endpoint_count"]
    good(site.owner.post("/endpoints/research-qa/unpublish"))
    removed = site.owner.delete(f"/marketplaces/{added['id']}")

    assert "1 listing" in refused["detail"]
    problem(moved, 409)
    assert counted == 1
    assert removed.status_code == 204
    assert good(site.owner.get("/marketplaces"))["total"] == 0


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test")])
def test_a_marketplace_is_found_by_its_id_only(site: Site, catalogues: Catalogues, method: str, path: str) -> None:
    add(site, ID, catalogues().url)

    problem(site.owner.ask(method, f"/marketplaces/{ID}{path}", json={}), 404)


def test_the_list_comes_in_pages_oldest_first(site: Site, clock: Clock) -> None:
    for number in range(3):
        clock.move(seconds=1)
        add(site, f"Number {number}", NOBODY_THERE)

    page = good(site.owner.get("/marketplaces?page=2&per_page=2"))

    assert (page["total"], [item["name"] for item in page["items"]]) == (3, ["Number 2"])


def test_syfthub_is_the_first_kind_and_says_what_it_asks_for(site: Site) -> None:
    kinds = good(site.owner.get("/marketplace-kinds"))["items"]

    first = kinds[0]
    assert (first["name"], first["default_url"]) == ("syfthub", "https://syfthub.openmined.org")
    assert {"api_key", "username", "password"} <= {field["name"] for field in first["settings"]}
    assert first["capabilities"]["health_push"] is True
    assert "custom" in [kind["name"] for kind in kinds]


def test_the_kinds_of_backend_say_what_they_ask_for(site: Site) -> None:
    kinds = {kind["name"]: kind for kind in good(site.owner.get("/backend-kinds"))["items"]}

    assert {"http", "documents"} <= kinds.keys()
    assert "url" in [field["name"] for field in kinds["http"]["settings"] if field["required"]]


def test_the_developer_token_goes_in_and_never_comes_out(site: Site) -> None:
    changed = good(site.owner.patch("/settings/network", {"developer_token": "dev-token-4711", "name": "Lab"}))

    assert (changed["developer_token_set"], changed["name"]) == (True, "Lab")
    assert good(site.owner.get("/settings/network")) == changed
    assert "4711" not in "".join(answer.text for answer in site.owner.answers)


def test_a_public_address_is_kept(site: Site) -> None:
    changed = good(site.owner.patch("/settings/network", {"public_url": "https://Lab.Example/", "deployment": "vm"}))

    assert (changed["public_url"], changed["has_public_address"]) == ("https://lab.example", True)


def test_the_plugins_say_what_they_offer(site: Site) -> None:
    plugins = {plugin["name"]: plugin for plugin in good(site.owner.get("/plugins"))["items"]}

    assert plugins["syfthub"]["kinds"] == ["syfthub"]
    assert {plugin["state"] for plugin in plugins.values()} == {"active"}


def test_no_credential_is_in_any_answer(site: Site, catalogues: Catalogues) -> None:
    where = f"/marketplaces/{add(site, 'Catalogue', catalogues().url, query='', api_key='hunter2-a')['id']}"
    site.owner.patch(where, {"api_key": "hunter2-b"})
    site.owner.patch(where, {"api_key": "hunter2-c", "colour": 1})
    site.owner.patch(where, {"settings": {"hunter2-d": "hunter2-e"}, "api_key": ["hunter2-f"]})
    site.owner.post(f"{where}/test")
    site.owner.get("/marketplaces")

    said = "".join(answer.text for answer in site.owner.answers)

    assert not [letter for letter in "abcef" if f"hunter2-{letter}" in said]
