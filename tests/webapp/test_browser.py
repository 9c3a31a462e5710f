"""The matrix in a real browser: light, dark and on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish
from .browsing import sign_in, visiting
from .site import Site

NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture
def lively(site: Site, clock: Clock, catalogues: Callable[..., Counterpart]) -> Site:
    """A space with every state that a cell can be in."""
    services = site.services
    catalogue, taken = catalogues(), catalogues()
    taken.insert("research-qa")
    clock.move(days=-3)
    for name, url in (("Open catalogue", catalogue.url), ("Health registry", taken.url)):
        clock.move(seconds=1)
        add_marketplace(services, name, url, test=True)
    add_endpoint(services)
    add_endpoint(services, slug="tide-tables", name="Tide tables of the North Sea", response_type="raw")
    add_endpoint(services, slug="case-law", name="Case law, annotated", published=False)
    publish(services)
    publish(services, "tide-tables")
    clock.now += timedelta(days=3)
    add_marketplace(services, "Regional hub", NOBODY_THERE, test=True)
    publish(services, "tide-tables")
    return site


def cells(page: Page) -> dict[str, list[str]]:
    """Return the words of the matrix by the names of its rows."""
    return {
        row.get_by_role("rowheader").locator(".name").inner_text(): [
            cell.locator(".word").inner_text().strip() for cell in row.get_by_role("cell").all()
        ]
        for row in page.get_by_role("row").all()[1:]
    }


def test_the_matrix_reads_the_same_everywhere(browser: Browser, lively: Site) -> None:
    with visiting(browser, lively.url) as visit:
        sign_in(visit, lively.owner.token)
        seen = [cells(visit.page) for _ in visit.looks("matrix")]

    assert seen == 4 * [
        {
            "Case law, annotated": ["Not published", "Not published", "Not published"],
            "Research Q&A": ["Published", "Failed", "Not published"],
            "Tide tables of the North Sea": ["Published", "Published", "Pending"],
        }
    ]


def test_sign_in_and_an_empty_space(browser: Browser, site: Site) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/")
        visit.everywhere("sign-in")
        sign_in(visit, site.owner.token)
        assert visit.page.get_by_role("heading", name="No endpoint yet").is_visible()
        visit.everywhere("empty")


def test_errors_and_remedies_are_reached_by_keyboard(browser: Browser, lively: Site) -> None:
    with visiting(browser, lively.url) as visit:
        sign_in(visit, lively.owner.token)
        pending = visit.page.locator("td.pending details")
        assert not pending.get_by_text("What to do").is_visible()

        reached = False
        for _ in range(80):
            visit.page.keyboard.press("Tab")
            reached = visit.page.evaluate("!!document.activeElement.closest('td.pending details')")
            if reached:
                break
        visit.page.keyboard.press("Enter")

        assert reached
        assert pending.get_by_text("What to do").is_visible()


def test_a_refused_token_is_told_and_can_be_corrected(browser: Browser, site: Site) -> None:
    with visiting(browser, site.url, "phone") as visit:
        page = visit.go("/sign-in")
        page.get_by_label("API token").fill("pub_made-up")
        page.get_by_role("button", name="Sign in with the token").click()
        assert "not known" in page.get_by_role("alert").inner_text()
        visit.shoot("refused-phone")

        page.get_by_label("API token").fill(site.owner.token)
        page.get_by_role("button", name="Sign in with the token").click()
        page.wait_for_url(f"{site.url}/")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{site.url}/sign-in")
