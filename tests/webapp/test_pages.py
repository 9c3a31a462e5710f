"""The pages as a browser without scripts gets them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from publicist.core.cli import cli

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish, work
from .site import Site, good, make_token, served

Catalogues = Callable[..., Counterpart]
NOBODY_THERE = "http://127.0.0.1:9"


def signed_in(site: Site, token: str | None = None) -> requests.Session:
    browser = requests.Session()
    answer = browser.post(f"{site.url}/sign-in", data={"token": token or site.owner.token}, timeout=10)
    assert answer.url == f"{site.url}/", answer.text
    return browser


def seen(browser: requests.Session, site: Site, path: str = "/") -> str:
    """Return a page's text, its tags taken away and its spaces made single."""
    answer = browser.get(site.url + path, timeout=10, allow_redirects=False)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_visitors_are_sent_to_sign_in(lasting: Site) -> None:
    answer = requests.get(lasting.url, timeout=10, allow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("token", "said"), [("", "Enter an API token."), ("pub_made-up", "The API token is not known")]
)
def test_a_token_that_is_not_good_is_told_and_not_repeated(lasting: Site, token: str, said: str) -> None:
    answer = requests.post(f"{lasting.url}/sign-in", data={"token": token}, timeout=10)

    assert answer.status_code == 401
    assert said in answer.text
    assert not token or token not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    data = {"token": site.owner.token}
    answer = requests.post(f"{site.url}/sign-in", data=data, timeout=10, allow_redirects=False)

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert site.owner.token not in cookie


def test_the_session_cookie_is_secure_where_the_space_is_reached_by_https(tmp_path: Any, clock: Clock) -> None:
    with served(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL="https://space.example") as site:
        data = {"token": site.owner.token}
        answer = requests.post(f"{site.url}/sign-in", data=data, timeout=10, allow_redirects=False)

    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_session_outlives_a_restart(tmp_path: Any, clock: Clock) -> None:
    with served(tmp_path / "space", clock) as site:
        browser = signed_in(site)
    with served(tmp_path / "space", clock) as again:
        assert "No endpoint yet" in seen(browser, again)


def test_a_session_ends_with_its_token(site: Site) -> None:
    made = good(site.owner.post("/tokens", {"name": "laptop", "scopes": ["read"]}), 201)
    browser = signed_in(site, made["token"])

    site.owner.delete(f"/tokens/{made['id']}")

    assert browser.get(site.url, timeout=10).url == f"{site.url}/sign-in"


def test_a_session_ends_when_its_token_expires(site: Site, clock: Clock) -> None:
    browser = signed_in(site, make_token(site.services, "read", expires_at="2026-03-01T13:00:00+00:00"))

    clock.move(hours=2)

    assert browser.get(site.url, timeout=10).url == f"{site.url}/sign-in"


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = signed_in(site)

    browser.post(f"{site.url}/sign-out", timeout=10)

    assert browser.get(site.url, timeout=10).url == f"{site.url}/sign-in"


def test_a_forged_session_opens_nothing(site: Site) -> None:
    browser = signed_in(site)
    name, value = next(iter(browser.cookies.items()))
    forged = requests.get(site.url, cookies={name: value[:-3] + "xyz"}, timeout=10, allow_redirects=False)

    assert forged.status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "{site}"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_forms_are_taken_from_our_own_pages_only(
    lasting: Site, path: str, headers: dict[str, str], status: int
) -> None:
    given = {name: value.format(site=lasting.url) for name, value in headers.items()}
    data = {"token": lasting.owner.token}

    answer = requests.post(lasting.url + path, data=data, headers=given, timeout=10, allow_redirects=False)

    assert answer.status_code == status


def test_forms_are_taken_at_the_public_address_too(tmp_path: Any, clock: Clock) -> None:
    """A proxy may speak to us under another name than the browser's."""
    with served(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL="https://space.example") as site:
        headers = {"Origin": "https://space.example"}
        answer = requests.post(
            f"{site.url}/sign-in", data={"token": site.owner.token}, headers=headers, timeout=10, allow_redirects=False
        )

    assert answer.status_code == 303


def test_an_empty_space_says_what_to_do(site: Site) -> None:
    page = seen(signed_in(site), site)

    assert "No endpoint yet" in page
    assert "publicist endpoint add" in page
    assert "No marketplace yet" in page
    assert "publicist marketplace add" in page


def test_what_is_published_nowhere_yet_says_how_to_publish(site: Site, catalogues: Catalogues) -> None:
    add_endpoint(site.services)
    add_marketplace(site.services, "Catalogue", catalogues().url)

    page = seen(signed_in(site), site)

    assert "Not published" in page
    assert "publicist publish research-qa --all" in page


def test_every_command_that_a_page_names_is_there(site: Site, catalogues: Catalogues) -> None:
    browser = requests.Session()
    pages = browser.get(f"{site.url}/sign-in", timeout=10).text
    browser = signed_in(site)
    pages += browser.get(site.url, timeout=10).text
    add_endpoint(site.services)
    add_marketplace(site.services, "Catalogue", catalogues().url)
    pages += browser.get(site.url, timeout=10).text

    words = r"publicist ((?:endpoint|marketplace|token) [a-z]+|[a-z]+) "
    named = {found for text in re.findall(r"<code>(publicist [^<]*)", pages) for found in re.findall(words, f"{text} ")}

    assert {"endpoint add", "marketplace add", "publish", "token create"} <= named
    for path in named:
        command: Any = cli
        for word in path.split():
            command = command.commands[word]


def test_the_matrix_tells_status_time_error_and_remedy(site: Site, catalogues: Catalogues) -> None:
    taken = catalogues()
    taken.insert("research-qa")
    add_endpoint(site.services)
    add_marketplace(site.services, "Alive", catalogues().url)
    add_marketplace(site.services, "Dead", NOBODY_THERE)
    add_marketplace(site.services, "Taken", taken.url)
    publish(site.services)

    page = seen(signed_in(site), site)

    assert "1 published 1 pending 1 failed 0 not published" in page
    assert re.search(r"Published since 1 Mar 2026, 12:00 UTC", page)
    assert re.search(r"Pending Marketplace not answering .* What to do: .* Next try 1 Mar 2026", page)
    assert re.search(r"Failed Slug taken .* What to do: Check the slug", page)
    assert re.search(r"Dead does not work: .* since 1 Mar 2026, 12:00 UTC", page)


def test_a_draft_and_a_needed_republish_are_told(site: Site, catalogues: Catalogues) -> None:
    add_endpoint(site.services, slug="a-draft", published=False)
    add_endpoint(site.services)
    add_marketplace(site.services, "Alive", catalogues().url)
    publish(site.services)
    site.services.endpoints.edit("research-qa", {"slug": "research-q-and-a"})
    work(site.services)

    page = seen(signed_in(site), site)

    assert "Draft: not ready to be listed" in page
    assert "Needs republish since" in page
    assert "Publish again to update: slug." in page


def test_whatever_is_entered_is_shown_as_text(site: Site) -> None:
    add_endpoint(site.services, name="<script>alert(1)</script>")
    add_marketplace(site.services, '"><img src=x>', NOBODY_THERE, test=True)

    page = signed_in(site).get(site.url, timeout=10).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "<img src=x" not in page


def test_many_endpoints_come_in_pages(site: Site) -> None:
    for number in range(51):
        add_endpoint(site.services, slug=f"tide-{number:02}", name=f"Tide {number:02}")
    browser = signed_in(site)

    first, second, third = (seen(browser, site, f"/?page={number}") for number in (1, 2, 3))

    assert "Page 1 of 2, 51 endpoints" in first
    assert "Tide 49" in first
    assert "Tide 50" not in first
    assert "Tide 50" in second
    assert "Page 2 of 2, 51 endpoints" in third


def test_a_page_that_cannot_be_read_is_a_page(site: Site) -> None:
    answer = signed_in(site).get(f"{site.url}/?page=x", timeout=10)

    assert answer.status_code == 422
    assert "What to do" in answer.text


def test_two_spaces_on_one_machine_do_not_sign_each_other_out(tmp_path: Any, clock: Clock) -> None:
    """Browsers send a host's cookies to all of its ports."""
    with served(tmp_path / "one", clock) as one, served(tmp_path / "two", clock) as two:
        browser = signed_in(one)
        answer = browser.post(f"{two.url}/sign-in", data={"token": two.owner.token}, timeout=10)

        assert answer.url == f"{two.url}/"
        assert browser.get(one.url, timeout=10).url == f"{one.url}/"
