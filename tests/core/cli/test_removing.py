"""`marketplace show`, and `marketplace remove` with what is listed there."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceError, MarketplaceUnavailable, RateLimited
from publicist.core.marketplaces.pacing import THRESHOLD

from ...plugins.custom.counterpart import Counterpart
from .conftest import KEY, CommandLine


@pytest.fixture
def listed(space: CommandLine, catalogue: Counterpart) -> Iterator[CommandLine]:
    """A command line whose space has an endpoint listed on one marketplace."""
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa", "--force")
    assert list(catalogue.listings) == ["research-qa"]
    return space


def suffer(space: CommandLine, *errors: MarketplaceError) -> None:
    with closing(space.services()) as services:
        for error in errors:
            with services.store.write():
                services.marketplaces.observe(services.marketplaces.get("Catalogue"), error)


def test_a_marketplace_that_works_is_shown_with_its_pace(listed: CommandLine) -> None:
    shown = listed.run("marketplace", "show", "Catalogue").stdout
    assert "600 calls a minute, 8 at once" in shown
    assert "as needed" in shown
    assert listed.json("marketplace", "show", "Catalogue")["breaker"]["state"] == "closed"


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([MarketplaceUnavailable("Away.")] * THRESHOLD, "Not answering since"),
        ([RateLimited("Slow down.", retry_after=800)], "Asked to be left alone until"),
        ([AuthenticationFailed("No.")], "Refused the credentials"),
    ],
)
def test_what_keeps_calls_from_a_marketplace_is_told(
    listed: CommandLine, errors: list[MarketplaceError], said: str
) -> None:
    suffer(listed, *errors)
    assert said in listed.run("marketplace", "show", "Catalogue").stdout
    assert said in listed.run("marketplace", "list").stderr


def test_a_marketplace_is_removed_with_its_listings(listed: CommandLine, catalogue: Counterpart) -> None:
    assert "Removed Catalogue" in listed.run("marketplace", "remove", "Catalogue", "--unpublish", "--yes").stdout
    assert catalogue.listings == {}
    assert listed.json("marketplace", "list")["total"] == 0


def test_orphans_are_named(listed: CommandLine, catalogue: Counterpart) -> None:
    there = catalogue.listings["research-qa"]["id"]
    said = listed.run("marketplace", "remove", "Catalogue", "--orphan", "--yes")
    assert there in said.stderr
    assert "research-qa" in said.stderr
    assert list(catalogue.listings) == ["research-qa"]
    assert listed.json("marketplace", "list")["total"] == 0


@pytest.mark.parametrize(("status", "code"), [(503, 5), (400, 3)])
def test_a_removal_that_is_not_over_says_what_is_left(
    listed: CommandLine, catalogue: Counterpart, status: int, code: int
) -> None:
    catalogue.faults.add("problem", status=status, method="DELETE", path="/listings")
    words = ["marketplace", "remove", "Catalogue", "--unpublish", "--yes"]
    left = listed.json(*words, code=code)
    assert (left["status"], [one["slug"] for one in left["listings"]]) == ("removing", ["research-qa"])
    assert "1 listing of Catalogue left" in listed.run(*words, code=code).stderr
    assert listed.json("marketplace", "show", "Catalogue")["removing"]


def test_the_two_ways_do_not_go_together(listed: CommandLine, catalogue: Counterpart) -> None:
    listed.run("marketplace", "remove", "Catalogue", "--unpublish", "--orphan", "--yes", code=2)
    assert list(catalogue.listings) == ["research-qa"]


def test_it_is_asked_before_anything_is_withdrawn(listed: CommandLine, catalogue: Counterpart) -> None:
    asked = listed.run("marketplace", "remove", "Catalogue", "--unpublish", stdin="n\n", code=1)
    assert "Withdraw 1 listing from Catalogue" in asked.stderr
    assert list(catalogue.listings) == ["research-qa"]
