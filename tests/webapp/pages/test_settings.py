"""Network, API tokens, people and one's own account under Settings."""

import re

import requests
from playwright.sync_api import Browser
from publicist.core.records import User
from publicist.core.schemas import load_user
from publicist.core.secrets import Secret

from ...clock import Clock
from ..browsing import sign_in, visiting
from ..site import Caller, Site, good, problem
from .person import person, words

PASSWORD = "tides and library cards"
TABS = ["Network", "Marketplaces", "Notifications", "Maintenance", "Status page", "Account", "Plugins"]
PAGES = ["network", "tokens", "people", "account"]


def user(site: Site, name: str = "Ada", role: str = "owner") -> User:
    return site.services.accounts.add(load_user({"name": name, "role": role}), Secret(PASSWORD))


def browser_of(site: Site, name: str = "Ada", password: str = PASSWORD) -> requests.Session:
    """Return a browser in which somebody has signed in."""
    session = requests.Session()
    session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    answer = session.post(f"{site.url}/sign-in", {"name": name, "password": password}, timeout=30)
    assert answer.url == f"{site.url}/", words(answer.text)
    return session


def is_in(session: requests.Session, site: Site) -> bool:
    return session.get(f"{site.url}/settings/account", timeout=10, allow_redirects=False).status_code == 200


def send(session: requests.Session, site: Site, path: str, **fields: str) -> str:
    headers = {"Referer": f"{site.url}/settings/people"}
    return words(session.post(f"{site.url}/settings/{path}", fields, headers=headers, timeout=30).text)


def test_the_settings_look_right_and_accuse_nobody(browser: Browser, site: Site) -> None:
    user(site, "Grace", "publisher")
    site.services.invitations.invite("viewer", "Ida")
    site.services.spaces.change({"public_url": "https://space.example.org"})
    with visiting(browser, site.url) as visit:
        page = visit.go("/settings/people")
        page.wait_for_url(f"{site.url}/sign-in?next=/settings/people")
        visit.everywhere("sign-in-people")
        sign_in(visit, site.owner.token)
        for name in PAGES:
            visit.go(f"/settings/{name}")
            visit.everywhere(f"settings-{name}")
        visit.go("/settings/tokens")
        page.get_by_label("Name").fill("nightly")
        page.get_by_role("button", name="Make the token").click()
        token = page.locator("#the-token").inner_text()
        visit.everywhere("settings-token-made")
        page.get_by_role("link", name="Revoke nightly").click()
        visit.audit()
        page.get_by_role("button", name="Revoke nightly").click()
        page.get_by_text("The token is revoked").wait_for()

    assert problem(Caller(site.url, token).get("/endpoints"), 401)["detail"] == "The API token has been revoked."


def test_settings_begin_with_the_network_and_show_a_viewer_no_secret_tab(site: Site) -> None:
    viewer = person(site, "read")

    assert viewer.session.get(f"{site.url}/settings", timeout=10).url == f"{site.url}/settings/network"
    tabs = re.search(r'aria-label="Settings">(.*?)</nav>', viewer.html("/settings/network"), re.DOTALL)
    assert tabs
    assert re.findall(r">([A-Z][^<]+)</a>", tabs.group(1)) == TABS
    for hidden in ("tokens", "people"):
        assert viewer.session.get(f"{site.url}/settings/{hidden}", timeout=10).status_code == 403


def test_network_settings_are_saved_and_the_token_is_never_shown(site: Site) -> None:
    owner = person(site)

    owner.send(
        "/settings/network",
        name="Tides",
        deployment="vm",
        public_url="https://tides.example",
        developer_token="dev-12345",
    )
    page = owner.html("/settings/network")

    assert good(site.owner.get("/settings/network"))["developer_token_set"] is True
    assert "dev-12345" not in page
    assert 'value="https://tides.example"' in page
    owner.send("/settings/network", name="Tides", deployment="vm", public_url="https://tides.example")
    assert site.services.spaces.current().developer_token == Secret("dev-12345")
    owner.send("/settings/network", name="Tides", deployment="vm", public_url="", forget_token="on")
    assert site.services.spaces.current().developer_token is None


def test_network_settings_that_do_not_do_keep_what_was_typed(site: Site) -> None:
    page = person(site).sent("/settings/network", 422, name="Tides", deployment="vm", public_url="ftp://x")

    assert 'value="ftp://x"' in page
    assert 'id="public_url-error"' in page
    assert site.services.spaces.current().name == "My space"


def test_the_address_is_tried_and_told(site: Site) -> None:
    site.services.spaces.change({"public_url": site.url})

    assert "This space answers at" in person(site).send("/settings/network/check")


def test_a_viewer_sees_the_network_and_changes_nothing(site: Site) -> None:
    viewer = person(site, "read")

    assert "An owner of this space can change this." in viewer.open("/settings/network")
    viewer.send("/settings/network", 403, name="Mine")
    assert site.services.spaces.current().name == "My space"


def test_a_token_is_made_with_scope_and_end_and_shown_once(site: Site, clock: Clock) -> None:
    owner = person(site)

    page = owner.sent("/settings/tokens", name="nightly", scope="publish", ends="30")
    token = re.search(r'id="the-token">(pub_[\w-]+)<', page)
    assert token
    caller = Caller(site.url, token.group(1))
    good(caller.get("/endpoints"))
    assert token.group(1) not in owner.html("/settings/tokens")
    assert "Last used" in owner.open("/settings/tokens")
    problem(caller.get("/tokens"), 403)
    clock.move(days=31)
    problem(caller.get("/endpoints"), 401)


def test_a_token_without_a_name_is_refused_at_the_field(site: Site) -> None:
    page = person(site).sent("/settings/tokens", 422, name="", scope="publish", ends="365")

    assert 'id="name-error"' in page
    assert '<option value="365" selected' in page


def test_an_invitation_makes_an_account_of_its_role_once(site: Site) -> None:
    page = person(site).sent("/settings/people", name="Grace", role="publisher", way="link")
    link = re.search(r'id="the-link">([^<]+)<', page)
    assert link
    guest, form = requests.Session(), {"name": "Grace", "password": PASSWORD, "again": PASSWORD}

    assert "invited to this space as publisher" in words(guest.get(link.group(1), timeout=10).text)
    assert guest.post(link.group(1), form, timeout=30).url == f"{site.url}/"

    assert [(one.name, one.role) for one in site.services.accounts.all()] == [("Grace", "publisher")]
    assert requests.post(link.group(1), form | {"name": "Eve"}, timeout=30).status_code == 404
    assert guest.get(f"{site.url}/settings/people", timeout=10).status_code == 403


def test_an_invitation_can_be_withdrawn_and_ends_by_itself(site: Site, clock: Clock) -> None:
    owner = person(site)
    codes = [site.services.invitations.invite("viewer", name).reveal() for name in ("Grace", "Ida")]
    (grace,) = [each for each in site.services.invitations.all() if each.note == "Grace"]

    owner.send(f"/settings/people/invitations/{grace.id}/withdraw")

    assert [requests.get(f"{site.url}/setup/{code}", timeout=10).status_code for code in codes] == [404, 200]
    clock.move(days=8)
    assert requests.get(f"{site.url}/setup/{codes[1]}", timeout=10).status_code == 404


def test_somebody_added_with_a_password_signs_in_with_it(site: Site) -> None:
    owner = person(site)

    refused = owner.sent("/settings/people", 422, name="Grace", role="viewer", way="password", password="short")
    owner.send("/settings/people", name="Grace", role="viewer", way="password", password=PASSWORD)

    assert 'value="Grace"' in refused
    assert "short" not in re.findall(r'value="([^"]*)"', refused)
    assert is_in(browser_of(site, "grace"), site)


def test_another_role_and_removal_end_the_sessions_at_once(site: Site) -> None:
    user(site)
    grace = user(site, "Grace", "publisher")
    owner, hers = browser_of(site), browser_of(site, "Grace")

    assert "Grace is viewer now" in send(owner, site, f"people/{grace.id}/role", role="viewer")
    assert not is_in(hers, site)
    hers = browser_of(site, "Grace")
    asked = owner.get(f"{site.url}/settings/people/{grace.id}/remove", timeout=10)
    assert "signed out everywhere at once" in words(asked.text)
    send(owner, site, f"people/{grace.id}/remove")
    assert not is_in(hers, site)
    assert is_in(owner, site)


def test_the_last_owner_stays(site: Site) -> None:
    ada = user(site)
    owner = browser_of(site)

    assert "is the last owner" in send(owner, site, f"people/{ada.id}/role", role="viewer")
    assert "is the last owner" in send(owner, site, f"people/{ada.id}/remove")
    assert [one.role for one in site.services.accounts.all()] == ["owner"]


def test_a_changed_password_signs_out_everywhere_else(site: Site) -> None:
    user(site)
    here, there = browser_of(site), browser_of(site)
    new = "another one entirely"

    wrong = send(here, site, "account/password", current="not this one", new=new, again=new)
    unlike = send(here, site, "account/password", current=PASSWORD, new=new, again=new + "x")
    assert "This is not your password." in wrong
    assert "differs" in unlike
    assert is_in(there, site)
    assert "Your password is changed" in send(here, site, "account/password", current=PASSWORD, new=new, again=new)

    assert is_in(here, site)
    assert not is_in(there, site)
    assert is_in(browser_of(site, password=new), site)


def test_signing_out_everywhere_ends_every_browser(site: Site) -> None:
    user(site)
    here, there = browser_of(site), browser_of(site)
    page = words(here.get(f"{site.url}/settings/account", timeout=10).text)
    assert page.count("Firefox on Linux") == 2
    assert page.count("this browser") == 1

    send(here, site, "account/sign-out-everywhere")

    assert not is_in(here, site)
    assert not is_in(there, site)
