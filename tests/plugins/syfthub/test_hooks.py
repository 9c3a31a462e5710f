"""The plugin as the core sees it: its kind, and that it implements what the specifications say."""

import re
from pathlib import Path

import pytest
from publicist.core.errors import MarketplaceError, MarketplaceUnavailable
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub
from publicist.plugins.syfthub.kind import SYFTHUB
from pytest_httpserver import HTTPServer

from .provider import Person, Provider, provider


def test_the_secret_settings_are_marked_as_such() -> None:
    assert {setting.name: setting.secret for setting in SYFTHUB.settings} == {
        "api_key": True,
        "username": False,
        "password": True,
        "take_over": False,
    }


def test_every_setting_is_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "syfthub.md").read_text()

    assert [setting.name for setting in SYFTHUB.settings if f"`{setting.name}`" not in page] == []


def test_the_kind_states_what_the_hub_takes() -> None:
    limits = SYFTHUB.limits

    assert (limits.name, limits.summary, limits.description, limits.tags, limits.tag) == (100, 500, 50_000, 10, 30)
    assert {"api", "openapi.json", "explore"} < limits.reserved_slugs
    assert len(limits.reserved_slugs) == 24
    assert SYFTHUB.capabilities.health_push
    assert SYFTHUB.capabilities.health_ttl_seconds <= 1800


def test_a_connection_tells_the_name_that_the_hub_gave_us(hub: RunningHub, sessions: Sessions, person: Person) -> None:
    space = provider(sessions, hub.url, token=person.token)

    account = space.connect()

    assert account.name == person.username
    assert account.capabilities == SYFTHUB.capabilities
    assert account.message


@pytest.mark.parametrize("suffix", ["", "/", "/api/v1", "/api/v1/"])
def test_a_hub_is_reached_by_any_of_its_addresses(
    hub: RunningHub, sessions: Sessions, person: Person, suffix: str
) -> None:
    space = provider(sessions, hub.url + suffix, token=person.token)

    space.connect()

    assert space.create().url == f"{hub.url}/{person.username}/research-qa"


@pytest.mark.parametrize("route", ["/nowhere", "/api"])
@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_an_address_that_is_no_hub_is_told(hub: RunningHub, sessions: Sessions, person: Person, route: str) -> None:
    with pytest.raises(MarketplaceUnavailable) as raised:
        provider(sessions, hub.url + route, token=person.token).connect()

    assert "Check the marketplace's address" in raised.value.remedy


def test_a_hub_that_moved_is_not_written_to(sessions: Sessions, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/users/me").respond_with_json(
        {"username": "ada", "domain": "http://127.0.0.1:9999"}
    )
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    moved = httpserver.url_for("/new/api/v1/endpoints")
    httpserver.expect_request("/api/v1/endpoints").respond_with_data("", status=301, headers={"Location": moved})

    with pytest.raises(MarketplaceError, match=re.escape("moved to")):
        provider(sessions, httpserver.url_for(""), token="syft_pat_ada").create()


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_the_batch_that_would_delete_everything_is_never_sent(space: Provider, person: Person) -> None:
    person.does("POST", "/endpoints", name="By hand", slug="by-hand", type="model")

    made = space.create()
    space.update(made, name="New")
    space.report("healthy")
    space.withdraw(made)

    assert [record["slug"] for record in person.records] == ["by-hand"]
