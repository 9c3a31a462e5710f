"""What the metrics and public pages read of the store, on both databases."""

from datetime import timedelta

from publicist.core.records import Marketplace
from publicist.core.store import Store
from publicist.core.store.gauges import QueueDepth

from ...clock import START
from .test_store import due_row, endpoint, marketplace


def added(store: Store) -> Marketplace:
    made = marketplace()
    store.marketplaces.add(made)
    return made


def test_outcomes_are_counted_and_go_with_their_marketplace(store: Store) -> None:
    with store.write():
        for outcome in ("listed", "listed", "rate_limited"):
            store.gauges.count_outcome("one", "create", outcome)
        store.gauges.count_outcome("two", "create", "listed")
        store.gauges.count_outcome("one", "withdraw", "absent")

    assert store.gauges.outcomes() == {
        ("one", "create", "listed"): 2,
        ("one", "create", "rate_limited"): 1,
        ("one", "withdraw", "absent"): 1,
        ("two", "create", "listed"): 1,
    }
    with store.write():
        store.marketplaces.remove("one")
    assert list(store.gauges.outcomes()) == [("two", "create", "listed")]


def test_the_queue_is_what_is_due_and_what_waits(store: Store) -> None:
    assert store.gauges.queue(START) == QueueDepth(0, 0, None)
    hub = added(store)
    for number in range(4):
        due_row(store, f"endpoint-{number}", hub, due_at=START + timedelta(minutes=number))

    assert store.gauges.queue(START + timedelta(minutes=1)) == QueueDepth(2, 2, START)


def test_publications_are_counted_by_marketplace_and_status(store: Store) -> None:
    hub = added(store)
    for number, status in enumerate(("published", "published", "failed")):
        due_row(store, f"endpoint-{number}", hub, status=status)

    assert store.gauges.publications() == {(hub.id, "published"): 2, (hub.id, "failed"): 1}


def test_public_is_what_is_listed_for_everybody(store: Store) -> None:
    hub = added(store)
    for slug, wanted, remote, visibility in (
        ("listed-one", "listed", "1", "public"),
        ("private-one", "listed", "2", "private"),
        ("leaving-one", "absent", "3", "public"),
        ("waiting-one", "listed", None, "public"),
    ):
        row = due_row(store, slug, hub, wanted=wanted, remote_id=remote)
        held = store.endpoints.by_id(row.endpoint_id)
        assert held is not None
        store.endpoints.save(endpoint(slug, id=held.id, visibility=visibility, tags=("a", "b")))
    store.endpoints.add(endpoint("not-listed"))

    assert [(one.slug, one.tags) for one in store.public.endpoints()] == [("listed-one", ("a", "b"))]
    found = [slug for slug in store.gauges.slugs().values() if store.public.endpoint(slug)]
    assert found == ["listed-one"]
    assert "not-listed" in store.gauges.slugs().values()
    assert len(store.gauges.slugs()) == 5
