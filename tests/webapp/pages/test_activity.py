"""The activity: all events, filtered by person, subject, outcome and time."""

import pytest

from ...clock import Clock
from ...spaces import add_endpoint, add_marketplace
from ..site import Site
from .person import person


@pytest.fixture
def busy(site: Site, clock: Clock) -> Site:
    add_endpoint(site.services)
    clock.move(days=2)
    add_marketplace(site.services, "Away", "http://127.0.0.1:9", test=True)
    return site


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("", ["Described research-qa.", "Connected to"], []),
        ("subject=marketplace", ["Connected to"], ["Described"]),
        ("name=research-qa", ["Described research-qa."], ["Connected to"]),
        ("outcome=failed", ["active → error"], ["Described"]),
        ("until=2026-03-01", ["Described research-qa."], ["Connected to"]),
        ("since=2026-03-02", ["Connected to"], ["Described"]),
        ("who=test", ["Signed in"], ["Described"]),
        ("who=token", ["Signed in"], ["Connected to"]),
        ("who=nobody", ["Nothing fits"], ["Described"]),
    ],
)
def test_events_are_filtered(busy: Site, asked: str, there: list[str], not_there: list[str]) -> None:
    said = person(busy).open(f"/activity?{asked}")
    assert [text for text in there if text not in said] == []
    assert [text for text in not_there if text in said] == []


def test_what_all_people_did_is_for_owners(site: Site) -> None:
    reader = person(site, "read")
    assert 'href="/activity"' not in reader.html("/monitoring")
    reader.html("/activity", 403)


def test_a_day_that_is_none_is_told_at_its_field(busy: Site) -> None:
    shown = person(busy).html("/activity?since=yesterday&who=test", 422)
    assert "Must be a day such as 2026-12-01." in shown
    assert 'value="test"' in shown


def test_pages_keep_the_filter(site: Site) -> None:
    for number in range(60):
        site.services.status_pages.turn(f"tag-{number}", on=True)
    shown = person(site).html("/activity?subject=setting&page=2")
    assert "Page 2 of 2, 60 events" in shown
    assert "?page=1&amp;subject=setting" in shown


def test_hostile_names_stay_text(site: Site) -> None:
    add_endpoint(site.services)
    add_marketplace(site.services, "<img src=x onerror=alert(1)>", "http://127.0.0.1:9")
    assert "<img src=x" not in person(site).html("/activity")
