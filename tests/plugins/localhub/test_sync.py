"""Sync replaces everything, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Caller, Place


@pytest.mark.parametrize("body", [{}, {"endpoints": []}])
def test_an_empty_sync_deletes_all(alice: Caller, body: dict[str, Any]) -> None:
    alice.publish("news")
    answer = alice.post("/endpoints/sync", json=body)
    assert (answer.status_code, answer.json()) == (200, {"synced": 0, "deleted": 1, "endpoints": []})
    assert alice.listed() == []


def test_a_repeated_sync_loses_ids_stars_health_and_uptime(place: Place, alice: Caller, bob: Caller) -> None:
    item = {"name": "News", "type": "model", "connect": [{"type": "http"}]}
    first = alice.post("/endpoints/sync", json={"endpoints": [item]}).json()["endpoints"][0]
    bob.post(f"/endpoints/{first['id']}/star")
    alice.report("news", at=place.clock.now)
    place.monitor_steps(1)
    second = alice.post("/endpoints/sync", json={"endpoints": [item]}).json()["endpoints"][0]
    assert second["id"] > first["id"]
    assert (second["stars_count"], second["health_status"]) == (0, None)
    assert place.nobody.get("/endpoints/alice/news/uptime").json()["buckets"] == []


def test_a_sync_leaves_other_accounts_alone_and_ignores_archived(alice: Caller, bob: Caller) -> None:
    bob.publish("news")
    item = {"name": "News", "type": "model", "archived": True}
    answer = alice.post("/endpoints/sync", json={"endpoints": [item, item], "satellite_id": "ignored"}).json()
    assert [(one["slug"], one["visibility"]) for one in answer["endpoints"]] == [
        ("news", "public"),
        ("news-1", "public"),
    ]
    assert bob.listed() == ["news"]


def test_a_name_without_letters_gets_by_in_a_sync(alice: Caller) -> None:
    answer = alice.post("/endpoints/sync", json={"endpoints": [{"name": "Ж", "type": "model"}]}).json()
    assert answer["endpoints"][0]["slug"] == "endpoint-"


def test_a_slug_twice_in_the_batch_is_a_structured_400_and_changes_nothing(either: Place) -> None:
    alice = either.person("alice")
    alice.publish("old")
    item = {"name": "N", "type": "model", "slug": "news"}
    answer = alice.post("/endpoints/sync", json={"endpoints": [item, item]})
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["code"]) == (400, "VALIDATION_ERROR")
    assert [(one["index"], one["field"]) for one in detail["errors"]] == [(1, "slug")]
    assert alice.listed() == ["old"]


def test_bad_fields_are_a_422_by_index(alice: Caller) -> None:
    alice.publish("old")
    items = [{"name": "a", "slug": "admin", "type": "model"}, {"name": "", "type": "x"}]
    assert alice.kinds(alice.post("/endpoints/sync", json={"endpoints": items})) == [
        ("value_error", ["body", "endpoints", 0, "slug"]),
        ("string_too_short", ["body", "endpoints", 1, "name"]),
        ("enum", ["body", "endpoints", 1, "type"]),
    ]
    assert alice.listed() == ["old"]


def test_three_hundred_are_accepted_and_one_more_is_not(alice: Caller) -> None:
    items = [{"name": f"Item {number}", "type": "model"} for number in range(301)]
    assert alice.kinds(alice.post("/endpoints/sync", json={"endpoints": items})) == [
        ("too_long", ["body", "endpoints"]),
    ]
    assert alice.post("/endpoints/sync", json={"endpoints": items[:300]}).json()["synced"] == 300


def test_what_cannot_be_stored_undoes_the_whole_sync(alice: Caller) -> None:
    alice.publish("old")
    items = [{"name": "Good", "type": "model"}, {"name": "a\0b", "type": "model"}]
    answer = alice.post("/endpoints/sync", json={"endpoints": items})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (500, "SYNC_FAILED")
    assert alice.listed() == ["old"]
