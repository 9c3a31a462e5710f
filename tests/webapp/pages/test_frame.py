from playwright.sync_api import Browser

from ..browsing import sign_in, visiting
from ..site import Site


def test_every_page_names_where_one_is_and_asks_nobody_else(browser: Browser, site: Site) -> None:
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go("/")

        assert (
            page.get_by_role("navigation").get_by_role("link", name="Overview").get_attribute("aria-current") == "page"
        )
        visit.audit()
        visit.shoot("frame")
