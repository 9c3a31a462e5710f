"""A secret that is typed into a form which comes back is neither shown nor lost."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from publicist.core.secrets import Secret

from ...spaces import add_endpoint, add_marketplace
from ..site import Site
from .person import Person, person

SECRET = "s3cret-of-the-tides"
NOBODY = "http://127.0.0.1:9"


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page, as a browser sends them back."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}


def unveiled(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with their secrets as text."""
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in settings.items()}


def try_twice(
    owner: Person, path: str, secret: str, wrong: dict[str, str], right: dict[str, str], text: str = SECRET
) -> None:
    """Send a form with a fault and a secret; then as it came back, the fault corrected."""
    page = owner.sent(path, 422, **{**right, **wrong, secret: text})
    assert SECRET not in page
    kept = hidden(page)
    assert f"kept.{secret}" in kept
    again = owner.sent(path, 422, **{**right, **wrong, **kept})  # kept for as long as it takes
    assert SECRET not in again
    assert SECRET not in owner.sent(path, **{**right, **hidden(again)})


def test_of_a_check(site: Site) -> None:
    add_endpoint(site.services)
    right, wrong = {"kind": "http", "name": "up", "settings.url": NOBODY}, {"settings.url": "nonsense"}

    path = "/endpoints/research-qa/checks/new"
    try_twice(person(site), path, "settings.headers", wrong, right, f"X-Key: {SECRET}")

    (check,) = site.services.checks.of("research-qa")
    assert SECRET in str(unveiled(check.settings))


def test_of_a_channel(site: Site) -> None:
    right = {"kind": "email", "name": "Mail", "settings.host": "mail.example"}
    right |= {"settings.sender": "space@example.org", "settings.recipients": "ada@example.org"}

    try_twice(person(site), "/settings/notifications/channels/add", "settings.password", {"name": ""}, right)

    (channel,) = site.services.alert_book.channels()
    assert unveiled(channel.settings)["password"] == SECRET


@pytest.mark.parametrize("path", ["/settings/marketplaces/add", "/settings/marketplaces/{id}"])
def test_of_a_marketplace(site: Site, path: str) -> None:
    held = add_marketplace(site.services, "Held", NOBODY)
    right = {"kind": "custom", "name": "Catalogue", "url": NOBODY, "sync_policy": "full"}

    try_twice(person(site), path.format(id=held.id), "api_key", {"url": "nonsense"}, right)

    found = site.services.marketplaces.get("Catalogue").credentials["api_key"]
    assert found.reveal() == SECRET


@pytest.mark.parametrize("path", ["/settings/network", "/first-steps/space"])
def test_of_the_network(site: Site, path: str) -> None:
    right = {"name": "Tides", "deployment": "auto", "public_url": ""}

    try_twice(person(site), path, "developer_token", {"public_url": "nonsense"}, right)

    token = site.services.network.view().space.developer_token
    assert token is not None
    assert token.reveal() == SECRET


def test_a_secret_that_was_kept_goes_into_no_other_field_and_not_where_it_is_to_be_taken_away(site: Site) -> None:
    owner, services = person(site), site.services
    held = add_marketplace(services, "Held", NOBODY, settings={"api_key": "the-former-one"})
    path, fields = f"/settings/marketplaces/{held.id}", {"name": "Held", "url": NOBODY, "sync_policy": "full"}
    kept = hidden(owner.sent(path, 422, **{**fields, "url": "nonsense", "api_key": SECRET}))["kept.api_key"]

    owner.sent(path, **fields, **{"kept.api_key": "made up"})
    assert services.marketplaces.get(held.id).credentials["api_key"].reveal() == "the-former-one"
    owner.sent("/settings/network", name="Tides", deployment="auto", **{"kept.developer_token": kept})
    assert services.network.view().space.developer_token is None
    owner.sent(path, **fields, **{"kept.api_key": kept, "forget.api_key": "on"})
    assert "api_key" not in services.marketplaces.get(held.id).credentials
