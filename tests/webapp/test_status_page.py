"""The status page and badges: open to anybody where the owner wants it, and telling no more than listings do."""

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from publicist.core.records import CheckResult, Endpoint
from publicist.core.schemas import load_maintenance

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish
from .site import Site, good, problem

SETTING = "/settings/status-page"
WELL = [CheckResult("dataset", ok=True, message="It answers.", latency_ms=120.0)]
DEAD = [CheckResult("dataset", ok=False, message="Refused by 10.0.0.7.", reachable=False)]
Catalogues = Callable[..., Counterpart]


@pytest.fixture
def listed(site: Site, catalogues: Catalogues) -> Callable[..., Endpoint]:
    """Return what makes an endpoint and lists it."""
    add_marketplace(site.services, "Catalogue", catalogues().url)

    def make(slug: str = "research-qa", **fields: Any) -> Endpoint:
        endpoint = add_endpoint(site.services, slug=slug, **fields)
        publish(site.services, slug)
        return endpoint

    return make


def look(site: Site, endpoint: Endpoint, results: list[CheckResult], times: int = 1) -> None:
    for _ in range(times):
        site.services.health_book.record(endpoint.id, results)


def page(site: Site, path: str = "/status") -> requests.Response:
    return requests.get(site.url + path, timeout=30)


def text(site: Site, path: str = "/status") -> str:
    answer = page(site, path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def open_all(site: Site) -> None:
    site.services.status_pages.change(everything=True)


class Outline(HTMLParser):
    """Collects the tags of a page, and those that are open at its end."""

    VOID = frozenset({"meta", "link", "img", "br", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.left: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.left.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.left.pop() == tag


def test_pages_are_closed_until_they_are_opened(site: Site, listed: Callable[..., Endpoint]) -> None:
    listed()
    assert page(site).status_code == 404
    assert page(site, "/status/science").status_code == 404

    assert good(site.owner.patch(SETTING, {"tags": ["Science"]})) == {"all": False, "tags": ["science"]}
    assert page(site).status_code == 404
    assert page(site, "/status/science").status_code == 200
    assert page(site, "/status/papers").status_code == 404
    assert good(site.owner.patch(SETTING, {"all": True})) == {"all": True, "tags": ["science"]}
    assert page(site).status_code == 200
    assert good(site.owner.patch(SETTING, {"all": False, "tags": []})) == {"all": False, "tags": []}
    assert page(site).status_code == 404


def test_only_an_admin_opens_pages(site: Site) -> None:
    problem(site.caller("publish").patch(SETTING, {"all": True}), 403)
    problem(site.caller().get(SETTING), 401)
    problem(site.owner.patch(SETTING, {"all": "yes"}), 422)
    problem(site.owner.patch(SETTING, {"tags": ["not a tag!"]}), 422)
    assert good(site.caller("read").get(SETTING)) == {"all": False, "tags": []}


def test_a_page_shows_how_listed_endpoints_do(site: Site, listed: Callable[..., Endpoint], clock: Clock) -> None:
    well, dead = listed(name="Good one"), listed("other-one", name="Bad one", tags=["other"])
    open_all(site)
    assert "Nothing is known at present" in text(site)
    look(site, well, WELL)
    look(site, dead, WELL)
    assert "Everything works" in text(site)
    for _ in range(3):
        clock.move(minutes=5)
        look(site, well, WELL)
        look(site, dead, DEAD)

    told = text(site)

    assert "1 of 2 does not work" in told
    assert "Good one Works" in told
    assert "Bad one Not reached" in told
    assert "up 100%" in told
    assert "Bad one: not reached From" in told
    assert "it is not over" in told


def test_what_the_checks_saw_and_what_is_not_public_stays_unsaid(
    site: Site, listed: Callable[..., Endpoint], clock: Clock
) -> None:
    endpoint = listed()
    add_endpoint(site.services, slug="not-listed", name="Not listed")
    listed("for-us", name="For us only", visibility="private")
    look(site, endpoint, WELL)
    for _ in range(3):
        clock.move(minutes=5)
        look(site, endpoint, DEAD)
    open_all(site)

    told = page(site).text

    for secret in ("10.0.0.7", "Not listed", "For us only", "127.0.0.1:9/"):
        assert secret not in told


def test_maintenance_is_announced(site: Site, listed: Callable[..., Endpoint], clock: Clock) -> None:
    endpoint = listed()
    look(site, endpoint, WELL)
    open_all(site)
    for starts, note in ((clock.now, "Moving <b>it</b>"), (clock.now + timedelta(days=20), "Far away")):
        window = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(), "note": note}
        site.services.maintenance.add(load_maintenance(window, clock()))
    daily = {"every": "daily", "at": "02:00", "minutes": 30}
    site.services.maintenance.add(load_maintenance({"endpoint_slug": endpoint.slug, "recurs": daily}, clock()))

    told = text(site)

    assert "Maintenance is under way" in told
    assert "In maintenance" in told
    assert "All endpoints now Moving &lt;b&gt;it&lt;/b&gt;" in told
    assert "Far away" not in told
    assert "and daily from then on" in told


def test_a_page_of_a_tag_shows_nobody_else(site: Site, listed: Callable[..., Endpoint]) -> None:
    listed(name="Good one", tags=["science"])
    listed("other-one", name="Other one", tags=["art"])
    site.services.status_pages.turn("art", on=True)

    told = text(site, "/status/art")

    assert "Other one" in told
    assert "Good one" not in told


def test_many_endpoints_come_in_pages(
    site: Site, catalogues: Catalogues, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publicist.core.health.status_pages.PER_PAGE", 2)
    add_marketplace(site.services, "Catalogue", catalogues().url)
    for number in range(3):
        add_endpoint(site.services, slug=f"endpoint-{number}", name=f"Endpoint {number}")
        publish(site.services, f"endpoint-{number}")
    open_all(site)

    ends = (clock() + timedelta(hours=1)).isoformat()
    window = {"endpoint_slug": "endpoint-2", "ends_at": ends, "note": "Moving the third"}
    site.services.maintenance.add(load_maintenance(window, clock()))

    first, second = text(site), text(site, "/status?page=2")

    assert "Endpoint 1" in first
    assert "Endpoint 2" not in first
    assert "Endpoint 2" in second
    assert "Page 2 of 2, 3 endpoints" in second
    assert ("Moving the third" in first, "Moving the third" in second) == (False, True)
    assert text(site, "/status?page=900") == second


def test_a_page_is_sound_html_without_a_script_or_anything_from_elsewhere(
    site: Site, listed: Callable[..., Endpoint]
) -> None:
    look(site, listed(name="<script>alert(1)</script>"), WELL)
    open_all(site)

    answer = page(site)
    outline = Outline()
    outline.feed(answer.text)

    assert outline.left == []
    assert not [tag for tag, _ in outline.tags if tag == "script"]
    links = [found.get(name) or "" for _, found in outline.tags for name in ("src", "href")]
    assert not [link for link in links if link.startswith(("http:", "https:", "//"))]
    assert [attributes for tag, attributes in outline.tags if tag == "svg" and attributes.get("role") == "img"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def badge(site: Site) -> Callable[..., list[str]]:
    def read(slug: str = "research-qa", **query: str) -> list[str]:
        answer = requests.get(f"{site.url}/badge/{slug}.svg", params=query, timeout=30)
        assert answer.status_code == 200, answer.text
        return [item.text or "" for item in ET.fromstring(answer.content).iter("{http://www.w3.org/2000/svg}text")]

    return read


def test_a_badge_tells_health_uptime_or_latency(
    site: Site, listed: Callable[..., Endpoint], badge: Callable[..., list[str]], clock: Clock
) -> None:
    endpoint = listed()
    assert badge() == ["health", "unknown"]
    assert badge(metric="uptime") == ["uptime 30 d", "no data"]
    for _ in range(4):
        look(site, endpoint, WELL)
        clock.move(minutes=10)
    look(site, endpoint, WELL)

    assert badge() == ["health", "healthy"]
    assert badge(metric="uptime", span="24h") == ["uptime 24 h", "100%"]
    said, latency = badge(metric="latency", span="24h", label="</text><script>")
    assert said == "</text><script>"
    assert re.fullmatch(r"1[0-4]\d ms|150 ms", latency)
    assert badge(metric="latency", span="90d")[1] == latency


def test_a_badge_is_kept_for_a_minute_and_can_do_nothing(site: Site, listed: Callable[..., Endpoint]) -> None:
    listed()
    answer = requests.get(f"{site.url}/badge/research-qa.svg", timeout=30)

    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60, s-maxage=60"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"http" not in answer.content.replace(b"http://www.w3.org/2000/svg", b"")


def test_there_is_no_badge_of_what_is_not_for_everybody(site: Site, listed: Callable[..., Endpoint]) -> None:
    listed(visibility="private")

    told = problem(requests.get(f"{site.url}/badge/research-qa.svg", timeout=30), 404)
    assert told["remedy"] == "Check the slug with whoever offers it."


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("research-qa.svg", 404),
        ("no-such.svg", 404),
        ("N O.svg", 404),
        ("%00.svg", 404),
        ("research-qa.svg?metric=people", 422),
        ("research-qa.svg?span=1y", 422),
        ("research-qa.svg?colour=red", 422),
    ],
)
def test_there_is_no_badge_of_what_is_not_listed(site: Site, path: str, status: int) -> None:
    add_endpoint(site.services)

    problem(requests.get(f"{site.url}/badge/{path}", timeout=30), status)
