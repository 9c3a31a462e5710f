"""The three descriptions that come with publicist, on the contract kit."""

from collections.abc import Iterator

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract
from publicist.plugins.localhub.server import RunningHub

from ..syfthub.provider import Person
from . import ckan, registry
from .served import served


@pytest.fixture(scope="module")
def portal() -> Iterator[Counterpart]:
    there = ckan.Portal()
    settings = {"api_key": ckan.TOKEN, "organization": ckan.ORGANIZATION}
    with served(there.app()) as running:
        yield Counterpart(running.url, settings=settings, take_slug=there.insert, slugs=there.names)


@pytest.fixture(scope="module")
def mcp() -> Iterator[Counterpart]:
    there = registry.Registry()
    settings = {"api_key": registry.TOKEN, "namespace": registry.NAMESPACE}
    with served(there.app()) as running:
        yield Counterpart(running.url, settings=settings, take_slug=there.take, slugs=there.names)


@pytest.fixture
def account(hubs: dict[str, RunningHub]) -> Counterpart:
    """A fresh account, for its list stays short, on a hub with satellites; one without is in test_shipped.py."""
    person = Person.sign_up(hubs["satellites"].url)

    def take(slug: str) -> None:
        person.does("POST", "/endpoints", name="By hand", slug=slug, type="model")

    def slugs() -> list[str]:
        return [record["slug"] for record in person.records]

    def health() -> dict[str, str]:
        return {record["slug"]: record["health_status"] for record in person.records if record["health_status"]}

    settings = {"api_key": person.token}
    return Counterpart(person.url, settings=settings, take_slug=take, slugs=slugs, health=health)


class TestCkan(MarketplaceContract):
    kind = "ckan"
    examples = 8

    @pytest.fixture
    def counterpart(self, portal: Counterpart) -> Counterpart:
        return portal


class TestMcpRegistry(MarketplaceContract):
    kind = "mcp-registry"
    examples = 8

    @pytest.fixture
    def counterpart(self, mcp: Counterpart) -> Counterpart:
        return mcp


class TestSyftHubDescribed(MarketplaceContract):
    kind = "syfthub-described"
    examples = 8

    @pytest.fixture
    def counterpart(self, account: Counterpart) -> Counterpart:
        return account
