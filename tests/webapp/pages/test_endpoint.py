"""An endpoint's page, and publishing from it, in a browser and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_marketplace, rows
from ..browsing import sign_in, visiting
from ..gateway.conftest import SLUG, World, environment, world  # noqa: F401  (fixtures)
from ..site import good

NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture
def ready(world: World, catalogues: Callable[..., Counterpart]) -> World:  # noqa: F811
    """The world with its endpoint, not published yet, and a second marketplace on which somebody else has the slug."""
    made = {
        "name": "The handbook",
        "slug": SLUG,
        "summary": "How to publish endpoints, policy by policy and token by token.",
        "tags": ["docs", "publishing"],
        "published": True,
        "dataset": {"kind": "documents", "name": "pages", "settings": {"path": str(world.folder)}},
    }
    good(world.site.owner.post("/endpoints", made), 201)
    taken = catalogues()
    taken.insert(SLUG)
    world.clock.move(seconds=1)
    add_marketplace(world.site.services, "Health registry", taken.url, test=True)
    return world


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` finds has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_the_whole_publish_flow_works_by_keyboard(browser: Browser, ready: World) -> None:
    site = ready.site
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go(f"/endpoints/{SLUG}")
        expect(page.get_by_text("Nothing stands in the way")).to_be_visible()
        visit.audit()
        visit.shoot("endpoint-light")

        tab_to(page, f"a[href='/endpoints/{SLUG}/availability']")
        page.keyboard.press("Enter")
        expect(page.get_by_text("is taken: Health registry")).to_be_visible()
        expect(page.get_by_text("Use this slug").first).to_be_visible()
        visit.audit()
        visit.shoot("endpoint-availability-light")

        tab_to(page, f"a.button[href='/endpoints/{SLUG}/publish']")
        page.keyboard.press("Enter")
        expect(page.locator("#findings").get_by_role("heading", name="Health registry")).to_be_visible()
        visit.audit()
        visit.shoot("endpoint-publish-light")
        tab_to(page, "main form button[type=submit]")
        page.keyboard.press("Enter")

        page.wait_for_url(re.compile("/results"))
        expect(page.get_by_text("1 done, 1 failed")).to_be_visible()
        visit.audit()
        visit.shoot("endpoint-results-light")
        page.reload()
        assert page.get_by_text("What to do:").is_visible()
        assert page.get_by_text("Successfully published endpoint").is_visible()
        hub = rows(site.services, SLUG)["Hub"]
        assert hub is not None
        assert hub.status == "published"


def test_the_endpoint_page_in_every_look(browser: Browser, ready: World) -> None:
    site = ready.site
    add_marketplace(site.services, "Regional hub", NOBODY_THERE)
    good(site.owner.post(f"/endpoints/{SLUG}/publish", {"publish_to_all_marketplaces": True, "force": True, "wait": 3}))
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        for name, path in {"": "", "-publish": "/publish", "-unpublish": "/unpublish", "-edit": "/edit"}.items():
            page = visit.go(f"/endpoints/{SLUG}{path}")
            if name == "-publish":
                expect(page.locator(".asking")).to_have_count(0)
            visit.everywhere(f"endpoint{name}")


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"[name='{name}']").fill(text)


def test_a_new_endpoint_is_tried_before_it_is_saved(browser: Browser, ready: World) -> None:
    site = ready.site
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go("/endpoints/new")
        visit.everywhere("endpoint-new")
        page.locator("#name").press_sequentially("Handbook!")
        expect(page.locator("#slug-said")).to_contain_text("is taken: This space, Health registry")
        fill(page, slug="the-handbook")
        expect(page.locator("#slug-said")).to_contain_text("the-handbook is free everywhere")
        page.locator("[name='dataset.kind']").select_option("documents")
        fill(page, **{"dataset.settings.path": str(ready.folder), "tags": "Docs, how to"})
        page.get_by_role("button", name="Test connection").click()
        expect(page.locator(".trial")).to_contain_text("Dataset answers")
        fill(page, question="what is a satellite token?")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator(".passages")).to_contain_text("satellite token proves")
        visit.everywhere("endpoint-new-tried")
        page.get_by_role("button", name="Save endpoint").last.click()
        expect(page.locator("#tags-error")).to_contain_text("A tag has letters")
        visit.said.clear()  # Chromium tells of every 422
        visit.audit()
        fill(page, tags="docs")
        page.get_by_role("button", name="Save endpoint").last.click()
        page.wait_for_url(f"{site.url}/endpoints/the-handbook")
        expect(page.get_by_role("status").first).to_contain_text("is saved")
