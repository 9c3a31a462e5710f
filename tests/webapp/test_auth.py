"""Who may do what: every address of the API asks for a token of the right scope."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from publicist.webapp import create_app

from ..clock import Clock
from .site import Caller, Site, good, make_token, problem

OPEN = {
    *((method, "/api/v1/openapi.json") for method in ("GET", "HEAD", "OPTIONS")),
    ("POST", "/api/v1/endpoints/<slug>/query"),
    ("POST", "/api/v1/endpoints/<slug>/feedback"),
}
ID = "123e4567-e89b-12d3-a456-426614174000"


def operations(site: Site) -> Iterator[tuple[str, str]]:
    """Give the method and rule of everything under /api/v1."""
    for rule in create_app(site.services).url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            for method in rule.methods or ():
                yield method, rule.rule


def filled(rule: str) -> str:
    """Return an address that a rule matches."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: ID if part[1] == "uuid" else "research-qa", rule)


def test_nothing_answers_without_a_token_but_what_is_public(lasting: Site) -> None:
    answered = {
        (method, rule)
        for method, rule in operations(lasting)
        if requests.request(method, lasting.url + filled(rule), timeout=10).status_code != 401
    }

    assert answered == OPEN


def test_an_unknown_token_opens_nothing(lasting: Site) -> None:
    headers = {"Authorization": "Bearer pub_made-up"}
    refused = [
        requests.request(method, lasting.url + filled(rule), headers=headers, timeout=10).status_code
        for method, rule in operations(lasting)
        if (method, rule) not in OPEN
    ]

    assert set(refused) == {401}


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/endpoints", "read"),
        ("GET", "/endpoints/research-qa/publications", "read"),
        ("GET", "/marketplaces", "read"),
        ("GET", "/settings/network", "read"),
        ("GET", "/plugins", "read"),
        ("POST", "/endpoints", "publish"),
        ("PATCH", "/endpoints/research-qa", "publish"),
        ("DELETE", "/endpoints/research-qa", "publish"),
        ("POST", "/endpoints/research-qa/publish", "publish"),
        ("POST", "/endpoints/research-qa/unpublish", "publish"),
        ("POST", "/marketplaces", "admin"),
        ("PATCH", f"/marketplaces/{ID}", "admin"),
        ("DELETE", f"/marketplaces/{ID}", "admin"),
        ("POST", f"/marketplaces/{ID}/test", "admin"),
        ("PATCH", "/settings/network", "admin"),
        ("GET", "/tokens", "admin"),
        ("POST", "/tokens", "admin"),
        ("DELETE", f"/tokens/{ID}", "admin"),
    ],
)
def test_each_operation_asks_for_its_scope(lasting: Site, method: str, path: str, scope: str) -> None:
    scopes = ["read", "publish", "admin"]
    too_little = scopes[: scopes.index(scope)]

    refused = [lasting.caller(one).ask(method, path).status_code for one in too_little]
    enough = lasting.caller(scope).ask(method, path).status_code

    assert refused == [403] * len(too_little)
    assert enough not in {401, 403}


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "Bearer", "Bearer  ", "pub_x", "Bearer \xe9"])
def test_what_is_no_bearer_token_is_a_401(lasting: Site, header: str) -> None:
    answer = requests.get(
        f"{lasting.url}/api/v1/endpoints", headers={"Authorization": header.encode("latin-1")}, timeout=10
    )

    problem(answer, 401)


def test_a_token_ends_when_it_is_revoked(site: Site) -> None:
    made = good(site.owner.post("/tokens", {"name": "laptop", "scopes": ["read"]}), 201)
    laptop = Caller(site.url, made["token"])
    good(laptop.get("/endpoints"))

    assert site.owner.delete(f"/tokens/{made['id']}").status_code == 204

    assert "revoked" in problem(laptop.get("/endpoints"), 401)["detail"]


def test_a_token_ends_when_its_time_is_over(site: Site, clock: Clock) -> None:
    visitor = Caller(site.url, make_token(site.services, "read", expires_at="2026-03-01T13:00:00+00:00"))
    good(visitor.get("/endpoints"))

    clock.move(hours=1)

    assert "expired" in problem(visitor.get("/endpoints"), 401)["detail"]


def test_a_token_is_shown_once(site: Site) -> None:
    made: dict[str, Any] = good(site.owner.post("/tokens", {"name": "laptop", "scopes": ["read"]}), 201)

    listed = good(site.owner.get("/tokens"))

    assert made["token"].startswith("pub_")
    assert "laptop" in [token["name"] for token in listed["items"]]
    assert made["token"] not in site.owner.answers[-1].text


def test_the_page_s_session_does_not_open_the_api(site: Site) -> None:
    browser = requests.Session()
    browser.post(f"{site.url}/sign-in", data={"token": site.owner.token}, timeout=10)
    assert browser.get(site.url, timeout=10, allow_redirects=False).status_code == 200

    problem(browser.get(f"{site.url}/api/v1/endpoints", timeout=10), 401)
