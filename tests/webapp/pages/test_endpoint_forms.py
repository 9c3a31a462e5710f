"""The forms of an endpoint, without scripts: what they refuse, keep, show before it is saved, and never show."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, work
from ..browsing import LOOKS, sign_in, visiting
from ..site import Site
from .person import Person, person, words

PATH = "/endpoints/research-qa"
KEY = "sk-very-secret-key-0815"
FORM = {"name": "Tide tables", "slug": "tide-tables", "version": "0.1.0", "visibility": "public"}
MODEL = {"model.kind": "openai", "model.settings.url": "http://127.0.0.1:9/v1", "model.settings.model": "small"}


@pytest.fixture
def catalogue(site: Site, catalogues: Callable[..., Counterpart]) -> Counterpart:
    """A marketplace that works."""
    started = catalogues()
    add_marketplace(site.services, "Open catalogue", started.url, test=True)
    return started


@pytest.fixture
def listed(site: Site, catalogue: Counterpart, tmp_path: Path) -> Counterpart:
    """The marketplace with the endpoint listed there; what stands behind it answers."""
    (tmp_path / "tides.md").write_text("# Tides\n\nThe moon makes them.\n")
    add_endpoint(site.services, dataset={"kind": "documents", "name": "papers", "settings": {"path": str(tmp_path)}})
    publish(site.services)
    return catalogue


def edited(site: Site, **changes: str) -> dict[str, str]:
    """Return the edit form as a browser would send it after these changes."""
    dataset = site.services.endpoints.get("research-qa").dataset
    assert dataset is not None
    return {
        "name": "Research Q&A",
        "slug": "research-qa",
        "summary": "Answers from open papers on methods and their limits.",
        "description": "# Research\n\nAsk about **methods**.",
        "tags": "science, papers",
        "response_type": "raw",
        "version": "0.1.0",
        "visibility": "public",
        "published": "on",
        "dataset.kind": "documents",
        "dataset.name": "papers",
        "dataset.settings.path": str(dataset.settings["path"]),
        "step": "save",
        **changes,
    }


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return unescape(found[1])


def test_publishing_needs_a_marketplace_and_keeps_its_results(site: Site, catalogue: Counterpart) -> None:
    add_endpoint(site.services)
    owner = person(site)
    assert "Choose at least one marketplace." in owner.send(f"{PATH}/publish", 422)
    assert "What will be sent" in owner.open(f"{PATH}/publish")
    place = site.services.marketplaces.all()[0].id

    # The dataset does not answer, so nothing is sent; that is told, and still told when the page is opened again.
    answer = owner.session.post(f"{site.url}{PATH}/publish", {"on": place}, timeout=30)
    assert "Endpoint not healthy" in words(answer.text)
    assert "What to do:" in words(owner.session.get(answer.url, timeout=30).text)
    forged = answer.url.replace("stopped=", "stopped=x")
    assert "Endpoint not healthy" not in words(owner.session.get(forged, timeout=30).text)

    answer = owner.session.post(f"{site.url}{PATH}/publish", {"on": place, "force": "on"}, timeout=30)
    assert "Successfully published endpoint" in words(answer.text)
    assert "research-qa" in catalogue.listings


def test_unpublishing_says_what_it_breaks(site: Site, listed: Counterpart) -> None:
    owner = person(site)
    said = owner.open(f"{PATH}/unpublish")
    for consequence in (
        "Remove the endpoint from search results",
        "Stop accepting new queries through the marketplace",
        "Invalidate existing satellite tokens for this endpoint",
        "Preserve your local endpoint configuration",
        "Unpublishing immediately breaks existing integrations.",
    ):
        assert consequence in said

    fields = {"on": site.services.marketplaces.all()[0].id}
    answer = owner.session.post(f"{site.url}{PATH}/unpublish", fields, timeout=30)
    assert "Successfully unpublished endpoint" in words(answer.text)
    assert not listed.listings
    assert "published nowhere" in owner.open(f"{PATH}/unpublish")


def test_an_edit_of_a_listed_endpoint_is_shown_before_it_is_saved(site: Site, listed: Counterpart) -> None:
    owner = person(site)
    html = owner.sent(f"{PATH}/edit", **edited(site, name="Research, answered", slug="papers"))
    said = words(html)
    assert "Nothing has been saved yet." in said
    assert said.index("Syncs by itself") < said.index("+ Research, answered") < said.index("Needs a republish")
    assert said.index("Needs a republish") < said.index("+ papers")
    assert site.services.endpoints.get("research-qa").name == "Research Q&A"

    mark = hidden(html, "reviewed")
    other = owner.send(f"{PATH}/edit", **edited(site, name="Something else", slug="papers", reviewed=mark))
    assert "Nothing has been saved yet." in other

    sent = edited(site, name="Research, answered", slug="papers", reviewed=mark, step="republish")
    said = owner.send(f"{PATH}/edit", **sent)
    assert "Republishing: results" in said
    work(site.services)
    assert set(listed.listings) == {"papers"}
    assert listed.listings["papers"]["name"] == "Research, answered"


def test_taking_the_mark_back_unpublishes_and_says_so(site: Site, listed: Counterpart) -> None:
    owner = person(site)
    html = owner.sent(f"{PATH}/edit", **edited(site, published=""))
    assert "It is no longer ready, so it is unpublished everywhere." in words(html)
    owner.send(f"{PATH}/edit", **edited(site, published="", reviewed=hidden(html, "reviewed")))
    work(site.services)
    assert not listed.listings


def test_a_listed_endpoint_is_deleted_only_after_its_listings(site: Site, listed: Counterpart) -> None:
    owner = person(site)
    assert "It is unpublished first" in owner.open(f"{PATH}/delete")
    assert "orphaned listing" in owner.send(f"{PATH}/delete")
    assert "research-qa" in listed.listings
    assert "deleted" in owner.send(f"{PATH}/delete", unpublish="on")
    assert not listed.listings
    owner.open(PATH, 404)


def test_a_secret_is_kept_over_a_mistake_and_shown_on_no_page(site: Site) -> None:
    owner = person(site)
    sent = {**FORM, **MODEL, "model.settings.api_key": KEY, "tags": "no spaces please"}
    html = owner.sent("/endpoints/new", 422, **sent)
    assert KEY not in html
    assert "A tag has letters" in words(html)
    assert "no spaces please" in html

    again = {**FORM, **MODEL, "model.settings.api_key": "", "kept": hidden(html, "kept"), "tags": "sea"}
    owner.send("/endpoints/new", **again)
    model = site.services.endpoints.get("tide-tables").model
    assert model is not None
    assert model.settings["api_key"] == KEY

    for path in ("/endpoints/tide-tables", "/endpoints/tide-tables/edit", "/endpoints/new?from=tide-tables"):
        assert KEY not in owner.html(path)
    assert "Secrets are not copied" in owner.open("/endpoints/new?from=tide-tables")

    owner.send("/endpoints/tide-tables/edit", **again, **{"response_type": "summary", "model.name": "other"})
    kept = site.services.endpoints.get("tide-tables").model
    assert kept is not None
    assert (kept.name, kept.settings["api_key"]) == ("other", KEY)


def test_what_somebody_types_is_asked_once_and_not_faster_than_the_pace(site: Site, catalogue: Counterpart) -> None:
    owner, before = person(site), len(catalogue.requests)
    for _ in range(5):
        assert "sea is free everywhere" in owner.open("/endpoints/new/slug?slug=sea")
    assert len(catalogue.requests) == before + 1

    for number in range(200):
        owner.open(f"/endpoints/new/slug?slug=sea-{number}")
    asked = len(catalogue.requests) - before
    assert asked < 100
    assert "cannot tell" in owner.open("/endpoints/new/slug?slug=sea-999")


def test_a_slug_is_proposed_from_the_name(site: Site) -> None:
    assert "it becomes arger-mit-ol" in person(site).open("/endpoints/new/slug?name=%C3%84rger+mit+%C3%96l")


def test_an_import_is_shown_before_it_is_made_and_tells_lines(site: Site) -> None:
    owner = person(site)
    bad = "endpoints:\n  - name: A\n    slug: first-one\n    tags: [Not Good]\n"
    assert "(line 4)" in owner.send("/endpoints/import", 422, text=bad)
    assert "Line 2, column" in owner.send("/endpoints/import", 422, text="endpoints:\n  - {")
    assert "Paste or choose a file first." in owner.send("/endpoints/import", 422, text="")

    good = "endpoints:\n  - name: A\n    slug: first-one\n"
    assert "first-one Would be made" in owner.send("/endpoints/import", text=good)
    owner.open("/endpoints/first-one", 404)
    assert "Imported: 1 made." in owner.send("/endpoints/import", text=good, step="apply")
    assert "first-one Stays as it is" in owner.send("/endpoints/import", text=good)
    upload = {"file": ("e.yaml", good.replace("name: A", "name: B").encode())}
    said = owner.session.post(f"{site.url}/endpoints/import", files=upload, timeout=30).text
    assert "Changes: name" in words(said)


def test_an_import_that_would_withdraw_a_listing_says_so_beforehand(site: Site, listed: Counterpart) -> None:
    said = person(site).send("/endpoints/import", text="endpoints:\n  - name: B\n    slug: research-qa\n")
    assert "research-qa Fails" in said
    assert "would withdraw it" in said
    assert listed.listings


def test_a_viewer_sees_and_does_nothing(site: Site, listed: Counterpart) -> None:
    viewer = person(site, "read")
    said = viewer.html(PATH)
    assert "Published and active" in words(said)
    assert f"{PATH}/unpublish" not in said
    for path in ("/publish", "/unpublish", "/edit", "/delete"):
        viewer.open(PATH + path, 403)
    viewer.send(f"{PATH}/unpublish", 403)
    assert listed.listings


def test_texts_from_elsewhere_cannot_run(site: Site, catalogue: Counterpart) -> None:
    script = "<script>alert(1)</script>"
    add_endpoint(site.services, name=f"A {script}", summary=script, description=f"{script}\n\n" + "x" * 5000)
    owner: Person = person(site)
    for path in ("", "/publish", "/edit", "/delete", "/unpublish"):
        assert script not in owner.html(PATH + path)


def test_publishing_and_describing_work_without_scripts(browser: Browser, site: Site, catalogue: Counterpart) -> None:
    context = browser.new_context(java_script_enabled=False, **LOOKS["light"])
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.locator("#token").fill(site.owner.token)
    page.get_by_role("button", name="Sign in").click()

    page.goto(f"{site.url}/endpoints/new")
    page.locator("#name").fill("Tide tables")
    page.locator("[name='dataset.kind']").select_option("http")
    page.get_by_role("button", name="Choose").first.click()
    page.locator("[name='dataset.settings.url']").fill("http://127.0.0.1:9/")
    page.locator("#published").check()
    page.locator(".foot-actions").get_by_role("button", name="Save endpoint").click()
    expect(page).to_have_url(f"{site.url}/endpoints/tide-tables")

    page.goto(f"{site.url}/endpoints/tide-tables/publish")
    page.get_by_role("link", name="Ask them now").click()
    expect(page.locator("#findings")).to_contain_text("The dataset does not answer")
    page.get_by_label("Publish although").check()
    page.locator("main form").get_by_role("button", name="Publish").click()
    expect(page.locator("#outcomes")).to_contain_text("Successfully published endpoint")
    assert "tide-tables" in catalogue.listings
    context.close()


def test_review_and_import_in_every_look(browser: Browser, site: Site, listed: Counterpart) -> None:
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go(f"{PATH}/edit")
        page.locator("#name").fill("Research, answered")
        page.locator("#slug").fill("papers")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("heading", name="Before it is saved")).to_be_visible()
        visit.everywhere("endpoint-review")
        page = visit.go("/endpoints/import")
        page.locator("#text").fill(
            "endpoints:\n  - name: A\n    slug: first-one\n  - name: B\n    slug: research-qa\n    published: true\n"
        )
        page.get_by_role("button", name="Look what it would do").click()
        expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
        visit.everywhere("endpoint-import")
        visit.go(f"{PATH}/delete")
        visit.everywhere()
