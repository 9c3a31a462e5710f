"""Who may open which page and press which button: every rule of the pages, by every role, and signed out."""

import re
from collections.abc import Iterable
from uuid import UUID

import pytest
import requests
from publicist.webapp import create_app

from ..site import Site
from .person import person, words

ROLES = {"viewer": {"read"}, "publisher": {"read", "publish"}, "owner": {"read", "publish", "admin"}}
PUBLIC = (
    "/api/", "/assets/", "/badge/", "/feedback/", "/health", "/metrics", "/readyz", "/setup/", "/sign-in", "/sign-out",
    "/status", "/.well-known/",
)  # fmt: skip
"""What needs no session of the pages; the API and the metrics have keys of their own."""

NEEDED: tuple[tuple[str, str, str], ...] = (
    ("POST", r"/settings/account/.*|/endpoints/<slug>/(test|try/connection)", "read"),
    (
        "POST",
        r"/settings/marketplaces/[^/]+/(adopt|ignore)|/settings/(maintenance|notifications/incidents)/.*",
        "publish",
    ),
    ("POST", r"/(settings|first-steps)/.*", "admin"),
    ("POST", r"/(endpoints|plan|monitoring)/.*", "publish"),
    ("GET", r"/settings/(people|tokens|backups)(/.*)?|/activity|/first-steps(/.*)?", "admin"),
    ("GET", r"/settings/(marketplaces/add|marketplaces/[^/]+/remove|plugins/.*|notifications/.*)", "admin"),
    ("GET", r"/settings/(maintenance/.*|marketplaces/[^/]+/adopt)", "publish"),
    ("GET", r"/endpoints/(new|import)(/.*)?", "publish"),
    ("GET", r"/endpoints/<slug>/(publish|unpublish|republish|edit|delete)(/.*)?", "publish"),
    ("GET", r"/endpoints/<slug>/(checks|policies)/(?!person).*", "publish"),
    ("GET", r"/|/(endpoints|monitoring|plan|settings)(/.*)?", "read"),
)
"""Method, rules and the scope that they need; the first that fits. A rule that none fits is one nobody thought of."""


def needed(method: str, rule: str) -> str:
    return next(scope for one, fits, scope in NEEDED if one == method and re.fullmatch(fits, rule))


def actions(site: Site) -> Iterable[tuple[str, str, str]]:
    """Yield method, rule and path of everything behind the sign-in; the paths lead to nothing that there is."""
    for rule in create_app(site.services).url_map.iter_rules():
        if not rule.rule.startswith(PUBLIC):
            path = re.sub(r"<uuid:\w+>", str(UUID(int=7)), rule.rule)
            path = re.sub(r"<int:\w+>", "7", re.sub(r"<any\((\w+)[^>]*>", r"\1", path))
            path = re.sub(r"<\w+>", "no-such-one", path)
            for method in sorted((rule.methods or set()) - {"HEAD"}):
                yield method, rule.rule, path


def test_every_page_and_every_button_is_for_the_roles_that_may_and_for_nobody_else(site: Site) -> None:
    people = {role: person(site, *scopes).session for role, scopes in ROLES.items()}
    wrong = []
    for method, rule, path in actions(site):
        out = requests.request(method, site.url + path, timeout=30, allow_redirects=False)
        if (out.status_code, out.headers["Location"].partition("?")[0]) != (303, "/sign-in"):
            wrong.append(("nobody", method, rule))
        for role, session in people.items():
            if rule.endswith("sign-out-everywhere"):
                continue
            answer = session.request(method, site.url + path, timeout=30, allow_redirects=False)
            allowed = answer.status_code < 500 and answer.status_code not in {401, 403}
            if allowed != (needed(method, rule) in ROLES[role]):
                wrong.append((role, method, rule))

    assert wrong == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "{scheme}://evil.{netloc}"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "{scheme}://{netloc}"},
        {"Referer": "https://evil.example/{netloc}"},
    ],
    ids=str,
)
def test_no_button_can_be_pressed_from_another_sites_page(lasting: Site, headers: dict[str, str]) -> None:
    owner = person(lasting).session
    scheme, _, netloc = lasting.url.partition("://")
    sent = {name: value.format(scheme=scheme, netloc=netloc) for name, value in headers.items()}

    answers = [
        owner.post(lasting.url + path, headers=sent, timeout=30, allow_redirects=False)
        for method, _, path in actions(lasting)
        if method == "POST"
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len(answers) > 50
    assert "another site" in words(answers[0].text)
    assert owner.get(lasting.url, timeout=10, allow_redirects=False).status_code == 200
