"""What others write into a page, and what others send to it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
import requests

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish
from ..site import Site
from .lived import say
from .person import person, words

HOSTILE = "\u202e\u2066<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}" + "W" * 300
"""What nobody would write who means well: it turns around what follows, runs, and never ends."""


def cookie(answer: requests.Response) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


def test_a_referrer_that_is_none_is_no_fault_of_ours(lasting: Site) -> None:
    path = "/settings/marketplaces/00000000-0000-0000-0000-000000000007/test"

    answer = person(lasting).session.post(
        lasting.url + path, headers={"Origin": lasting.url, "Referer": "http://["}, timeout=10, allow_redirects=False
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("text", ["x" * 50_000, "\N{SNOWMAN}\N{GRINNING FACE}" * 20_000], ids=["ascii", "wide"])
def test_a_message_of_any_length_reaches_its_reader(site: Site, text: str) -> None:
    """Browsers throw away a cookie of more than 4 kB, and with it what it should have told."""
    owner = person(site).session
    for _ in range(4):  # nothing is read in between
        answer = owner.post(
            f"{site.url}/settings/plugins/{text[:2000]}/enable",
            headers={"Referer": f"{site.url}/settings/plugins"},
            timeout=10,
            allow_redirects=False,
        )
        assert answer.status_code == 303
        assert len(cookie(answer)) < 4000

    told = words(owner.get(f"{site.url}/settings/plugins", timeout=10).text)
    assert told.count(f"plugin '{text[:20]}") == 3


@pytest.mark.parametrize(
    "wanted", ["//[", "/\\[", "http://[", "/\t/evil.example", "/\r\nSet-Cookie: a=b", "https:evil.example", "\0/", ""]
)
def test_nothing_but_a_path_of_ours_is_gone_on_to(lasting: Site, wanted: str) -> None:
    page = requests.get(f"{lasting.url}/sign-in", params={"next": wanted}, timeout=10)
    sent = {"token": lasting.owner.token, "next": wanted}
    answer = requests.post(f"{lasting.url}/sign-in", sent, timeout=10, allow_redirects=False)

    assert 'name="next" value="/"' in page.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_feedback_of_a_stranger_does_not_run(site: Site, catalogues: Callable[..., Counterpart]) -> None:
    add_endpoint(site.services)
    add_marketplace(site.services, "Catalogue", catalogues().url)
    publish(site.services)
    plain = HOSTILE.replace("\u202e", "").replace("\u2066", "")
    say(site.services, "research-qa", {"kind": "error_report", "text": plain, "author": plain[:60]})

    page = person(site).html("/endpoints/research-qa/feedback")

    assert "<script>" not in page
    assert "<img" not in re.sub(r'<img src="/assets/[^"]*"', "", page)
    assert plain in unescape(page)


def test_what_turns_text_around_or_draws_nothing_is_shown_as_a_mark(site: Site) -> None:
    page = person(site).sent("/settings/tokens", 422, name=f"a\0b{HOSTILE}c\x1b", scope="read", ends="90")

    assert "a\ufffdb\ufffd\ufffd&lt;script&gt;" in page
    assert not re.search("[\0\x1b\u202a-\u202e\u2066-\u2069]", page)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/setup/nowhere", 404),
        ("PUT", "/settings/network", 405),
        ("POST", "/sign-in", 413),
        ("GET", "/sign-in", 200),
        ("GET", "/settings/people", 200),
        ("GET", "/?page=x", 422),
    ],
)
def test_every_answer_is_careful(lasting: Site, method: str, path: str, status: int) -> None:
    body = {"name": "x" * 40_000} if status == 413 else None

    answer = person(lasting).session.request(method, lasting.url + path, data=body, timeout=10)

    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
