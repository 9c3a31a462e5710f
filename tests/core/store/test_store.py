"""The store gives back what it was given, on both databases, and holds under concurrency."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from publicist.core.publishing import publication as life
from publicist.core.records import Backend, Endpoint, Lease, Marketplace, Policy, Publication
from publicist.core.secrets import Secret, SecretBox
from publicist.core.settings import Settings
from publicist.core.store import Store, open_store
from publicist.core.store.models import TABLES

from ...clock import START


def endpoint(slug: str = "research-qa", **fields: Any) -> Endpoint:
    return Endpoint(
        **{
            "id": str(uuid4()),
            "slug": slug,
            "name": "Research Q&A ☃",
            "summary": "s",
            "description": "d",
            "tags": ("science", "papers"),
            "version": "1.0.0",
            "visibility": "public",
            "response_type": "raw",
            "published": True,
            "dataset": Backend("http", "papers", {"url": "http://x", "headers": {"X-Key": "hidden-value"}}),
            "model": None,
            "policies": (Policy("who", "access", {"allowed_users": ["*@uni.example"]}),),
            "category": "",
            "language": "en",
            "created_at": START,
            "updated_at": START,
            **fields,
        }
    )


def marketplace(name: str = "Hub", **fields: Any) -> Marketplace:
    return Marketplace(
        **{
            "id": str(uuid4()),
            "kind": "custom",
            "name": name,
            "url": "http://hub",
            "settings": {"a": 1},
            "credentials": {"api_key": Secret("a-hidden-key")},
            "sync_policy": "full",
            "status": "active",
            "status_cause": None,
            "status_reason": None,
            "status_since": START,
            "account": None,
            "created_at": START,
            **fields,
        }
    )


def due_row(store: Store, slug: str = "research-qa", hub: Marketplace | None = None, **fields: Any) -> Publication:
    """Store an endpoint with a publication that is due."""
    held = endpoint(slug)
    assert store.endpoints.add(held)
    place = hub or marketplace(f"Hub {slug}")
    if hub is None:
        store.marketplaces.add(place)
    row = life.want(
        Publication(str(uuid4()), held.id, place.id, "absent", 0, "not_published"), "listed", START, by_person=True
    )
    row = replace(row, **fields)
    store.publications.add(row)
    return row


def test_an_endpoint_comes_back_as_it_was_stored(store: Store) -> None:
    held = endpoint()
    assert store.endpoints.add(held)
    assert store.endpoints.by_slug("research-qa") == held
    changed = replace(held, slug="renamed", tags=())
    assert store.endpoints.save(changed)
    assert store.endpoints.by_id(held.id) == changed
    assert store.endpoints.by_slug("research-qa") is None


def test_two_endpoints_cannot_share_a_slug(store: Store) -> None:
    assert store.endpoints.add(endpoint())
    assert not store.endpoints.add(endpoint())
    other = endpoint("other")
    assert store.endpoints.add(other)
    assert not store.endpoints.save(replace(other, slug="research-qa"))


def test_credentials_are_not_readable_in_the_database(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)
    with store.session():
        store.endpoints.add(endpoint())
        hub = marketplace()
        store.marketplaces.add(hub)
        store.marketplaces.keep(hub.id, "refresh", "a-hidden-note")
        store.settings.set("developer_token", Secret("a-hidden-token"))
        everything = str([store.settings._rows(table.select()) for table in TABLES])
        assert "hidden" not in everything
        assert store.marketplaces.by_id(hub.id) == hub
        assert store.marketplaces.recall(hub.id, "refresh") == "a-hidden-note"
        assert store.settings.secret("developer_token") == Secret("a-hidden-token")


def test_a_publication_comes_back_with_lease_intent_and_error(store: Store) -> None:
    row = due_row(store)
    held = life.claim(row, "create", "d1", "worker", START, timedelta(seconds=60))
    assert store.publications.take(held)
    assert store.publications.by_ids([row.id]) == [held]


def test_a_claim_fails_when_the_wish_has_changed_or_somebody_was_quicker(store: Store) -> None:
    row = due_row(store)
    first = life.claim(row, "create", "d1", "first", START, timedelta(seconds=60))
    second = life.claim(row, "create", "d1", "second", START, timedelta(seconds=60))
    assert store.publications.take(first)
    assert not store.publications.take(second)
    changed = life.want(first, "absent", START, by_person=True)
    store.publications.save(changed)
    assert not store.publications.take(life.claim(first, "create", "d1", "third", START, timedelta(seconds=60)))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, True),
        ({"due_at": START + timedelta(seconds=1)}, False),
        ({"due_at": START + timedelta(days=1)}, True),
        ({"due_at": None}, False),
        ({"lease": Lease("w", START + timedelta(seconds=1), 0)}, False),
        ({"lease": Lease("w", START, 0)}, True),
        ({"lease": Lease("w", START + timedelta(days=1), 0)}, True),
    ],
)
def test_what_is_due_and_free_is_found(store: Store, fields: dict[str, Any], found: bool) -> None:
    row = due_row(store, **fields)
    assert [item.id for item in store.publications.due(START, 10)] == ([row.id] if found else [])


def test_marketplaces_take_turns_and_people_come_first(store: Store) -> None:
    busy, quiet = marketplace("Busy"), marketplace("Quiet")
    store.marketplaces.add(busy)
    store.marketplaces.add(quiet)
    for number in range(5):
        due_row(store, f"busy-{number}", busy, by_person=False)
    late = due_row(store, "quiet-1", quiet, by_person=False, due_at=START)
    asked = due_row(store, "busy-asked", busy)
    first = store.publications.due(START, 3)
    assert first[0].id == asked.id
    assert late.id in {row.id for row in first}


def test_a_disabled_marketplace_has_nothing_due(store: Store) -> None:
    due_row(store)
    hub = store.marketplaces.all()[0]
    store.marketplaces.save(replace(hub, status="disabled"), only=["status"])
    assert store.publications.due(START, 10) == []


def test_of_many_workers_exactly_one_gets_each_row(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)
    with store.session():
        ids = {due_row(store, f"slug-{number}").id for number in range(12)}

    def claim_all(name: str) -> list[str]:
        won = []
        with store.session():
            for row in store.publications.due(START, 100):
                with store.write():
                    if store.publications.take(life.claim(row, "create", "d", name, START, timedelta(seconds=60))):
                        won.append(row.id)
        return won

    with ThreadPoolExecutor(6) as pool:
        won = [row_id for rows in pool.map(claim_all, "abcdef") for row_id in rows]
    assert sorted(won) == sorted(ids)


def test_read_then_write_transactions_do_not_meet_a_locked_database(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)
    with store.session():
        store.settings.set("count", "0")
        store.settings.set("other", "0")

    def add_one(_: int) -> None:
        with store.write():
            if store.dialect == "postgresql":
                store._connections.database.execute_sql("SELECT 1 FROM setting WHERE name = 'count' FOR UPDATE")
            store.settings.set("count", str(int(store.settings.get("count")) + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(200)))
    with store.session():
        assert store.settings.get("count") == "200"


def test_a_write_refuses_to_nest(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="nest"), store.write():
        raise AssertionError


def test_a_write_that_raises_changes_nothing(store: Store) -> None:
    def half() -> None:
        with store.write():
            store.settings.set("a", "1")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert store.settings.get("a") == ""


def test_the_first_installation_id_stays(store: Store) -> None:
    assert store.settings.set_once("installation_id", "first") == "first"
    assert store.settings.set_once("installation_id", "second") == "first"


def test_a_deleted_endpoint_is_dropped_once_it_is_withdrawn_everywhere(store: Store) -> None:
    row = due_row(store)
    store.endpoints.mark_deleted(row.endpoint_id, START)
    assert store.endpoints.remove_withdrawn() == 0
    store.publications.save(life.with_status(replace(row, wanted="absent", due_at=None)))
    assert store.endpoints.remove_withdrawn() == 1
    assert store.endpoints.by_id(row.endpoint_id) is None
