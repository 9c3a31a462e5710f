"""The rules of an endpoint's fields, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Caller

BASE = {"name": "News", "type": "model"}
TEN = [f"tag{number}" for number in range(10)]


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"name": ""}, "string_too_short", ["name"]),
        ({"name": "n" * 101}, "string_too_long", ["name"]),
        ({"name": None}, "string_type", ["name"]),
        ({"type": "dataset"}, "enum", ["type"]),
        ({"slug": "ab"}, "string_too_short", ["slug"]),
        ({"slug": "a" * 64}, "string_too_long", ["slug"]),
        ({"slug": "News"}, "value_error", ["slug"]),
        ({"slug": "a_b"}, "value_error", ["slug"]),
        ({"slug": "-abc"}, "value_error", ["slug"]),
        ({"slug": "abc-"}, "value_error", ["slug"]),
        ({"slug": "a--b"}, "value_error", ["slug"]),
        ({"slug": "explore"}, "value_error", ["slug"]),
        ({"slug": 5}, "string_type", ["slug"]),
        ({"visibility": "secret"}, "enum", ["visibility"]),
        ({"description": "d" * 501}, "string_too_long", ["description"]),
        ({"description": None}, "string_type", ["description"]),
        ({"readme": "r" * 50_001}, "string_too_long", ["readme"]),
        ({"version": "1.0"}, "string_pattern_mismatch", ["version"]),
        ({"version": "1.0.0-rc1"}, "string_pattern_mismatch", ["version"]),
        ({"tags": [*TEN, "one-more"]}, "too_long", ["tags"]),
        ({"tags": ["a b"]}, "value_error", ["tags"]),
        ({"tags": ["a--b"]}, "value_error", ["tags"]),
        ({"tags": ["t" * 31]}, "value_error", ["tags"]),
        ({"tags": "news"}, "list_type", ["tags"]),
        ({"tags": [1]}, "string_type", ["tags", 0]),
        ({"policies": {}}, "list_type", ["policies"]),
        ({"policies": ["access"]}, "model_attributes_type", ["policies", 0]),
        ({"policies": [{"type": "access", "extra": 1}]}, "extra_forbidden", ["policies", 0, "extra"]),
        ({"policies": [{"type": "p" * 101}]}, "string_too_long", ["policies", 0, "type"]),
        ({"policies": [{"type": "access", "version": "1"}]}, "string_pattern_mismatch", ["policies", 0, "version"]),
        ({"policies": [{"type": "access", "config": []}]}, "dict_type", ["policies", 0, "config"]),
        ({"connect": "http://h"}, "list_type", ["connect"]),
        ({"connect": [{}]}, "missing", ["connect", 0, "type"]),
        ({"connect": [{"type": "c" * 51}]}, "string_too_long", ["connect", 0, "type"]),
        ({"connect": [{"type": "http", "url": "/"}]}, "extra_forbidden", ["connect", 0, "url"]),
        ({"connect": [{"type": "http", "enabled": "maybe"}]}, "bool_parsing", ["connect", 0, "enabled"]),
        ({"contributors": ["x"]}, "int_parsing", ["contributors", 0]),
        ({"archived": "x"}, "bool_parsing", ["archived"]),
    ],
)
def test_a_rule_that_is_broken_is_named(alice: Caller, change: dict[str, Any], kind: str, where: list[Any]) -> None:
    assert alice.kinds(alice.post("/endpoints", json={**BASE, **change})) == [(kind, ["body", *where])]
    assert alice.listed() == []


@pytest.mark.parametrize(
    ("change", "field", "stored"),
    [
        ({"name": "  ", "slug": "blank"}, "name", "  "),
        ({"slug": "a" * 63}, "slug", "a" * 63),
        ({"slug": "abcd\n"}, "slug", "abcd\n"),
        ({"slug": None}, "slug", "news"),
        ({"description": "d" * 500}, "description", "d" * 500),
        ({"version": "10.20.30"}, "version", "10.20.30"),
        ({"tags": [" Big-News", "big-news", "", "AI"]}, "tags", ["big-news", "ai"]),
        ({"tags": TEN}, "tags", TEN),
        ({"tags": ["x"], "policies": [{"type": "xendit"}]}, "tags", ["x", "prepaid"]),
        ({"tags": TEN, "policies": [{"type": "xendit"}]}, "tags", TEN),
        ({"archived": True}, "visibility", "private"),
        ({"archived": True}, "archived", False),
        ({"stars_count": 9}, "stars_count", 0),
        ({"contributors": [999, 1, 10**30]}, "contributors", [1]),
        (
            {"connect": [{"type": "http"}]},
            "connect",
            [
                {"type": "http", "enabled": True, "description": "", "config": {}},
            ],
        ),
        (
            {"policies": [{"type": "any", "config": {"a": [1]}}]},
            "policies",
            [
                {"type": "any", "version": "1.0", "enabled": True, "description": "", "config": {"a": [1]}},
            ],
        ),
    ],
)
def test_what_is_accepted_is_stored_like_this(alice: Caller, change: dict[str, Any], field: str, stored: Any) -> None:
    answer = alice.post("/endpoints", json={**BASE, **change})
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == stored
    assert alice.get(f"/endpoints/{answer.json()['id']}").json() == answer.json()


def test_the_record_has_exactly_these_fields_and_defaults(alice: Caller) -> None:
    record = alice.post("/endpoints", json=BASE).json()
    assert record == {
        "id": 1,
        "user_id": 1,
        "name": "News",
        "slug": "news",
        "description": "",
        "type": "model",
        "visibility": "public",
        "is_active": True,
        "archived": False,
        "contributors": [1],
        "version": "0.1.0",
        "readme": "",
        "tags": [],
        "stars_count": 0,
        "policies": [],
        "connect": [],
        "created_at": "2026-03-01T12:00:00.000000Z",
        "updated_at": "2026-03-01T12:00:00.000000Z",
        "health_status": None,
        "health_checked_at": None,
        "health_ttl_seconds": None,
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("News Desk!", "news-desk"),
        ("ab", "endpoint-ab"),
        ("Admin", "admin-1"),
        ("--a__b--c--", "a-b-c"),
        ("x" * 70, "x" * 63),
        ("Äpfel", "pfel"),
    ],
)
def test_a_slug_is_made_from_the_name(alice: Caller, name: str, slug: str) -> None:
    assert alice.post("/endpoints", json={**BASE, "name": name}).json()["slug"] == slug


def test_a_made_slug_is_numbered_when_it_is_taken(alice: Caller) -> None:
    slugs = [alice.post("/endpoints", json=BASE).json()["slug"] for _ in range(3)]
    assert slugs == ["news", "news-1", "news-2"]


def test_a_name_without_letters_fails_with_a_correlation_id(alice: Caller) -> None:
    answer = alice.post("/endpoints", json={**BASE, "name": "Ж"}, headers={"X-Correlation-ID": "mine"})
    assert answer.status_code == 500
    assert answer.json()["correlation_id"] == "mine" == answer.headers["X-Correlation-ID"]


@pytest.mark.parametrize("change", [{"name": "a\0b"}, {"policies": [{"type": "a", "config": {"k": "\0"}}]}])
def test_a_nul_character_fails_in_its_own_way(alice: Caller, change: dict[str, Any]) -> None:
    answer = alice.post("/endpoints", json={**BASE, **change})
    assert (answer.status_code, answer.json()) == (500, {"detail": "Failed to create endpoint"})


@pytest.mark.parametrize("change", [{"name": ""}, {"tags": ["a b"]}, {"policies": [{"type": "a", "x": 1}]}])
def test_a_patch_keeps_the_same_rules(alice: Caller, change: dict[str, Any]) -> None:
    record = alice.publish("news")
    assert alice.patch(f"/endpoints/{record['id']}", json=change).status_code == 422
    assert alice.get(f"/endpoints/{record['id']}").json() == record
