"""The matrix in a real browser: light, dark and on a phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish
from .site import Site

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
NOBODY_THERE = "http://127.0.0.1:9"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield chromium
        chromium.close()


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


def enter(page: Page, site: Site) -> None:
    """Sign in by keyboard alone."""
    page.goto(f"{site.url}/sign-in?with=token")
    page.locator("#token:focus").wait_for()
    page.keyboard.type(site.owner.token)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")


def visit(browser: Browser, site: Site, look: str) -> tuple[Page, list[str]]:
    """Return the first page, signed in, and the addresses that were asked for on the way."""
    page, asked = browser.new_page(**LOOKS[look]), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(f"console: {message.text}"))
    enter(page, site)
    return page, asked


@pytest.mark.parametrize("look", LOOKS)
def test_the_matrix_reads_the_same_everywhere(browser: Browser, lively: Site, look: str) -> None:
    page, asked = visit(browser, lively, look)

    cells = {
        row.get_by_role("rowheader").locator(".name").inner_text(): [
            cell.locator(".word").inner_text().strip() for cell in row.get_by_role("cell").all()
        ]
        for row in page.get_by_role("row").all()[1:]
    }
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"matrix-{look}.png", full_page=True)

    assert cells == {
        "Case law, annotated": ["Not published", "Not published", "Not published"],
        "Research Q&A": ["Published", "Failed", "Not published"],
        "Tide tables of the North Sea": ["Published", "Published", "Pending"],
    }
    assert [url for url in asked if not url.startswith(f"{lively.url}/")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.close()


@pytest.mark.parametrize("look", LOOKS)
def test_sign_in_and_an_empty_space(browser: Browser, site: Site, look: str) -> None:
    page = browser.new_page(**LOOKS[look])
    page.goto(site.url)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"sign-in-{look}.png", full_page=True)

    enter(page, site)
    page.screenshot(path=SCREENSHOTS / f"empty-{look}.png", full_page=True)

    assert page.get_by_role("heading", name="No endpoint yet").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.close()


def test_errors_and_remedies_are_reached_by_keyboard(browser: Browser, lively: Site) -> None:
    page, _ = visit(browser, lively, "light")
    pending = page.locator("td.pending details")
    assert not pending.get_by_text("What to do").is_visible()

    reached = False
    for _ in range(80):
        page.keyboard.press("Tab")
        reached = page.evaluate("!!document.activeElement.closest('td.pending details')")
        if reached:
            break
    page.keyboard.press("Enter")

    assert reached
    assert pending.get_by_text("What to do").is_visible()
    page.close()


def test_a_refused_token_is_told_and_can_be_corrected(browser: Browser, site: Site) -> None:
    page = browser.new_page(**LOOKS["phone"])
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("API token").fill("pub_made-up")
    page.get_by_role("button", name="Sign in with the token").click()
    assert "not known" in page.get_by_role("alert").inner_text()
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "refused-phone.png", full_page=True)

    page.get_by_label("API token").fill(site.owner.token)
    page.get_by_role("button", name="Sign in with the token").click()
    page.wait_for_url(f"{site.url}/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/sign-in")
    page.close()
