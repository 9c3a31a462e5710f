"""A new space in a real browser: from the printed link to a connected marketplace, and what is then left to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser
from publicist.core.errors import NotFound
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import HubSettings

from ...spaces import add_endpoint
from ..browsing import visiting
from ..site import Site
from .person import person, words

PASSWORD = "tides and library cards"
ADA = {"username": "ada", "email": "ada@example.org", "full_name": "Ada", "password": "Passw0rd1"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = start_hub(HubSettings(tmp_path / "hub", monitor=False, password_cost=1024))
    requests.post(f"{running.url}/api/v1/auth/register", json=ADA, timeout=10).raise_for_status()
    yield running
    running.stop()


def link(site: Site) -> str:
    return f"/setup/{site.services.invitations.open_setup().reveal()}"


def test_a_newcomer_gets_from_the_link_to_a_connected_marketplace(
    browser: Browser, site: Site, hub: RunningHub
) -> None:
    first = link(site)
    with visiting(browser, site.url) as visit:
        page = visit.go(first)
        page.locator("#name:focus").wait_for()
        page.keyboard.type("Ada")
        page.locator("#password").fill("short")
        page.locator("#again").fill("short")
        page.get_by_role("button", name="Make the account").click()
        page.get_by_text("at least 12 characters").first.wait_for()
        assert page.locator("#name").input_value() == "Ada"
        visit.said.clear()  # the browser notes that the form was refused
        visit.everywhere("first-run-account")
        page.locator("#password").fill(PASSWORD)
        page.locator("#again").fill(PASSWORD)
        page.keyboard.press("Enter")

        page.wait_for_url(f"{site.url}/first-steps/space")
        page.locator("#name").fill("Library of tides")
        page.locator("#public_url").fill(site.url)
        visit.everywhere("first-run-space")
        page.get_by_role("button", name="Save and go on").click()

        page.wait_for_url(f"{site.url}/first-steps/marketplace")
        assert "This space answers at" in page.get_by_role("status").inner_text()
        page.locator("#url").fill(hub.url)
        page.locator("#username").fill("ada")
        page.locator("#password").fill("Passw0rd1")
        visit.everywhere("first-run-marketplace")
        page.get_by_role("button", name="Save and test").first.click()
        page.get_by_text("Connected as ada,").wait_for()
        visit.everywhere("first-run-connected")

        page.get_by_role("link", name="Go on").click()
        page.wait_for_url(f"{site.url}/first-steps/endpoint")
        visit.everywhere("first-run-endpoint")
        assert page.get_by_role("link", name="Describe it").get_attribute("href") == "/endpoints/new"
        done = [item.inner_text() for item in page.locator(".progress .done").all()]
        page.get_by_role("link", name="Skip", exact=True).click()
        page.wait_for_url(f"{site.url}/")

    assert len(done) == 3
    assert [user.role for user in site.services.accounts.all()] == ["owner"]
    assert site.services.spaces.current().name == "Library of tides"
    assert requests.get(site.url + first, timeout=10).status_code == 404


def test_a_set_up_link_works_once_and_the_next_one_ends_the_former(site: Site) -> None:
    former, latest = link(site), link(site)
    form = {"name": "Ada", "password": PASSWORD, "again": PASSWORD}

    assert requests.get(site.url + former, timeout=10).status_code == 404
    assert requests.post(site.url + latest, form, timeout=10, allow_redirects=False).status_code == 303
    again = requests.post(site.url + latest, form | {"name": "Eve"}, timeout=10)

    assert again.status_code == 404
    assert "holds no longer" in words(again.text)
    assert [user.name for user in site.services.accounts.all()] == ["Ada"]


def test_a_set_up_link_is_taken_from_our_own_pages_only(site: Site) -> None:
    form = {"name": "Eve", "password": PASSWORD, "again": PASSWORD}
    answer = requests.post(site.url + link(site), form, headers={"Origin": "https://evil.example"}, timeout=10)

    assert answer.status_code == 403
    assert site.services.accounts.all() == []


def test_what_is_wrong_with_the_account_is_told_and_the_link_still_holds(site: Site) -> None:
    first = link(site)
    for given, said in (
        ({"password": PASSWORD, "again": "another one entirely"}, "differs from the password above"),
        ({"name": " ", "password": PASSWORD, "again": PASSWORD}, "Holds nothing visible"),
        ({"name": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "Must not be the name"),
    ):
        answer = requests.post(site.url + first, {"name": "Ada", **given}, timeout=10)
        assert answer.status_code == 422
        assert said in words(answer.text)
        assert PASSWORD not in answer.text or given.get("name") == PASSWORD
    assert requests.get(site.url + first, timeout=10).status_code == 200


def test_an_address_at_which_somebody_else_answers_is_told_before_one_goes_on(site: Site, hub: RunningHub) -> None:
    owner = person(site)

    told = owner.send("/first-steps/space", name="Tides", deployment="vm", public_url=hub.url, developer_token="")

    assert "something other than publicist" in told
    assert "This space Where does it run" in told


def test_steps_are_for_owners_and_go_on_where_something_is_left(site: Site) -> None:
    owner, viewer = person(site), person(site, "read")
    assert viewer.session.get(f"{site.url}/first-steps", timeout=10).status_code == 403

    assert owner.session.get(f"{site.url}/first-steps", timeout=10).url == f"{site.url}/first-steps/space"
    site.services.spaces.change({"name": "Tides"})
    assert owner.session.get(f"{site.url}/first-steps", timeout=10).url == f"{site.url}/first-steps/marketplace"
    add_endpoint(site.services)
    assert "Research Q&A" in owner.open("/first-steps/endpoint")


def test_what_is_left_is_found_on_the_overview_until_it_is_done_or_hidden(site: Site) -> None:
    owner, viewer = person(site), person(site, "read")
    everything = owner.open("/")
    site.services.spaces.change({"name": "Tides"})
    add_endpoint(site.services)
    rest = owner.open("/")

    assert "First steps Your account" in everything
    assert "Tell where it runs" in everything
    assert "Tell where it runs" not in rest
    assert "The first marketplace" in rest
    assert "First steps" not in viewer.open("/")
    assert "First steps" not in owner.send("/first-steps/hide")


def test_a_space_with_accounts_has_no_set_up_link(site: Site) -> None:
    first = link(site)
    requests.post(site.url + first, {"name": "Ada", "password": PASSWORD, "again": PASSWORD}, timeout=10)

    with pytest.raises(NotFound):
        site.services.invitations.find(first.removeprefix("/setup/"))
