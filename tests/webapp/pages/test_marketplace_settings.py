"""Settings, Marketplaces, as one works with it: added, tested, edited, disabled, removed in order, adopted from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, rows
from ..browsing import sign_in, visiting
from ..site import Site
from .person import person

Start = Callable[..., Counterpart]
SECRET = "key-that-nobody-sees-4711"
HOSTILE = "<script>alert(1)</script>"


def add(site: Site, url: str, name: str = "Hub", **fields: str) -> str:
    made = add_marketplace(site.services, name, url, test=True, **fields)
    return f"/settings/marketplaces/{made.id}"


def by_hand(there: Counterpart, slug: str = "by-hand", **fields: str) -> str:
    shown = {"name": "Made by hand", "summary": "In short.", "description": "At length.", "type": "data_source"}
    return there.insert(slug, account="", **{**shown, "response_type": "raw", "visibility": "public", **fields})


def test_without_a_marketplace_the_list_leads_to_adding_one(site: Site) -> None:
    assert "No marketplace yet" in person(site).open("/settings/marketplaces")
    assert 'href="/settings/marketplaces/add"' not in person(site, "read").html("/settings/marketplaces")
    person(site, "read").open("/settings/marketplaces/add", 403)


def test_a_marketplace_is_chosen_typed_in_and_tested_by_keyboard(
    browser: Browser, site: Site, catalogues: Start
) -> None:
    there = catalogues()
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go("/settings/marketplaces/add")
        page.get_by_role("link", name="Custom catalogue").press("Enter")
        page.get_by_label("Name").fill("Open catalogue")
        page.get_by_label("URL").fill(there.url)
        page.get_by_label("Only make listings").press("Space")
        page.get_by_role("button", name="Save and test").press("Enter")
        page.wait_for_url(f"{site.url}/settings/marketplaces/*-*")

        assert "Added Open catalogue, and connected as" in page.get_by_role("status").inner_text()
        visit.audit()
    assert site.services.marketplaces.get("Open catalogue").sync_policy == "create_only"


def test_what_was_typed_stays_when_the_form_is_refused(site: Site) -> None:
    sent = person(site).sent(
        "/settings/marketplaces/add", 422, kind="custom", name="Mine", url="not an address", api_key=SECRET
    )
    assert 'value="Mine"' in sent
    assert 'value="not an address"' in sent
    assert 'aria-invalid="true"' in sent
    assert SECRET not in sent


def test_a_connection_that_fails_is_kept_with_the_reason_and_what_to_do(site: Site) -> None:
    said = person(site).send("/settings/marketplaces/add", kind="custom", name="Away", url="http://127.0.0.1:9")
    assert "The connection does not work yet" in said
    assert "connection refused" in said
    listed = person(site).open("/settings/marketplaces")
    assert "Away" in listed
    assert "error" in listed


def test_a_secret_is_kept_when_its_field_stays_empty_and_goes_when_that_is_ticked(
    site: Site, catalogues: Start
) -> None:
    url = catalogues().url
    path = add(site, url, api_key=SECRET)
    owner = person(site)
    assert SECRET not in owner.html(path)
    owner.send(path, name="Renamed", url=url, sync_policy="full")
    kept = site.services.marketplaces.get("Renamed")
    assert (kept.credentials["api_key"].reveal(), kept.sync_policy) == (SECRET, "full")
    owner.send(path, name="Renamed", url=url, sync_policy="full", **{"forget.api_key": "on"})
    assert not site.services.marketplaces.get("Renamed").credentials


def test_its_address_cannot_change_while_endpoints_are_listed_there(site: Site, catalogues: Start) -> None:
    path = add(site, catalogues().url)
    add_endpoint(site.services)
    publish(site.services)
    said = person(site).send(path, 422, name="Hub", url="http://127.0.0.1:9", sync_policy="full")
    assert "cannot change while endpoints are listed there" in said


def test_disabled_and_enabled_again(site: Site, catalogues: Start) -> None:
    path, owner = add(site, catalogues().url), person(site)
    assert "Nothing is published there, updated or withdrawn" in owner.send(f"{path}/disable")
    assert site.services.marketplaces.get("Hub").status == "disabled"
    assert "Enabled Hub, and connected" in owner.send(f"{path}/enable")


def test_a_page_of_one_counts_its_listings_and_tells_when_it_is_called_again(site: Site, catalogues: Start) -> None:
    there = catalogues()
    path = add(site, there.url)
    add_endpoint(site.services)
    publish(site.services)
    assert "1 published" in person(site, "read").open(path)
    there.stop()
    for _ in range(12):
        site.services.marketplaces.test("Hub")
    said = person(site, "read").open(path)
    assert "Not called: it has not answered" in said
    assert "Tried again" in said


def test_removing_unpublishes_first_and_says_what_that_breaks(browser: Browser, site: Site, catalogues: Start) -> None:
    there = catalogues()
    path = add(site, there.url)
    add_endpoint(site.services)
    publish(site.services)
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go(f"{path}/remove")
        assert "research-qa" in page.locator("main").inner_text()
        assert "Satellite tokens" in page.locator("main").inner_text()
        page.get_by_label("I have told those who use these endpoints.").check()
        page.get_by_role("button", name="Unpublish all and remove").click()
        page.wait_for_url(f"{site.url}/settings/marketplaces")
        assert "emoved" in page.get_by_role("status").inner_text()
    assert there.listings == {}
    assert site.services.marketplaces.all() == []


def test_a_removal_that_takes_longer_is_shown_until_it_is_done(site: Site, catalogues: Start) -> None:
    there = catalogues()
    path, owner = add(site, there.url), person(site)
    add_endpoint(site.services)
    publish(site.services)
    there.stop()
    said = owner.send(f"{path}/remove", sure="yes")
    assert "1 listing is still there" in said
    live = owner.html(f"{path}/remove", **{"HX-Request": "true"})
    assert "research-qa" in live
    assert "hx-get" in live
    site.services.removal.orphan(site.services.marketplaces.get("Hub").id, 5)
    answer = owner.session.get(f"{site.url}{path}/remove", headers={"HX-Request": "true"}, timeout=30)
    assert answer.headers["HX-Redirect"] == "/settings/marketplaces"


def test_nothing_is_removed_without_a_tick(site: Site, catalogues: Start) -> None:
    path = add(site, catalogues().url)
    assert "Tick that you want this" in person(site).send(f"{path}/remove")
    person(site, "read", "publish").send(f"{path}/remove", 403, sure="yes")
    assert len(site.services.marketplaces.all()) == 1


def test_listings_left_behind_are_named(site: Site, catalogues: Start) -> None:
    there = catalogues()
    path = add(site, there.url)
    add_endpoint(site.services)
    publish(site.services)
    said = person(site).send(f"{path}/orphan", sure="yes")
    assert "Hub is forgotten" in said
    assert there.listings["research-qa"]["id"] in said
    assert site.services.marketplaces.all() == []


def test_an_unowned_listing_becomes_a_draft_or_follows_an_endpoint(site: Site, catalogues: Start) -> None:
    there = catalogues()
    path, owner = add(site, there.url), person(site)
    first, second = by_hand(there, name=HOSTILE), by_hand(there, "research-qa")
    shown = owner.html(f"{path}/unowned", **{"HX-Request": "true"})
    assert HOSTILE not in shown
    assert "alert(1)" in shown
    said = owner.send(f"{path}/adopt", **{"slug": "by-hand", "remote_id": first, "as": "draft"})
    assert "the draft by-hand was made from it" in said
    add_endpoint(site.services)
    owner.send(f"{path}/adopt", **{"slug": "research-qa", "remote_id": second, "as": "endpoint",
                                   "endpoint_slug": "research-qa"})  # fmt: skip
    assert rows(site.services)["Hub"] is not None
    assert "There are none" in owner.open(f"{path}/unowned?read=now")


@pytest.mark.parametrize("endpoint_slug", ["", "nobody-has-this"])
def test_an_adoption_that_is_refused_keeps_what_was_typed(site: Site, catalogues: Start, endpoint_slug: str) -> None:
    there = catalogues()
    path = add(site, there.url)
    remote_id = by_hand(there)
    fields = {"slug": "by-hand", "remote_id": remote_id, "as": "endpoint", "endpoint_slug": endpoint_slug}
    sent = person(site).sent(f"{path}/adopt", 422, **fields)
    assert 'role="alert"' in sent
    assert f'value="{endpoint_slug}"' in sent
    assert f'value="{remote_id}"' in sent


def test_an_ignored_listing_is_not_mentioned_any_more(site: Site, catalogues: Start) -> None:
    there = catalogues()
    path, owner = add(site, there.url), person(site)
    remote_id = by_hand(there)
    owner.send(f"{path}/ignore", slug="by-hand", remote_id=remote_id)
    assert "Nothing to decide on" in owner.open(f"{path}/unowned?read=now")


def test_a_marketplace_that_there_is_not_is_not_found(site: Site) -> None:
    person(site).open("/settings/marketplaces/123e4567-e89b-12d3-a456-426614174000", 404)
