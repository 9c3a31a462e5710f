"""The pages that a browser gets at the root's addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests
    from conftest import Caller, Place

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
EVIL = "<script>alert('x')</script>"


def page(place: Place, path: str = "/") -> requests.Response:
    answer = place.nobody.get(path, at_root=True, headers=BROWSER)
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (BROWSER["Accept"], "text/html"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("", "application/json"),
    ],
)
def test_only_who_asks_for_html_gets_it(place: Place, alice: Caller, accept: str, kind: str) -> None:
    alice.publish("news")
    for path in ("/", "/alice", "/alice/news"):
        answer = place.nobody.get(path, at_root=True, headers={"Accept": accept})
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Vary"] == "Accept"


def test_the_front_page_lists_public_endpoints_and_says_which_answer(place: Place, alice: Caller) -> None:
    alice.publish("news", name="Daily news", description="All of it", tags=["daily"])
    alice.publish("secret", name="Secret one", visibility="private")
    alice.publish("dark", name="Dark one", connect=[{"type": "http"}])
    place.monitor_steps(3)
    text = page(place).text
    for shown in ("Daily news", "All of it", "daily", 'href="/alice/news"', 'href="/alice"', "Dark one"):
        assert shown in text
    assert "Secret one" not in text
    assert re.findall(r"(active|not answering)</span>", text) == ["not answering", "active"]


def test_nothing_that_was_entered_becomes_markup(place: Place, alice: Caller) -> None:
    alice.put("/users/me", json={"full_name": EVIL, "bio": EVIL, "domain": 'http://h"><script>'})
    alice.publish(
        "news",
        name=EVIL,
        description=EVIL,
        readme=EVIL,
        policies=[{"type": EVIL, "description": EVIL}],
        connect=[{"type": "http", "config": {"url": EVIL}}],
    )
    for path in ("/", f"/?q={EVIL}", "/alice", "/alice/news", f"/{EVIL}"):
        assert "<script" not in page(place, path).text


def test_a_page_may_load_its_style_sheet_and_nothing_else(place: Place) -> None:
    answer = page(place)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert " style=" not in answer.text
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    css = place.nobody.get(sheet, at_root=True)
    assert (css.status_code, css.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "prefers-color-scheme: dark" in css.text


def test_an_endpoints_page_shows_its_particulars(place: Place, alice: Caller) -> None:
    policies = [{"type": "access", "description": "For all"}, {"type": "odd", "config": {"applied_to": ["x@y.org"]}}]
    alice.publish("news", readme="# Read me", policies=policies, connect=[{"type": "http", "config": {"url": "/p"}}])
    alice.report("news", at=place.clock.now)
    text = page(place, "/alice/news").text
    for shown in ("# Read me", "access: For all", "http://127.0.0.1:7001/p", "healthy", "2026-03-01 12:00 UTC"):
        assert shown in text
    assert "odd" not in text


def test_the_front_page_is_paged_and_can_be_searched(place: Place, alice: Caller) -> None:
    items = [{"name": f"Item {number:02}", "type": "model"} for number in range(40)]
    alice.post("/endpoints/sync", json={"endpoints": items})
    first, second = page(place, "/?q=item").text, page(place, "/?q=item&page=2").text
    assert (first.count("<li class"), second.count("<li class")) == (30, 10)
    assert 'rel="next" href="/?page=2&amp;q=item"' in first
    assert 'rel="prev" href="/?page=1&amp;q=item"' in second
    assert "Item 07" in page(place, "/?q=ITEM%2007").text
    assert "Nothing here has" in page(place, "/?q=zzz").text
    assert page(place, "/?page=x").status_code == 200


@pytest.mark.parametrize("path", ["/zed", "/alice/zed", "/alice/secret"])
def test_what_is_not_there_or_not_public_has_a_page_of_its_own(place: Place, alice: Caller, path: str) -> None:
    alice.publish("secret", visibility="internal")
    answer = page(place, path)
    assert answer.status_code == 404
    assert "Not found" in answer.text


def test_an_empty_hub_says_so(place: Place, alice: Caller) -> None:
    assert "Nothing is published here yet." in page(place).text
    assert "This account shows no endpoints." in page(place, "/alice").text
