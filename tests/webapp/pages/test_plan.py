"""The plan: what a sync would do, applied as it was seen, followed until it is done."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, work
from ..browsing import sign_in, visiting
from ..site import Site
from .person import person

Start = Callable[..., Counterpart]


def drifted(site: Site, catalogues: Start) -> tuple[Counterpart, str]:
    there = catalogues()
    made = add_marketplace(site.services, "Hub", there.url, test=True)
    add_endpoint(site.services)
    publish(site.services)
    there.edit("research-qa", summary="Somebody else wrote this.")
    return there, f"/plan/{made.id}"


def plan_id(html: str) -> str:
    return html.split('name="plan_id" value="')[1].split('"', maxsplit=1)[0]


def test_a_plan_is_read_applied_and_followed(browser: Browser, site: Site, catalogues: Start) -> None:
    there, _ = drifted(site, catalogues)
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go("/plan")
        expect(page.locator(".diff del")).to_contain_text("Somebody else wrote this.")
        expect(page.locator(".diff ins")).to_contain_text("Answers from open papers")
        page.get_by_role("button", name="Apply this plan").press("Enter")
        page.wait_for_url("**/progress")
        expect(page.locator("#under-way")).to_contain_text("Done: nothing is under way.")
        assert page.locator("#under-way[hx-get]").count() == 0
        visit.audit()
    assert there.listings["research-qa"]["summary"] == "Answers from open papers on methods and their limits."


def test_what_ends_while_the_page_is_made_is_not_shown_as_given_up(
    site: Site, catalogues: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = drifted(site, catalogues)
    site.services.reconciler.sync(path.removeprefix("/plan/"))
    publications = type(site.services.store.publications)
    look = publications.unsettled

    def slow_look(*given: Any) -> Any:
        found = look(*given)
        work(site.services)
        return found

    monkeypatch.setattr(publications, "unsettled", slow_look)
    assert "1 publication is being worked on" in person(site, "read").open(f"{path}/progress")
    assert "Done: nothing is under way" in person(site, "read").open(f"{path}/progress")


def test_without_a_script_the_plan_is_a_page_of_its_own(site: Site, catalogues: Start) -> None:
    _, path = drifted(site, catalogues)
    said = person(site, "read").open(f"{path}?read=now")
    assert "1 change" in said
    assert "Update" in said
    assert "Apply this plan" not in said


def test_a_plan_that_is_stale_is_refused_and_nothing_is_done(site: Site, catalogues: Start) -> None:
    there, path = drifted(site, catalogues)
    owner = person(site)
    seen = plan_id(owner.html(f"{path}?read=now"))
    there.edit("research-qa", summary="And then another one.")
    assert "Look at the plan as it is now" in owner.send(path, plan_id=seen)
    assert there.listings["research-qa"]["summary"] == "And then another one."


def test_withdrawals_beyond_the_cap_wait_for_a_tick(site: Site, catalogues: Start) -> None:
    there, path = drifted(site, catalogues)
    ours = site.services.spaces.current().installation_id
    for number in range(5):
        there.insert(f"orphan-{number}", account="", installation_id=ours)
    owner = person(site)
    seen = owner.html(f"{path}?read=now")
    assert "Withdrawals wait for your confirmation" in seen
    assert "wait for your confirmation" in owner.send(path, plan_id=plan_id(seen))
    assert "orphan-0" in there.listings
    assert "A plan waits for you" in owner.open(path.replace("/plan/", "/settings/marketplaces/"))
    seen = owner.html(f"{path}?read=now")
    owner.send(path, plan_id=plan_id(seen), confirm="yes")
    assert "orphan-0" not in there.listings


def test_a_marketplace_that_cannot_be_read_says_why(site: Site) -> None:
    made = add_marketplace(site.services, "Away", "http://127.0.0.1:9")
    said = person(site).open(f"/plan/{made.id}", **{"HX-Request": "true"})
    assert "It could not be read, so there is no plan." in said
    assert "connection refused" in said
    assert "connection refused" in person(site).send(f"/plan/{made.id}/sync", on=f"/plan/{made.id}")


def test_what_could_not_be_done_stays_on_the_page(site: Site, catalogues: Start) -> None:
    there = catalogues()
    there.insert("research-qa")
    made = add_marketplace(site.services, "Hub", there.url, test=True)
    add_endpoint(site.services)
    publish(site.services)
    said = person(site).open(f"/plan/{made.id}/progress")
    assert "All is done but what was given up." in said
    assert "research-qa" in said


def test_an_empty_plan_says_where_to_begin(site: Site) -> None:
    assert "No marketplace yet" in person(site).open("/plan")
    made = add_marketplace(site.services, "Hub", "http://127.0.0.1:9")
    site.services.marketplaces.disable(made.id)
    assert "Nothing to sync" in person(site).open("/plan")
    assert "neither read nor synced" in person(site).open(f"/plan/{made.id}")
