"""The page that watches all endpoints, over HTTP."""

import re

import pytest
from publicist.core.records import CheckResult, Incident

from ...clock import Clock
from ...spaces import add_endpoint
from ..site import Site
from .lived import GONE
from .person import Person, person

FINE = CheckResult("dataset", ok=True, message="It answered.", latency_ms=42)


@pytest.fixture
def owner(site: Site) -> Person:
    return person(site)


def watch(site: Site, clock: Clock, slug: str, *seen: CheckResult, **fields: object) -> str:
    endpoint = add_endpoint(site.services, slug=slug, name=slug.title(), **fields)
    for result in seen:
        clock.move(minutes=1)
        site.services.health_book.record(endpoint.id, [result])
    return endpoint.id


def shown(html: str) -> list[str]:
    return re.findall(r'class="name" href="/endpoints/([a-z0-9-]+)/health"', html)


def test_an_empty_space_says_what_to_do(owner: Person) -> None:
    assert "Nothing to watch yet" in owner.open("/monitoring")


def test_what_troubles_comes_first_and_can_be_chosen(site: Site, clock: Clock, owner: Person) -> None:
    watch(site, clock, "well", FINE, tags=["law"])
    watch(site, clock, "gone", *[GONE] * 3)
    html = owner.html("/monitoring")
    assert shown(html) == ["gone", "well"]
    assert "No connection." in html
    assert "42 ms" in html
    assert shown(owner.html("/monitoring?state=healthy")) == ["well"]
    assert shown(owner.html("/monitoring?state=trouble&q=GON")) == ["gone"]
    assert shown(owner.html("/monitoring?tag=law")) == ["well"]
    assert "No endpoint is as you asked for" in owner.open("/monitoring?q=nothing")
    assert shown(owner.html("/monitoring?state=made-up&page=x")) == ["gone", "well"]


def test_htmx_gets_the_part_that_changes_and_keeps_what_was_chosen(site: Site, clock: Clock, owner: Person) -> None:
    watch(site, clock, "well", FINE)
    part = owner.html("/monitoring?state=healthy&q=we", **{"HX-Request": "true"})
    assert "<html" not in part
    assert 'hx-trigger="every 30s"' in part
    assert "q=we&amp;state=healthy" in part


def test_an_incident_is_acknowledged(site: Site, clock: Clock, owner: Person) -> None:
    endpoint_id = watch(site, clock, "gone", *[GONE] * 3)
    name = "6b6e1c1e-1c1f-4d56-9c26-6a6de1bb0c11"
    incident = Incident(
        name, name, "rule", "state", endpoint_id, "gone", "gone is offline <b>", "No connection.", endpoint_id, clock()
    )
    with site.services.store.write():
        site.services.store.alerts.open_incidents([incident])
    assert "gone is offline <b>" in owner.open("/monitoring")
    assert "acknowledge" not in person(site, "read").html("/monitoring")
    path = f"/monitoring/incidents/{name}/acknowledge"
    assert "test knows" in owner.send(path, on="/monitoring")
    person(site, "read").send(path, 403)


def test_trouble_of_our_own_is_told(site: Site, clock: Clock, owner: Person) -> None:
    watch(site, clock, "well", FINE)
    assert "No runner is known" in owner.open("/monitoring")
    with site.services.store.write():
        site.services.store.settings.set("network_down_since", clock().isoformat())
    assert "Our own network seems to be down" in owner.open("/monitoring")
    site.services.watchdog.watch("checks", 1.0)
    assert "No runner is known" not in owner.open("/monitoring")


def test_many_endpoints_are_paged(site: Site, owner: Person) -> None:
    for number in range(26):
        add_endpoint(site.services, slug=f"papers-{number:03}")
    page = owner.html("/monitoring?page=2")
    assert shown(page) == ["papers-025"]
    assert "Page 2 of 2, 26 endpoints" in owner.open("/monitoring?page=2")
