"""The overview: what needs somebody, and the matrix searched, filtered, sorted and counted over all endpoints."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from publicist.core.hosting.manager import PluginInfo
from publicist.core.schemas import load_maintenance

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart, start_counterpart
from ...spaces import add_endpoint, add_marketplace, look, publish, work
from ..browsing import sign_in, visiting
from ..site import Site, make_token, served
from .person import person, words

NOBODY_THERE = "http://127.0.0.1:9"
Catalogues = Callable[..., Counterpart]


def named(page: str) -> list[str]:
    """Return the names of the endpoints in the matrix, in their order."""
    return re.findall(r'<a class="name" href="[^"]+">([^<]+)</a>', page)


def needs(page: str) -> str:
    """Return what the list of what needs somebody says."""
    return words(re.search(r'<div id="attention".*?\n</div>\n', page, re.DOTALL)[0])  # type: ignore[index]


@pytest.fixture
def varied(site: Site, clock: Clock, catalogues: Catalogues) -> Site:
    """A space with an endpoint for each state of a cell, and of health."""
    return vary(site, clock, catalogues)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Such a space for all tests that change nothing in it."""
    clock = Clock()
    with ExitStack() as running:

        def start() -> Counterpart:
            counterpart = start_counterpart()
            running.callback(counterpart.stop)
            return counterpart

        yield vary(running.enter_context(served(tmp_path_factory.mktemp("settled"), clock)), clock, start)


def vary(site: Site, clock: Clock, catalogues: Catalogues) -> Site:
    services, taken = site.services, catalogues()
    taken.insert("failing")
    add_marketplace(services, "Catalogue", taken.url, test=True)
    add_marketplace(services, "Empty hub", catalogues().url, test=True)
    for slug, tags in (("fine", ["sea"]), ("failing", ["sea", "law"]), ("moved", ["law"]), ("nowhere", [])):
        clock.move(seconds=1)
        add_endpoint(services, slug=slug, name=slug.capitalize(), tags=tags, published=slug != "nowhere")
        if slug != "nowhere":
            publish(services, slug, marketplace_ids=[services.marketplaces.all()[0].id])
    services.endpoints.edit("moved", {"slug": "moved-on"})
    work(services)
    look(services, True, slug="fine")
    look(services, False, False, False, slug="moved-on")
    return site


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Failing", "Fine", "Moved", "Nowhere"]),
        ("q=FIN", ["Fine"]),
        ("q=moved-o", ["Moved"]),
        ("q=law", ["Failing", "Moved"]),
        ("q=%25", []),
        ("tag=sea", ["Failing", "Fine"]),
        ("tag=se", []),
        ("status=failed", ["Failing"]),
        ("status=republish", ["Moved"]),
        ("status=published", ["Fine"]),
        ("status=absent", ["Nowhere"]),
        ("status=published&marketplace={second}", []),
        ("status=absent&marketplace={second}", ["Failing", "Fine", "Moved", "Nowhere"]),
        ("health=healthy", ["Fine"]),
        ("health=offline", ["Moved"]),
        ("health=unknown", ["Failing", "Nowhere"]),
        ("drafts=only", ["Nowhere"]),
        ("drafts=none&tag=law", ["Failing", "Moved"]),
        ("sort=newest", ["Nowhere", "Moved", "Failing", "Fine"]),
        ("sort=health", ["Moved", "Failing", "Nowhere", "Fine"]),
        ("sort=needs", ["Failing", "Moved", "Nowhere", "Fine"]),
        ("q=&tag=&status=&marketplace=&health=&drafts=&sort=", ["Failing", "Fine", "Moved", "Nowhere"]),
    ],
)
def test_endpoints_are_searched_filtered_and_sorted(settled: Site, query: str, found: list[str]) -> None:
    second = settled.services.marketplaces.all()[1].id

    page = person(settled).html(f"/?{query.format(second=second)}")

    assert named(page) == found


def test_counts_are_of_all_pages_and_lead_to_what_they_count(site: Site, catalogues: Catalogues) -> None:
    for number in range(55):
        add_endpoint(site.services, slug=f"tide-{number:02}", name=f"Tide {number:02}")
    add_marketplace(site.services, "Catalogue", catalogues().url)
    publish(site.services, "tide-54")
    somebody = person(site)

    page = somebody.html("/")

    assert "1 published 0 pending 0 failed 54 not published" in words(page)
    assert "Tide 54" not in page
    assert named(somebody.html("/?status=published")) == ["Tide 54"]
    assert 'href="/?page=2&amp;status=absent"' in somebody.html("/?status=absent")
    assert named(somebody.html("/?status=absent&page=2")) == ["Tide 50", "Tide 51", "Tide 52", "Tide 53"]


def test_each_row_and_cell_leads_on(settled: Site) -> None:
    first, second = (item.id for item in settled.services.marketplaces.all())

    owner, viewer = person(settled).html("/"), person(settled, "read").html("/")

    assert f'href="/settings/marketplaces/{first}"' in owner
    assert 'href="/endpoints/fine"' in owner
    assert f'href="/endpoints/fine/publish?on={second}"' in owner
    assert f'href="/endpoints/moved-on/republish?on={first}"' in owner
    assert "Healthy since 1 Mar 2026" in words(owner)
    assert "/publish?" not in viewer
    assert "/republish?" not in viewer
    assert "New endpoint" not in viewer


def test_what_needs_somebody_is_told_with_its_next_step(varied: Site, clock: Clock) -> None:
    services = varied.services
    add_marketplace(services, "Dead", NOBODY_THERE, test=True)
    services.plugins.infos.append(PluginInfo("odd-notifier", "1.0", "odd", "broken", traceback="ImportError"))
    make_token(services, "read", expires_at=(clock() + timedelta(days=5)).isoformat())
    ends = clock() + timedelta(hours=1)
    window = {"ends_at": ends.isoformat()}
    services.maintenance.add(replace(load_maintenance(window, clock()), slug="fine"))

    page = person(varied).html("/")
    told = needs(page)

    assert re.search(r"Marketplaces that do not work 1 Dead does not work: ", told)
    assert "Broken or faulty plugins 1 odd-notifier" in told
    assert "Failed 1 Failing on Catalogue: slug taken" in told
    assert "Not answering well 1 Moved is offline, since 1 Mar 2026" in told
    assert "To be published again 1 Moved on Catalogue" in told
    assert "Ends soon 1 test API token, ends 6 Mar 2026" in told
    assert "In maintenance 1 Fine until 1 Mar 2026, 13:00 UTC" in told
    assert 'href="/endpoints/moved-on/health"' in page
    assert "API token" not in needs(person(varied, "publish").html("/"))


def test_a_credential_that_tells_its_end_is_told_before_it(site: Site, clock: Clock, catalogues: Catalogues) -> None:
    add_endpoint(site.services)
    claims = base64.urlsafe_b64encode(json.dumps({"exp": (clock() + timedelta(days=3)).timestamp()}).encode())
    add_marketplace(site.services, "Catalogue", catalogues().url, api_key=f"a.{claims.decode().rstrip('=')}.c")

    assert "Catalogue its credential, ends 4 Mar 2026, 12:00 UTC" in needs(person(site).html("/"))


def test_what_was_changed_on_the_marketplace_leads_to_the_plan(site: Site, catalogues: Catalogues) -> None:
    add_endpoint(site.services)
    place = add_marketplace(site.services, "Catalogue", catalogues().url)
    publish(site.services)
    with site.services.store.write():
        row = site.services.store.publications.of_marketplace(place.id)[0]
        site.services.store.publications.save(replace(row, drift={"name": {"wanted": "a", "found": "b"}}))

    page = person(site).html("/?status=drifted")

    assert named(page) == ["Research Q&amp;A"]
    assert "Changed there since" in words(page)
    assert f'href="/plan/{place.id}"' in page
    assert "Changed on the marketplace 1 Research Q&A on Catalogue" in needs(page)


def test_at_most_ten_are_told_one_by_one(site: Site, catalogues: Catalogues) -> None:
    taken = catalogues()
    add_marketplace(site.services, "Catalogue", taken.url)
    for number in range(12):
        taken.insert(f"tide-{number:02}")
        add_endpoint(site.services, slug=f"tide-{number:02}", name=f"Tide {number:02}")
        publish(site.services, f"tide-{number:02}")

    told = needs(person(site).html("/"))

    assert told.startswith("Needs you Failed 12 Tide 00")
    assert "Tide 09" in told
    assert told.endswith("and 2 more")


def test_nothing_that_needs_anybody_is_one_calm_line(site: Site, catalogues: Catalogues) -> None:
    add_endpoint(site.services)
    add_marketplace(site.services, "Catalogue", catalogues().url)
    publish(site.services)

    assert needs(person(site).html("/")) == "Nothing needs you."


def test_it_refreshes_itself_only_while_something_is_about_to_change(
    site: Site, clock: Clock, catalogues: Catalogues
) -> None:
    add_endpoint(site.services)
    place = add_marketplace(site.services, "Catalogue", catalogues().url)
    publish(site.services)
    somebody = person(site)
    assert "hx-trigger" not in somebody.html("/")

    with site.services.store.write():
        row = site.services.store.publications.of_marketplace(place.id)[0]
        site.services.store.publications.save(replace(row, due_at=clock()))

    assert 'hx-get="/?page=1&amp;q=research" hx-trigger="every 4s"' in somebody.html("/?q=research")
    part = somebody.html("/?page=1&q=research", **{"HX-Request": "true"})
    assert "<html" not in part
    assert named(part) == ["Research Q&amp;A"]


def test_a_search_that_finds_nothing_leads_back(settled: Site) -> None:
    page = person(settled).open("/?q=nothing-like-it")

    assert "No endpoint is as you asked for. Show all 4" in page


@pytest.mark.parametrize("query", ["status=odd", "health=odd", "sort=odd", "page=0", "odd=1"])
def test_what_cannot_be_asked_for_is_refused(settled: Site, query: str) -> None:
    person(settled).html(f"/?{query}", 422)


def test_the_overview_in_a_browser(browser: Browser, varied: Site) -> None:
    add_marketplace(varied.services, "Regional hub", NOBODY_THERE, test=True)
    publish(varied.services, "fine")
    with visiting(browser, varied.url) as visit:
        sign_in(visit, varied.owner.token)
        page = visit.page
        visit.everywhere("overview")
        page.get_by_text("Filter", exact=True).click()
        page.get_by_label("Status").select_option("Failed")
        page.wait_for_url("**status=failed**")
        assert page.locator(".matrix .name").all_inner_texts() == ["Failing"]
        page.get_by_role("searchbox").fill("fine")
        page.keyboard.press("Enter")
        page.get_by_text("No endpoint is as you asked for.").wait_for()
        visit.audit()
        visit.shoot("overview-filtered")
