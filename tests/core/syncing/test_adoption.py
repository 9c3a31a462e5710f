"""Listings that are there already: taken up by an endpoint, made into a draft, or ignored."""

from collections.abc import Callable

import pytest
from publicist.core.errors import Conflict, NotFound
from publicist.core.schemas import load_patch, publication_json
from publicist.core.services import Services

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, rows, work

Start = Callable[..., Counterpart]


@pytest.fixture
def there(services: Services, catalogues: Start) -> Counterpart:
    made = catalogues()
    add_marketplace(services, "Hub", made.url)
    return made


def by_hand(there: Counterpart, slug: str = "research-qa", **fields: str) -> str:
    shown = {"name": "Made by hand", "summary": "In short.", "description": "At length.", "type": "data_source"}
    return there.insert(slug, account="", **{**shown, "response_type": "raw", "visibility": "public", **fields})


def test_an_adopted_listing_follows_its_endpoint_and_is_not_made_twice(services: Services, there: Counterpart) -> None:
    add_endpoint(services)
    remote_id = by_hand(there)
    services.adoption.adopt("Hub", "research-qa", remote_id, "research-qa")
    work(services)
    assert there.listings["research-qa"]["name"] == "Research Q&A"
    assert there.listings["research-qa"]["id"] == remote_id
    assert services.adoption.unowned("Hub") == []
    assert [seen.method for seen in there.requests if seen.method in ("POST", "DELETE")] == []


def test_adopted_under_another_slug_it_keeps_its_own_until_it_is_republished(
    services: Services, there: Counterpart
) -> None:
    endpoint = add_endpoint(services)
    services.adoption.adopt("Hub", "by-hand", by_hand(there, "by-hand"), "research-qa")
    work(services)
    row = rows(services)["Hub"]
    shown = publication_json(row, services.marketplaces.get("Hub"), endpoint)
    assert (shown["status"], shown["changed"]) == ("published", ["slug"])
    assert there.listings["by-hand"]["name"] == "Research Q&A"


def test_without_an_endpoint_a_draft_is_made_and_the_listing_stays_as_it_is(
    services: Services, there: Counterpart
) -> None:
    remote_id = by_hand(there, "by-hand")
    before = there.listings
    draft = services.adoption.adopt("Hub", "by-hand", remote_id)
    assert (draft.slug, draft.name, draft.summary, draft.description, draft.published) == (
        "by-hand",
        "Made by hand",
        "In short.",
        "At length.",
        False,
    )
    services.endpoints.edit("by-hand", {"name": "Edited as a draft"})
    services.reconciler.sync()
    work(services)
    assert there.listings == before
    dataset = {"kind": "http", "name": "papers", "settings": {"url": "http://127.0.0.1:9/"}}
    services.endpoints.edit("by-hand", load_patch({"dataset": dataset, "response_type": "raw", "published": True}))
    work(services)
    assert there.listings["by-hand"]["name"] == "Edited as a draft"
    assert there.listings["by-hand"]["id"] == remote_id


def test_what_is_ours_another_space_s_or_not_there_is_not_adopted(services: Services, there: Counterpart) -> None:
    add_endpoint(services)
    publish(services)
    ours = there.listings["research-qa"]["id"]
    theirs = by_hand(there, "theirs", installation_id="another-space")
    free = by_hand(there, "free")
    with pytest.raises(Conflict, match="ours already"):
        services.adoption.adopt("Hub", "research-qa", ours)
    with pytest.raises(Conflict, match="Another space"):
        services.adoption.adopt("Hub", "theirs", theirs)
    with pytest.raises(NotFound):
        services.adoption.adopt("Hub", "free", theirs)
    with pytest.raises(NotFound):
        services.adoption.adopt("Hub", "nowhere", free)
    with pytest.raises(Conflict, match="listed there already"):
        services.adoption.adopt("Hub", "free", free, "research-qa")


def test_an_ignored_listing_is_marked_and_can_still_be_adopted(services: Services, there: Counterpart) -> None:
    remote_id = by_hand(there, "by-hand")
    services.adoption.ignore("Hub", "by-hand", remote_id)
    assert [item.ignored for item in services.adoption.unowned("Hub")] == [True]
    services.adoption.adopt("Hub", "by-hand", remote_id)
    assert services.adoption.unowned("Hub") == []


def test_a_marketplace_with_plans_and_ignored_listings_can_be_removed(services: Services, there: Counterpart) -> None:
    services.adoption.ignore("Hub", "by-hand", by_hand(there, "by-hand"))
    services.reconciler.round()
    services.marketplaces.remove("Hub")
    assert services.marketplaces.all() == []
