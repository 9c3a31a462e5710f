"""The tabs of an endpoint in a browser, on a real space, a real hub, and a dataset of documents."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from ...clock import Clock
from ..browsing import Visit, sign_in, visiting
from ..gateway.conftest import SLUG, World, made_world
from .lived import looks, queries, say

DAYS = 90
PATH = f"/endpoints/{SLUG}"
POLICIES = (
    {"name": "members", "type": "access", "config": {"allowed_users": ["@example.org", "ada@uni.example"]}},
    {"name": "pace", "type": "rate_limit", "config": {"limit": "60/m; 500/d"}},
    {"name": "university", "type": "rate_limit", "config": {"limit": "600/m", "applied_to": ["@uni.example"]}},
    {"type": "accounting", "config": {"price": "0.05", "currency": "EUR"}},
)


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with a listed endpoint that has 90 days behind it."""
    with made_world(tmp_path_factory.mktemp("lively"), Clock(), PUBLICIST_CHECK_INTERVAL="10800") as world:
        fill(world)
        yield world


def fill(world: World) -> None:
    world.offer(policies=list(POLICIES))
    services = world.site.services
    endpoint = services.endpoints.get(SLUG)
    looks(services, world.clock, endpoint, DAYS)
    queries(services, world.clock, endpoint, DAYS, services.marketplaces.all()[0].id)
    say(
        services,
        SLUG,
        {"kind": "rating", "rating": 5, "text": "It found what three search engines did not.", "author": "Grace"},
        {"kind": "error_report", "text": "<script>alert(1)</script> Nothing comes back for tokens."},
        {"kind": "feature_request", "rating": 4, "text": "Could it know the older handbook as well?"},
    )
    services.feedback.look_into_reports()


@pytest.fixture(scope="module")
def visit(browser: Browser, lively: World) -> Iterator[Visit]:
    """The owner, signed in."""
    with visiting(browser, lively.site.url) as visit:
        sign_in(visit, lively.site.owner.token)
        yield visit


@pytest.mark.parametrize("name", ["health", "usage", "feedback", "activity", "policies", "checks", "try"])
def test_every_tab_in_every_look(visit: Visit, name: str) -> None:
    page = visit.go(f"{PATH}/{name}{'?days=90' if name == 'usage' else ''}")
    visit.everywhere(f"tab-{name}")
    for summary in page.locator("details.figures > summary").all() if name == "usage" else []:
        summary.click()  # it has every kind of figures
    visit.audit()


def test_the_monitoring_in_every_look(visit: Visit) -> None:
    visit.go("/monitoring")
    visit.everywhere("monitoring")


def test_policies_are_added_asked_and_removed(visit: Visit, lively: World) -> None:
    site = lively.site
    page = visit.go(f"{PATH}/policies")
    page.get_by_label("E-mail address").fill("bob@elsewhere.example")
    page.get_by_role("button", name="Ask the policies").click()
    expect(page.get_by_text("No, they are refused")).to_be_visible()
    visit.audit()
    visit.shoot("tab-policies-asked-light")

    page.get_by_role("link", name="Rate limit policy").click()
    visit.audit()
    visit.shoot("tab-policy-rate-limit-light")
    page.get_by_label("At most").fill("often")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Cannot be read: 'often'")).to_be_visible()
    visit.said.clear()  # the console tells of the 422
    visit.audit()
    page.get_by_label("At most").fill("9/h")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status")).to_contain_text("Listings follow by themselves")
    assert page.get_by_text("At most 9 queries an hour, per user").is_visible()

    page.get_by_role("link", name="Edit members").click()
    visit.audit()
    visit.shoot("tab-policy-access-light")
    assert page.get_by_role("radio", name="These people").is_checked()
    page.go_back()
    page.get_by_role("link", name="Remove members").click()
    assert page.get_by_text("Everyone whom a marketplace vouches for may query").is_visible()
    visit.audit()
    visit.shoot("tab-policy-remove-light")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status")).to_contain_text("Removed members")
    kinds = [policy.type for policy in site.services.endpoints.get(SLUG).policies]
    assert kinds == ["rate_limit", "rate_limit", "accounting", "rate_limit"]


def test_a_query_is_tried_and_a_check_added(visit: Visit, lively: World) -> None:
    site = lively.site
    page = visit.go(f"{PATH}/try")
    page.get_by_role("textbox", name="Question").fill("What does a satellite token prove?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("who is asking")).to_be_visible()
    assert page.get_by_text("tokens.md").first.is_visible()
    assert page.get_by_text("Costs others: 0.05 EUR").is_visible()
    visit.audit()
    visit.shoot("tab-try-answer-light")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Answers:")).to_be_visible()

    page = visit.go(f"{PATH}/checks")
    page.get_by_role("link", name="HTTP request").click()
    visit.audit()
    visit.shoot("tab-check-light")
    page.get_by_label("Name").fill("front page")
    page.get_by_label("URL").fill(f"{site.url}/sign-in")
    page.get_by_role("button", name="Add and run").click()
    expect(page.get_by_role("status")).to_contain_text("It passed")
    page.get_by_role("button", name="Run all now").click()
    expect(page.get_by_text("checks passed")).to_be_visible()
    visit.audit()
    visit.shoot("tab-checks-own-light")
