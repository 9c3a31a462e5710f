"""Settings, Notifications: channels with their tests, rules in plain words, incidents, what did not get through."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from publicist.core.records import AlertRule, Trigger
from publicist.webapp.pages.rule_words import in_words
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...core.telling import Receiver, only_rule
from ...spaces import add_endpoint, add_marketplace
from ..browsing import sign_in, visiting
from ..site import Site
from .person import person

SECRET = "signing-with-this-1815"
PAGE = "/settings/notifications"


@pytest.fixture
def people(httpserver: HTTPServer) -> Receiver:
    return Receiver(httpserver)


@pytest.fixture
def told(site: Site, clock: Clock) -> Callable[[], None]:
    """Let a minute pass, and notices be sent."""

    def go_on() -> None:
        clock.move(seconds=60)
        site.services.alerts.round()
        assert site.services.outbox.settle(20)

    return go_on


def rule(trigger: Trigger, **fields: object) -> AlertRule:
    return AlertRule("id", "Rule", trigger, Clock()(), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told_of", "sentence"),
    [
        (
            rule("state", words=("unhealthy", "offline"), minutes=15, endpoint_id="1"),
            "When research-qa is unhealthy or offline for 15 minutes, tell every channel.",
        ),
        (
            rule("state", words=("degraded",), minutes=60, tag="science", channels=("7", "8")),
            "When an endpoint tagged science is degraded for an hour, tell Chat and Mail.",
        ),
        (rule("publication", words=("failed",)), "When a publication has failed, tell every channel."),
        (rule("marketplace", minutes=1), "When a marketplace is in error for a minute, tell every channel."),
        (
            rule("expiry", days=14),
            "When a token or a certificate expires within 14 days, tell every channel.",
        ),
        (
            rule("credential_age", days=180, remind_minutes=4320),
            "When a credential is older than 180 days, tell every channel. Remind every 3 days while it lasts.",
        ),
        (rule("network"), "When this space's own network is down, tell every channel."),
        (rule("usage", words=("spike",)), "When queries are many more than usual, tell every channel."),
    ],
)
def test_a_rule_is_told_in_plain_words(told_of: AlertRule, sentence: str) -> None:
    assert in_words(told_of, {"1": "research-qa"}, {"7": "Chat", "8": "Mail"}) == sentence


def test_a_channel_is_added_and_tested_in_a_browser(browser: Browser, site: Site, people: Receiver) -> None:
    url = people.server.url_for("/hook")
    with visiting(browser, site.url) as visit:
        sign_in(visit, site.owner.token)
        page = visit.go(PAGE)
        assert "Nobody is told yet." in page.locator("main").inner_text()
        page.get_by_role("link", name="Add channel").click()
        page.get_by_role("link", name="Webhook Sends").click()
        page.get_by_label("Name").fill("Team chat")
        page.get_by_label("Address").fill(url)
        page.get_by_label("Signing secret").fill(SECRET)
        page.get_by_role("button", name="Add channel").click()
        page.wait_for_url("**/channels/*-*")
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("Team chat took the test.").wait_for()
        assert SECRET not in page.content()
        visit.audit()
    assert people.kinds() == ["test"]


def test_a_test_that_is_refused_tells_the_answer(site: Site, people: Receiver) -> None:
    made = people.channel(site.services)
    people.status["/hook"] = 410
    path = f"{PAGE}/channels/{made.id}"
    assert "410" in person(site).send(f"{path}/test", on=path)


def test_a_secret_stays_when_its_field_is_empty(site: Site, people: Receiver) -> None:
    made = people.channel(site.services, secret=SECRET)
    path, owner = f"{PAGE}/channels/{made.id}", person(site)
    shown = owner.html(path)
    assert SECRET not in shown
    url = re.search(r'name="settings.url"[^>]*value="([^"]*)"', shown)
    assert url
    owner.send(path, name="Chat", **{"settings.url": url.group(1)})
    assert site.services.alert_book.channel("Chat").settings["secret"] == SECRET


def test_a_channel_form_that_is_refused_keeps_what_was_typed(site: Site) -> None:
    sent = person(site).sent(f"{PAGE}/channels/add", 422, kind="webhook", name="Chat", **{"settings.url": "nowhere"})
    assert 'value="nowhere"' in sent
    assert 'id="settings.url-error"' in sent


def test_a_channel_that_a_rule_depends_on_is_not_removed(site: Site, people: Receiver) -> None:
    made = people.channel(site.services)
    only_rule(site.services, channels=[made.id], name="Only here")
    path, owner = f"{PAGE}/channels/{made.id}", person(site)
    assert "tells this channel only: Only here" in owner.open(path)
    assert "Remove or change that rule first." in owner.send(f"{path}/remove", on=path)
    only_rule(site.services)
    assert "nobody is told of anything any more" in owner.open(path)
    assert "Removed hook." in owner.send(f"{path}/remove")


def test_a_rule_is_added_edited_and_removed(site: Site, people: Receiver) -> None:
    add_endpoint(site.services)
    people.channel(site.services)
    owner = person(site)
    form = {"trigger": "state", "name": "Mine", "words.offline": "on", "minutes": "30", "remind_minutes": "60"}
    said = owner.send(f"{PAGE}/rules/add", **form, endpoint_slug="research-qa")
    assert "When research-qa is offline for 30 minutes, tell every channel. Remind every hour" in said
    made = next(item for item in site.services.alert_book.rules() if item.name == "Mine")
    path = f"{PAGE}/rules/{made.id}"
    assert 'name="words.offline" value="on" checked' in owner.html(path)
    said = owner.send(path, **{**form, "minutes": "5", "tag": "science"})
    assert "When an endpoint tagged science is offline for 5 minutes" in said
    owner.send(f"{path}/remove")
    assert made.id not in [item.id for item in site.services.alert_book.rules()]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"minutes": "soon"}, 'id="minutes-error"'),
        ({"words.offline": ""}, 'id="words-error"'),
        ({"endpoint_slug": "nobody-has-this"}, "There is no endpoint"),
        ({"endpoint_slug": "research-qa", "tag": "science"}, 'id="tag-error"'),
    ],
)
def test_a_rule_that_is_refused_keeps_what_was_typed(site: Site, changed: dict[str, str], told: str) -> None:
    form = {"trigger": "state", "name": "Mine", "words.offline": "on", "minutes": "30", "remind_minutes": "60"}
    sent = person(site).sent(f"{PAGE}/rules/add", 422, **{**form, **changed})
    assert told in sent
    assert 'value="Mine"' in sent


def test_an_open_incident_is_acknowledged(site: Site, people: Receiver, told: Callable[[], None]) -> None:
    people.channel(site.services)
    only_rule(site.services, "marketplace")
    add_marketplace(site.services, "<b>Away</b>", "http://127.0.0.1:9", test=True)
    for _ in range(3):
        told()
    publisher = person(site, "read", "publish")
    shown = publisher.html(PAGE)
    assert "Open incidents" in shown
    assert "<b>Away</b>" not in shown
    path = re.search(rf'action="({PAGE}/incidents/[^"]*)"', shown)
    assert path
    assert "Acknowledged" in publisher.send(path.group(1), on=PAGE)
    assert "nobody yet" not in publisher.open(PAGE)


def test_what_did_not_get_through_is_listed_with_the_reason(
    site: Site, people: Receiver, told: Callable[[], None]
) -> None:
    people.channel(site.services)
    only_rule(site.services, "marketplace")
    people.status["/hook"] = 503
    add_marketplace(site.services, "Away", "http://127.0.0.1:9", test=True)
    for _ in range(3):
        told()
    said = person(site, "read").open(PAGE)
    assert "What did not get through" in said
    assert "503" in said


def test_a_viewer_sees_the_rules_and_no_setting_of_a_channel(site: Site, people: Receiver) -> None:
    made = people.channel(site.services)
    viewer = person(site, "read")
    shown = viewer.html(PAGE)
    assert "Endpoint down" in shown
    assert made.settings["url"] not in shown
    viewer.open(f"{PAGE}/channels/{made.id}", 403)
    viewer.send(f"{PAGE}/channels/{made.id}/test", 403)
