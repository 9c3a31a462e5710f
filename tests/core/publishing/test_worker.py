"""Publishing for real: a space, marketplaces on sockets, and what goes wrong between them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.publishing.publication import SETTLE
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, rows, unpublish, work

Start = Callable[..., Counterpart]


def writes(counterpart: Counterpart) -> list[str]:
    """Return the methods of the requests that write listings."""
    return [seen.method for seen in counterpart.requests if seen.method != "GET" and "/listings" in seen.path]


def spoil(counterpart: Counterpart, kind: str, **options: Any) -> None:
    """Have the next matching requests go wrong."""
    counterpart.faults.add(kind, **options)


def test_an_endpoint_is_listed_on_every_marketplace_with_a_result_for_each(
    services: Services, catalogues: Start
) -> None:
    first, second = catalogues(), catalogues()
    add_endpoint(services)
    add_marketplace(services, "First", first.url)
    add_marketplace(services, "Second", second.url)
    results = publish(services)
    assert {name: (one.success, one.status) for name, one in results.items()} == {
        "First": (True, "published"),
        "Second": (True, "published"),
    }
    assert first.listings["research-qa"]["name"] == second.listings["research-qa"]["name"] == "Research Q&A"
    assert results["First"].message == "Successfully published endpoint"


def test_publishing_again_writes_nothing_when_nothing_changed(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    again = publish(services)["Hub"]
    assert again.success
    assert again.message.startswith("Already published")
    assert writes(there) == ["POST"]


def test_an_edit_reaches_every_listing_by_itself(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    services.endpoints.edit("research-qa", {"name": "Research, renamed", "tags": ()})
    work(services)
    assert there.listings["research-qa"]["name"] == "Research, renamed"
    assert there.listings["research-qa"]["tags"] == []
    assert writes(there) == ["POST", "PUT"]


def test_a_listing_that_was_deleted_there_is_restored(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    there.remove("research-qa")
    assert publish(services)["Hub"].success
    assert "research-qa" in there.listings


def test_unpublishing_withdraws_everywhere_and_keeps_the_endpoint(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    assert unpublish(services)["Hub"].status == "not_published"
    assert there.listings == {}
    assert services.endpoints.get("research-qa").published
    assert unpublish(services) == {}


def test_a_slug_that_somebody_else_has_is_a_conflict_with_a_remedy(services: Services, catalogues: Start) -> None:
    there = catalogues()
    there.insert("research-qa")
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    result = publish(services)["Hub"]
    assert (result.success, result.status) == (False, "failed")
    assert result.error is not None
    assert result.error.cause == "slug_conflict"
    assert "availability" in result.error.remedy


@pytest.mark.parametrize("written", [False, True])
def test_a_create_whose_answer_was_lost_is_looked_up_and_never_repeated_blindly(
    services: Services, catalogues: Start, clock: Clock, written: bool
) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    spoil(there, "drop", method="POST", path="/listings", times=1, written=written)
    assert publish(services)["Hub"].status == "pending"
    assert rows(services)["Hub"].outcome_unknown
    clock.move(seconds=10)
    work(services)
    clock.move(seconds=SETTLE.total_seconds())
    work(services)
    assert list(there.listings) == ["research-qa"]
    assert rows(services)["Hub"].status == "published"
    assert writes(there) == (["POST"] if written else ["POST", "POST"])


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("html", {}, "marketplace_unavailable"),
    ("empty", {}, "marketplace_unavailable"),
    ("half", {}, "marketplace_unavailable"),
    ("huge", {}, "marketplace_unavailable"),
    ("redirect", {"location": "http://127.0.0.2:1/elsewhere"}, "marketplace_unavailable"),
    ("wrong_shape", {}, "marketplace_unavailable"),
    ("drop", {}, "outcome_unknown"),
    ("slow", {"seconds": 5.0}, "outcome_unknown"),
    ("problem", {"status": 401}, "authentication_failed"),
    ("problem", {"status": 429}, "rate_limited"),
    ("problem", {"status": 503}, "marketplace_unavailable"),
    ("problem", {"status": 500}, "marketplace_unavailable"),
]


@pytest.mark.parametrize(
    ("kind", "options", "cause"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_marketplace_that_misbehaves_fails_alone_and_with_a_cause(
    services: Services, catalogues: Start, kind: str, options: dict[str, Any], cause: str
) -> None:
    bad, good = catalogues(), catalogues()
    spoil(bad, kind, method="POST", path="/listings", **options)
    add_endpoint(services)
    add_marketplace(services, "Bad", bad.url)
    add_marketplace(services, "Good", good.url)
    results = publish(services)
    assert results["Good"].success
    assert not results["Bad"].success
    assert results["Bad"].error is not None
    assert results["Bad"].error.cause == cause
    assert services.marketplaces.get("Bad").status in ("active", "error")
    assert services.marketplaces.get("Good").status == "active"


def test_a_dead_marketplace_shows_an_error_and_is_retried_later(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    spoil(there, "problem", status=503, times=1)
    assert publish(services)["Hub"].status == "pending"
    dead = services.marketplaces.get("Hub")
    assert (dead.status, dead.status_cause, dead.status_since) == ("error", "marketplace_unavailable", clock.now)
    clock.move(seconds=10)
    work(services)
    assert rows(services)["Hub"].status == "published"
    assert services.marketplaces.get("Hub").status == "active"


def test_a_new_key_takes_up_what_failed_with_the_old_one(services: Services, catalogues: Start) -> None:
    there = catalogues(accounts={"the-right-key": "ada"})
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url, api_key="a-wrong-key")
    result = publish(services)["Hub"]
    assert result.error is not None
    assert (result.status, result.error.cause) == ("failed", "authentication_failed")
    services.marketplaces.edit("Hub", {"api_key": "the-right-key"})
    work(services)
    assert "research-qa" in there.listings


def test_an_edit_while_the_call_is_under_way_is_listed_in_the_end(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    arrived = threading.Event()

    def edit(_: Any) -> None:
        services.endpoints.edit("research-qa", {"name": "Edited meanwhile"})
        arrived.set()

    spoil(there, "meanwhile", method="POST", path="/listings", times=1, action=edit)
    publish(services)
    assert arrived.is_set()
    work(services)
    assert there.listings["research-qa"]["name"] == "Edited meanwhile"
    assert writes(there) == ["POST", "PUT"]


def test_an_unpublish_while_the_create_is_under_way_wins(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    spoil(
        there,
        "meanwhile",
        method="POST",
        path="/listings",
        times=1,
        action=lambda _: unpublish(services, wait=0),
    )
    publish(services)
    work(services)
    assert there.listings == {}
    assert rows(services)["Hub"].status == "not_published"


def test_a_disabled_marketplace_is_left_alone(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    hub = add_marketplace(services, "Hub", there.url)
    publish(services)
    services.marketplaces.disable("Hub")
    assert publish(services) == {}
    named = publish(services, marketplace_ids=[hub.id])["Hub"]
    assert named.error is not None
    assert named.error.cause == "marketplace_disabled"
    assert named.status == "published"


def test_deleting_a_listed_endpoint_withdraws_it_first_and_keeps_its_slug_until_then(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    row = rows(services)["Hub"]
    assert not services.endpoints.delete("research-qa", unpublish=True)
    with services.store.session():
        assert services.store.endpoints.by_slug("research-qa") is not None
    services.worker.work([row.id], 5)
    assert there.listings == {}
    add_endpoint(services)
