"""What others find: the public lists, search, and the records at the host's root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Caller, Place

HTTP = [{"type": "http", "config": {"url": "/pre"}}]


def slugs(who: Caller, path: str) -> list[str]:
    return [one["slug"] for one in who.get(path).json()]


def test_the_public_record_hides_ids_and_never_fills_health(place: Place, alice: Caller) -> None:
    alice.publish("news", description="d", tags=["a"], connect=HTTP)
    alice.report("news", at=place.clock.now)
    expected = {
        "name": "News",
        "slug": "news",
        "description": "d",
        "type": "model",
        "owner_username": "alice",
        "contributors_count": 1,
        "version": "0.1.0",
        "readme": "",
        "tags": ["a"],
        "stars_count": 0,
        "policies": [],
        "connect": [
            {"type": "http", "enabled": True, "description": "", "config": {"url": "http://127.0.0.1:7001/pre"}},
        ],
        "created_at": "2026-03-01T12:00:00.000000Z",
        "updated_at": "2026-03-01T12:00:00.000000Z",
        "archived": False,
        "health_status": None,
        "health_checked_at": None,
    }
    assert place.nobody.get("/endpoints/public").json() == [expected]
    assert place.nobody.get("/endpoints/public/alice/news").json() == expected
    at_root = place.nobody.get("/alice/news", at_root=True).json()
    filled = {"health_status": "healthy", "health_checked_at": "2026-03-01T12:00:00.000000Z"}
    assert at_root == {**expected, **filled}


@pytest.fixture
def full(alice: Caller, bob: Caller) -> Caller:
    alice.publish("one", type="model", tags=["blue"])
    alice.publish("two", type="data_source", description="Red")
    alice.publish("both", type="model_data_source", policies=[{"type": "access"}])
    alice.publish("hidden", visibility="private")
    alice.publish("inside", visibility="internal")
    bob.publish("agent", type="agent")
    return alice


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/endpoints/public", ["agent", "both", "two", "one"]),
        ("/endpoints/public?limit=2&skip=1", ["both", "two"]),
        ("/endpoints/public?endpoint_type=model", ["both", "one"]),
        ("/endpoints/public?endpoint_type=data_source", ["both", "two"]),
        ("/endpoints/public?endpoint_type=model_data_source", ["both"]),
        ("/endpoints/public?search=RED", ["two"]),
        ("/endpoints/public?search=blue", ["one"]),
        ("/endpoints/public?search=bob", ["agent"]),
        ("/endpoints/guest-accessible", ["agent", "two", "one"]),
        ("/endpoints/public/by-owner/alice", ["both", "two", "one"]),
        ("/endpoints/public/by-owner/ALICE", []),
        ("/endpoints/public/by-owner/zed", []),
        ("/endpoints/trending", ["one", "two", "both", "agent"]),
        ("/endpoints/trending?min_stars=1", []),
    ],
)
def test_a_list_holds_what_is_public_and_active(place: Place, full: Caller, path: str, found: list[str]) -> None:
    assert slugs(place.nobody, path) == found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/endpoints/public?limit=101", "less_than_equal"),
        ("/endpoints/public/by-owner/x?limit=501", "less_than_equal"),
        ("/endpoints/public/grouped?max_per_owner=51", "less_than_equal"),
        ("/endpoints/public?endpoint_type=x", "enum"),
        ("/endpoints/public?search=" + "x" * 201, "string_too_long"),
        ("/endpoints/trending?min_stars=-1", "greater_than_equal"),
    ],
)
def test_a_bad_question_is_a_422(place: Place, path: str, kind: str) -> None:
    assert [one[0] for one in place.nobody.kinds(place.nobody.get(path))] == [kind]


def test_one_owners_list_can_be_long(place: Place, alice: Caller) -> None:
    alice.post("/endpoints/sync", json={"endpoints": [{"name": f"I {n}", "type": "model"} for n in range(150)]})
    assert len(slugs(place.nobody, "/endpoints/public/by-owner/alice")) == 100
    assert len(slugs(place.nobody, "/endpoints/public/by-owner/alice?limit=500")) == 150
    assert len(place.nobody.get("/alice?limit=100", at_root=True).json()) == 10


def test_owners_are_counted_and_both_types_count_as_neither(place: Place, full: Caller) -> None:
    answer = place.nobody.get("/endpoints/public/owners").json()
    assert answer == {
        "owners": [
            {"username": "alice", "endpoint_count": 3, "model_count": 1, "data_source_count": 1},
            {"username": "bob", "endpoint_count": 1, "model_count": 0, "data_source_count": 0},
        ],
        "total_count": 2,
    }
    assert place.nobody.get("/endpoints/public/owners?skip=1").json()["owners"][0]["username"] == "bob"


def test_groups_are_cut_and_say_so(place: Place, full: Caller) -> None:
    groups = place.nobody.get("/endpoints/public/grouped?max_per_owner=2").json()["groups"]
    told = [
        (one["owner_username"], [item["slug"] for item in one["endpoints"]], one["total_count"], one["has_more"])
        for one in groups
    ]
    assert told == [("alice", ["both", "two"], 3, True), ("bob", ["agent"], 1, False)]


def test_search_ranks_by_the_share_of_words(place: Place, alice: Caller) -> None:
    alice.publish("one", description="weather for sailors")
    alice.publish("two", readme="# Weather", type="data_source")
    alice.publish("dark", description="weather", visibility="private")
    ask = {"query": "Weather sail", "top_k": 5}
    answer = place.nobody.post("/endpoints/search", json=ask).json()
    assert [(one["slug"], one["relevance_score"]) for one in answer["results"]] == [("one", 1.0), ("two", 0.5)]
    assert (answer["total"], answer["query"]) == (2, "Weather sail")
    typed = place.nobody.post("/endpoints/search", json={**ask, "type": "data_source"}).json()
    assert [one["slug"] for one in typed["results"]] == ["two"]
    bad = place.nobody.post("/endpoints/search", json={"query": "", "top_k": 51, "type": "x"})
    assert len(place.nobody.kinds(bad)) == 3


@pytest.mark.parametrize(
    ("visibility", "nobody", "other", "owner"),
    [("public", 200, 200, 200), ("internal", 401, 200, 200), ("private", 401, 404, 200)],
)
def test_the_root_record_depends_on_who_looks(
    place: Place, alice: Caller, bob: Caller, visibility: str, nobody: int, other: int, owner: int
) -> None:
    alice.publish("news", visibility=visibility)
    answers = [who.get("/ALICE/news", at_root=True) for who in (place.nobody, bob, alice)]
    assert [one.status_code for one in answers] == [nobody, other, owner]
    assert "id" in answers[2].json()
    assert other == 404 or "id" not in answers[1].json()


def test_the_roots_list_shows_ten_before_it_filters(place: Place, alice: Caller) -> None:
    for number in range(12):
        alice.publish(f"item-{number:02}", visibility="private" if number > 7 else "public")
    everyones = place.nobody.get("/alice", at_root=True).json()
    owners = alice.get("/alice?skip=9", at_root=True).json()
    assert [one["slug"] for one in everyones] == [f"item-{number:02}" for number in range(7, 1, -1)]
    assert [one["slug"] for one in owners] == ["item-02"]


@pytest.mark.parametrize("path", ["/zed", "/alice/zed", "/a/b/c", "/alice/"])
def test_what_is_not_at_the_root_is_a_404(place: Place, alice: Caller, path: str) -> None:
    answer = place.nobody.get(path, at_root=True)
    assert (answer.status_code, type(answer.json()["detail"])) == (404, str)


def test_the_root_says_what_this_is(place: Place) -> None:
    assert place.nobody.get("/", at_root=True).json()["version"] == "0.1.0"
    assert place.nobody.get("/health", at_root=True).json() == {"status": "healthy", "version": "0.1.0"}
