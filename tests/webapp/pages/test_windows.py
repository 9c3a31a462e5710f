"""Settings, Maintenance: announced once seen, on the clocks of a zone, changed, ended early."""

import re

import pytest
from playwright.sync_api import Browser
from publicist.core.schemas import load_maintenance

from ...clock import Clock
from ...spaces import add_endpoint
from ..browsing import sign_in, visiting
from ..site import Site
from .person import person

PAGE = "/settings/maintenance"
ONCE = {"every": "once", "starts_at": "2026-03-28T23:00", "ends_at": "2026-03-29T04:00", "recurs.zone": "Europe/Berlin"}
DAILY = {"every": "daily", "recurs.at": "02:30", "recurs.minutes": "60", "recurs.zone": "Europe/Berlin"}


def test_windows_are_seen_before_they_are_announced(browser: Browser, site: Site, clock: Clock) -> None:
    add_endpoint(site.services)
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go(PAGE)
        page.get_by_role("link", name="Announce maintenance").click()
        page.get_by_role("link", name="Weekly").click()
        page.get_by_label("Endpoint").fill("research-qa")
        page.get_by_label("Saturday").check()
        page.get_by_label("At", exact=True).fill("04:00")
        page.get_by_label("Minutes").fill("90")
        page.get_by_label("Time zone").select_option("America/New_York")
        page.get_by_role("button", name="Preview").click()
        preview = page.get_by_role("region", name="Preview")
        assert preview.locator("tbody tr").count() == 5
        assert "Sat 7 Mar 2026, 04:00" in preview.inner_text()
        visit.shoot("maintenance-preview-light")
        visit.audit()
        assert site.services.maintenance.coming() == []
        page.get_by_role("button", name="Announce it").click()
        page.wait_for_url(f"{site.url}{PAGE}")
        assert "every Saturday at 04:00 (America/New_York), for 1 h 30 min" in page.locator("main").inner_text()


def test_times_are_those_of_the_zone_also_when_its_clocks_change(site: Site) -> None:
    person(site).send(f"{PAGE}/announce", **ONCE, do="announce")
    (window,) = site.services.maintenance.coming()
    assert (window.starts_at.isoformat(), window.ends_at.isoformat()) == (
        "2026-03-28T22:00:00+00:00",
        "2026-03-29T02:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({**ONCE, "ends_at": ""}, "ends_at"),
        ({**ONCE, "ends_at": "some day"}, "ends_at"),
        ({**ONCE, "ends_at": "2026-03-01T12:01", "starts_at": "2026-03-02T12:00"}, "ends_at"),
        ({**DAILY, "recurs.at": ""}, "recurs.at"),
        ({**DAILY, "recurs.minutes": "an hour"}, "recurs.minutes"),
        ({**DAILY, "recurs.minutes": "1440"}, "recurs.minutes"),
        ({**DAILY, "every": "cron", "recurs.cron": "not cron"}, "recurs.cron"),
        ({**DAILY, "endpoint_slug": "No slug"}, "endpoint_slug"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(site: Site, form: dict[str, str], field: str) -> None:
    sent = person(site).sent(f"{PAGE}/announce", 422, **form, note="Keep me", do="announce")
    assert f'id="{field}-error"' in sent
    assert 'value="Keep me"' in sent
    assert "<option selected>Europe/Berlin</option>" in sent
    assert site.services.maintenance.coming() == []


def test_a_zone_that_there_is_not_and_no_days_are_told(site: Site) -> None:
    owner = person(site)
    assert "Choose one of the list." in owner.send(f"{PAGE}/announce", 422, **{**ONCE, "recurs.zone": "Mars/Base"})
    assert "Needed here." in owner.send(f"{PAGE}/announce", 422, **{**DAILY, "every": "weekly"})


def test_one_that_holds_is_changed_and_ended_early(site: Site, clock: Clock) -> None:
    made = site.services.maintenance.add(load_maintenance({"ends_at": "2026-03-01T18:00+00:00"}, clock()))
    path, owner = f"{PAGE}/{made.id}", person(site, "read", "publish")
    assert "holds now" in owner.open(PAGE)
    owner.send(path, ends_at="2026-03-01T20:00", note="A little longer", **{"recurs.zone": "Europe/Berlin"})
    (window,) = site.services.maintenance.coming()
    assert (window.ends_at.isoformat(), window.note) == ("2026-03-01T19:00:00+00:00", "A little longer")
    assert "Queries are answered again at once" in owner.open(f"{path}/end")
    assert "Tick that you want this" in owner.send(f"{path}/end")
    assert "No maintenance is announced" in owner.send(f"{path}/end", sure="yes")


def test_taking_back_what_recurs_says_that_all_of_it_goes(site: Site) -> None:
    owner = person(site)
    owner.send(f"{PAGE}/announce", **DAILY, do="announce")
    path = re.search(rf'href="({PAGE}/[0-9a-f-]+)/end"', owner.html(PAGE))
    assert path
    assert "all the times that are still to come" in owner.open(f"{path.group(1)}/end")
    assert "Recurs daily at 02:30 (Europe/Berlin), for 1 h." in owner.open(path.group(1))


def test_a_viewer_sees_the_windows_and_announces_none(site: Site) -> None:
    viewer = person(site, "read")
    assert "Announce" not in viewer.open(PAGE)
    viewer.open(f"{PAGE}/announce", 403)
    viewer.send(f"{PAGE}/announce", 403, **ONCE)


def test_many_windows_are_shown_a_page_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicist.webapp.pages.windows.PER_PAGE", 2)
    for slug in ("ebb-tide", "high-tide", "low-tide"):
        add_endpoint(site.services, slug=slug)
        person(site).send(f"{PAGE}/announce", **{**ONCE, "endpoint_slug": slug}, do="announce")
    somebody = person(site)

    pages = [somebody.open(f"{PAGE}?page={number}") for number in (1, 2, 9)]

    assert ["Page 1 of 2" in pages[0], "Page 2 of 2" in pages[1], pages[1] == pages[2]] == [True, True, True]
    assert [sum(text.count(slug) for slug in ("ebb-tide", "high-tide", "low-tide")) for text in pages[:2]] == [2, 1]
