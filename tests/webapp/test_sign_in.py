"""Signing in with a name and a password, as a browser without scripts does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from publicist.core.schemas import load_user
from publicist.core.secrets import Secret

from ..clock import Clock
from .site import Site, served

PASSWORD = "tides and library cards"


@pytest.fixture
def ada(site: Site) -> Site:
    """A space with an owner."""
    site.services.accounts.add(load_user({"name": "Ada", "role": "owner"}), Secret(PASSWORD))
    return site


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A space behind a proxy that speaks https."""
    folder = tmp_path_factory.mktemp("proxied") / "space"
    with served(folder, Clock(), PUBLICIST_PUBLIC_URL="https://space.example") as running:
        yield running


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
    """Here, as behind a proxy that is not trusted, all have one address; who was here before is let in all the same."""
    hers = requests.Session()
    enter(ada, hers)
    hers.post(f"{ada.url}/sign-out", timeout=10)
    statuses = [enter(ada, password="not this one at all").status_code for _ in range(6)]
    held = enter(ada)

    assert statuses == [401] * 5 + [429]
    assert (held.status_code, held.headers["Retry-After"]) == (429, "1")
    assert "failed too often" in held.text
    assert enter(ada, hers).status_code == 303
    clock.move(seconds=1)
    assert enter(ada).status_code == 303


def test_the_mark_of_a_browser_is_kept_from_scripts_and_other_sites_and_opens_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    with served(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL="https://space.example") as site:
        site.services.accounts.add(load_user({"name": "Ada", "role": "owner"}), Secret(PASSWORD))
        (mark,) = [one for one in enter(site).raw.headers.getlist("Set-Cookie") if "_browser=" in one]
        name, _, value = mark.partition(";")[0].partition("=")
        answer = requests.get(site.url, cookies={name: value}, timeout=10, allow_redirects=False)

    assert ("HttpOnly" in mark, "SameSite=Strict" in mark, "Secure" in mark) == (True, True, True)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://space.example"}, 303),
        ({"Origin": "http://space.example"}, 403),
        ({"Origin": "https://sub.space.example"}, 403),
        ({"Origin": "https://space.example:8443"}, 403),
        ({"Referer": "https://space.example/sign-in"}, 303),
        ({"Referer": "http://space.example/sign-in"}, 403),
        ({"Referer": "https://evil.example/https://space.example"}, 403),
    ],
)
def test_a_page_of_the_public_address_speaks_its_scheme(proxied: Site, headers: dict[str, str], status: int) -> None:
    answer = requests.post(
        f"{proxied.url}/sign-in", {"token": proxied.owner.token}, headers=headers, timeout=10, allow_redirects=False
    )

    assert answer.status_code == status


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
