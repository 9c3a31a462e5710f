"""The three descriptions that come with publicist, on the contract kit."""

from collections.abc import Callable, Iterator

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract
from publicist.plugins.localhub.server import RunningHub

from ..syfthub.provider import Person, fill
from . import ckan, registry
from .served import served

MARKED = [{"key": "publicist_installation", "value": "c0ffee00c0ffee00c0ffee00c0ffee00"}]


@pytest.fixture(scope="module")
def portal() -> Iterator[tuple[ckan.Portal, str]]:
    there = ckan.Portal()
    with served(there.app()) as running:
        yield there, running.url


@pytest.fixture(scope="module")
def mcp() -> Iterator[tuple[registry.Registry, str]]:
    there = registry.Registry()
    with served(there.app()) as running:
        yield there, running.url


def filled(insert: Callable[[str], object], number: int) -> list[str]:
    slugs = [f"filled-{place}" for place in range(number)]
    for slug in slugs:
        insert(slug)
    return slugs


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
    return Counterpart(
        person.url,
        settings=settings,
        take_slug=take,
        slugs=slugs,
        fill=lambda number: fill(person, number),
        health=health,
    )


class TestCkan(MarketplaceContract):
    kind = "ckan"
    examples = 8

    @pytest.fixture
    def counterpart(self, portal: tuple[ckan.Portal, str]) -> Counterpart:
        there, url = portal
        there.datasets.clear()
        return Counterpart(
            url,
            settings={"api_key": ckan.TOKEN, "organization": ckan.ORGANIZATION},
            take_slug=there.insert,
            slugs=there.names,
            fill=lambda number: filled(lambda slug: there.insert(slug, ckan.TOKEN, extras=MARKED), number),
        )


class TestMcpRegistry(MarketplaceContract):
    kind = "mcp-registry"
    examples = 8

    @pytest.fixture
    def counterpart(self, mcp: tuple[registry.Registry, str]) -> Counterpart:
        there, url = mcp
        there.rows.clear()
        return Counterpart(
            url,
            settings={"api_key": registry.TOKEN, "namespace": registry.NAMESPACE},
            take_slug=there.take,
            slugs=there.names,
            fill=lambda number: filled(there.take, number),
        )


class TestSyftHubDescribed(MarketplaceContract):
    kind = "syfthub-described"
    examples = 8

    @pytest.fixture
    def counterpart(self, account: Counterpart) -> Counterpart:
        return account
