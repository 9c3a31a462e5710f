"""Every page of the settings' larger parts, of the plan, the activity and the reference, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from publicist.core.schemas import load_alert_rule, load_channel, load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart, start_counterpart
from ...spaces import add_endpoint, add_marketplace, publish
from ..browsing import Visit, sign_in, visiting
from ..site import Site, served

NOBODY_THERE = "http://127.0.0.1:9"
HOSTILE = "<img src=x onerror=alert(1)>"

PATHS = {
    "marketplaces": "/settings/marketplaces",
    "marketplace-kinds": "/settings/marketplaces/add",
    "marketplace-add": "/settings/marketplaces/add?kind=syfthub",
    "marketplace": "/settings/marketplaces/{open}",
    "marketplace-error": "/settings/marketplaces/{broken}",
    "marketplace-remove": "/settings/marketplaces/{open}/remove",
    "unowned": "/settings/marketplaces/{open}/unowned?read=now",
    "adopt": "/settings/marketplaces/{open}/adopt?slug=by-hand&remote_id=1&name=Made+by+hand",
    "notifications": "/settings/notifications",
    "channel-kinds": "/settings/notifications/channels/add",
    "channel-add": "/settings/notifications/channels/add?kind=email",
    "channel": "/settings/notifications/channels/{channel}",
    "rule-kinds": "/settings/notifications/rules/add",
    "rule": "/settings/notifications/rules/{rule}",
    "maintenance": "/settings/maintenance",
    "maintenance-weekly": "/settings/maintenance/announce?every=weekly",
    "maintenance-once": "/settings/maintenance/announce",
    "maintenance-edit": "/settings/maintenance/{window}",
    "maintenance-end": "/settings/maintenance/{window}/end",
    "status-settings": "/settings/status-page",
    "plugins": "/settings/plugins",
    "plugin-disable": "/settings/plugins/custom/disable",
    "backups": "/settings/backups",
    "activity": "/activity",
    "plan": "/plan",
    "plan-one": "/plan/{open}",
    "under-way": "/plan/{broken}/progress",
    "reference": "/api/docs",
    "reference-part": "/api/docs/marketplaces",
}
MAIN = {
    "marketplaces",
    "marketplace",
    "notifications",
    "maintenance",
    "plugins",
    "backups",
    "activity",
    "plan",
    "reference",
}
"""The pages of which screenshots are kept."""


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Counterpart]:
    running = start_counterpart()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory, catalogue: Counterpart) -> Iterator[tuple[Site, dict[str, str]]]:
    """A space in which something of everything is going on, and the ids by which its pages are reached."""
    clock = Clock()
    with served(tmp_path_factory.mktemp("lively") / "space", clock) as site:
        yield site, fill(site.services, clock, catalogue)


def fill(services: Services, clock: Clock, catalogue: Counterpart) -> dict[str, str]:
    opened = add_marketplace(services, "Open catalogue", catalogue.url, test=True)
    for slug, name in (("research-qa", "Research Q&A"), ("tide-tables", "Tide tables of the North Sea")):
        add_endpoint(services, slug=slug, name=name)
        publish(services, slug)
    clock.move(days=2)
    services.reconciler.sync()
    clock.move(minutes=4)
    broken = add_marketplace(services, "Regional hub", NOBODY_THERE, test=True)
    add_marketplace(services, "Old registry", "http://127.0.0.1:9/old")
    services.marketplaces.disable("Old registry")
    add_endpoint(services, slug="case-law", name="Case law, annotated")
    publish(services, "case-law", marketplace_ids=[broken.id], wait=2)
    catalogue.edit("tide-tables", summary="Somebody wrote something else here.", name=HOSTILE)
    catalogue.insert("by-hand", account="", name=HOSTILE)
    entered = {"kind": "webhook", "name": "Team chat", "settings": {"url": f"{NOBODY_THERE}/hook"}}
    channel = services.alert_book.add_channel(load_channel(entered, services.plugins.notifier_kinds))
    rule = services.alert_book.add_rule(
        load_alert_rule({"name": "Tides", "trigger": "state", "endpoint_slug": "tide-tables", "minutes": 15})
    )
    weekly = {"every": "weekly", "on": ["sat", "sun"], "at": "04:00", "zone": "Europe/Berlin", "minutes": 90}
    for entered in ({"recurs": weekly, "note": "Rebuilding the index"}, {"ends_at": "2026-03-03T14:00+00:00"}):
        services.maintenance.add(load_maintenance({"endpoint_slug": "research-qa", **entered}, clock()))
    window = next(item for item in services.maintenance.coming() if item.recurrence)
    services.status_pages.turn(None, on=True)
    services.backups.make()
    return {
        "open": opened.id, "broken": broken.id, "channel": channel.id, "rule": rule.id, "window": window.id,
    }  # fmt: skip


@pytest.fixture(scope="module")
def visit(browser: Browser, lively: tuple[Site, dict[str, str]]) -> Iterator[Visit]:
    """The owner, signed in."""
    site, _ = lively
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        yield visit


@pytest.mark.parametrize("name", PATHS)
def test_every_page_is_sound_in_every_look(visit: Visit, lively: tuple[Site, dict[str, str]], name: str) -> None:
    page = visit.go(PATHS[name].format(**lively[1]))
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)
    if name in MAIN:
        visit.everywhere(name)
    else:
        visit.audit()
        visit.narrow()
