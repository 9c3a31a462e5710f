"""Signing in with a name and a password, as a browser without scripts does."""

import re

import pytest
import requests
from publicist.core.schemas import load_user
from publicist.core.secrets import Secret

from ..clock import Clock
from .site import Site

PASSWORD = "tides and library cards"


@pytest.fixture
def ada(site: Site) -> Site:
    """A space with an owner."""
    site.services.accounts.add(load_user({"name": "Ada", "role": "owner"}), Secret(PASSWORD))
    return site


def enter(site: Site, session: requests.Session | None = None, **form: str) -> requests.Response:
    fields = {"name": "Ada", "password": PASSWORD, **form}
    return (session or requests.Session()).post(f"{site.url}/sign-in", fields, timeout=30, allow_redirects=False)


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("", "/"),
        ("/settings/people?page=2", "/settings/people?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_gets_to_where_one_wanted_to_go_and_nowhere_else(ada: Site, wanted: str, target: str) -> None:
    page = requests.get(f"{ada.url}/sign-in", params={"next": wanted}, timeout=10).text
    (held,) = set(re.findall(r'name="next" value="([^"]*)"', page))

    assert held == target
    answer = enter(ada, next=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, target)


def test_the_cookie_holds_a_random_key_and_neither_name_nor_password(ada: Site) -> None:
    one, two = (enter(ada).headers["Set-Cookie"] for _ in range(2))

    assert one.split(";")[0] != two.split(";")[0]
    assert "HttpOnly" in one
    assert "SameSite=Strict" in one


@pytest.mark.parametrize("form", [{"name": "Nobody"}, {"password": "not this one at all"}])
def test_what_is_wrong_is_told_without_telling_which(ada: Site, form: dict[str, str]) -> None:
    answer = enter(ada, **form)

    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text
    assert f'value="{form.get("name", "Ada")}"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert PASSWORD not in answer.text


def test_an_empty_form_is_told_and_counts_as_no_failure(ada: Site) -> None:
    for _ in range(8):
        assert "Enter your name." in enter(ada, name="", password="").text

    assert enter(ada).status_code == 303


def test_failures_are_slowed_down(ada: Site, clock: Clock) -> None:
    statuses = [enter(ada, password="not this one at all").status_code for _ in range(6)]
    held = enter(ada)

    assert statuses == [401] * 5 + [429]
    assert (held.status_code, held.headers["Retry-After"]) == (429, "1")
    assert "failed too often" in held.text
    clock.move(seconds=1)
    assert enter(ada).status_code == 303


def test_signing_out_makes_the_former_cookie_worthless(ada: Site) -> None:
    session = requests.Session()
    enter(ada, session)
    kept = dict(session.cookies)
    session.post(f"{ada.url}/sign-out", timeout=10)

    assert requests.get(f"{ada.url}/", cookies=kept, timeout=10, allow_redirects=False).status_code == 303


def test_signing_in_again_ends_the_session_that_the_browser_had(ada: Site) -> None:
    session = requests.Session()
    enter(ada, session)
    former = dict(session.cookies)
    enter(ada, session)

    assert requests.get(f"{ada.url}/", cookies=former, timeout=10, allow_redirects=False).status_code == 303
    assert session.get(f"{ada.url}/", timeout=10, allow_redirects=False).status_code == 200


def test_a_removed_account_is_signed_out_at_once(ada: Site) -> None:
    grace = ada.services.accounts.add(load_user({"name": "Grace", "role": "viewer"}), Secret(PASSWORD))
    session = requests.Session()
    enter(ada, session, name="Grace")
    assert session.get(f"{ada.url}/", timeout=10, allow_redirects=False).status_code == 200

    ada.services.accounts.remove(grace.id)

    assert session.get(f"{ada.url}/", timeout=10, allow_redirects=False).status_code == 303


def test_what_somebody_does_is_noted_under_their_name(ada: Site) -> None:
    session = requests.Session()
    enter(ada, session)
    session.post(f"{ada.url}/settings/network", {"name": "Tides", "deployment": "auto"}, timeout=10)

    events = [(each.action, each.actor.kind, each.actor.name) for each in ada.services.trail.page().items[:2]]
    assert events == [("setting.changed", "user", "Ada"), ("user.signed_in", "user", "Ada")]
