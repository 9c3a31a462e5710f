"""The status page in a real browser: light, dark and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from publicist.core.records import CheckResult
from publicist.core.schemas import load_maintenance

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish
from .browsing import visiting
from .site import Site

NAMES = {
    "tide-tables": "Tide tables of the North Sea",
    "case-law": "Case law, annotated",
    "long-name": "Anextraordinarilylongnamewithoutanyspaceinitatallthatmustbebrokensomewhere",
    "quiet-one": "Never looked at",
}


@pytest.fixture
def lively(site: Site, clock: Clock, catalogues: Callable[..., Counterpart]) -> Site:
    """A space with every state that the page can show, and some history."""
    services = site.services
    add_marketplace(services, "Catalogue", catalogues().url)
    made = {}
    for slug, name in NAMES.items():
        made[slug] = add_endpoint(services, slug=slug, name=name).id
        publish(services, slug)
    now = clock.now
    clock.move(hours=-18)
    while clock.now <= now:
        for slug, name in list(made.items())[:3]:
            bad = slug == "case-law" and clock.now.hour in (3, 4)
            slow = slug == "long-name" and clock.now.day == now.day
            seen = CheckResult("dataset", ok=not bad, message="", reachable=False, latency_ms=9000.0 if slow else 90.0)
            services.health_book.record(name, [seen])
        clock.move(minutes=10)
    clock.now = now
    recurs = {"every": "daily", "at": "02:00", "zone": "Europe/Berlin", "minutes": 30}
    services.maintenance.add(load_maintenance({"recurs": recurs, "note": "Nightly rebuild of the index"}, now))
    services.status_pages.change(everything=True)
    return site


def test_the_page_fits_every_screen_and_reads_well(lively: Site, browser: Browser) -> None:
    with visiting(browser, lively.url) as visit:
        page = visit.go("/status")
        visit.everywhere("status")
        shown = page.locator("main").inner_text()

        assert [name for name in NAMES.values() if name not in shown] == []
        assert "Nightly rebuild of the index" in shown
        assert page.get_by_role("heading", level=1).inner_text() == "Some are slow, or fail now and then"
        assert [each.inner_text() for each in page.get_by_role("heading", level=2).all()] == [
            "Maintenance",
            "Endpoints",
            "Incidents of the last 14 days",
        ]
        assert page.get_by_role("img", name="Uptime over 90 days: 100%").count() == 2
        assert page.get_by_role("img", name="Uptime over 90 days: not known").count() == 1
