"""What surprises when one's listings are read and written, in both dialects where they agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Caller, Place

HTTP = [{"type": "http", "config": {"url": "/pre"}}]


def dark(place: Place, owner: Caller, slug: str) -> dict[str, Any]:
    """Publish an endpoint and let the monitor switch it off."""
    record = owner.publish(slug, connect=HTTP)
    place.monitor_steps(3)
    return record


def test_a_taken_slug_is_a_plain_400(either: Place) -> None:
    alice, bob = either.person("alice"), either.person("bob")
    alice.publish("news")
    answer = alice.post("/endpoints", json={"name": "Other", "type": "model", "slug": "news"})
    assert (answer.status_code, answer.json()) == (400, {"detail": "slug already exists - already taken"})
    assert bob.publish("news")["slug"] == "news"


def test_of_eight_at_once_one_gets_the_slug(either: Place) -> None:
    alice = either.person("alice")
    sent = {"name": "News", "type": "model", "slug": "news"}
    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(lambda _: alice.post("/endpoints", json=sent).status_code, range(8)))
    assert codes == [201] + [400] * 7


def test_a_patch_leaves_alone_what_is_absent_or_null_and_ignores_slug_and_type(either: Place) -> None:
    alice = either.person("alice")
    record = alice.publish("news", description="d", tags=["a"])
    sent = {"name": "New", "description": None, "slug": "-", "type": "nonsense", "tags": []}
    answer = alice.patch("/endpoints/slug/news", json=sent)
    assert answer.status_code == 200
    assert answer.json() == {**record, "name": "New", "tags": []}


def test_updated_at_does_not_move(place: Place, alice: Caller) -> None:
    record = alice.publish("news")
    place.clock.forward(60)
    changed = alice.patch(f"/endpoints/{record['id']}", json={"description": "new"}).json()
    assert changed["updated_at"] == record["updated_at"]


def test_archiving_forces_private_and_unarchiving_brings_nothing_back(alice: Caller) -> None:
    alice.publish("news")
    archived = alice.patch("/endpoints/slug/news", json={"archived": True, "visibility": "public"}).json()
    back = alice.patch("/endpoints/slug/news", json={"archived": False}).json()
    assert (archived["visibility"], archived["archived"]) == ("private", False)
    assert back["visibility"] == "private"


def test_writing_back_what_was_read_doubles_the_address(place: Place, alice: Caller) -> None:
    alice.put("/users/me", json={"domain": "http://h/pre"})
    record = alice.publish("news", connect=[{"type": "http", "config": {"url": "/v1"}}])
    assert record["connect"][0]["config"]["url"] == "http://h/pre/v1"
    back = alice.patch("/endpoints/slug/news", json={"connect": record["connect"]}).json()
    assert back["connect"][0]["config"]["url"] == "http://h/pre/http://h/pre/v1"


@pytest.mark.parametrize(
    ("domain", "kind", "path", "url"),
    [
        ("http://h:1", "http", "/a", "http://h:1/a"),
        ("http://h:1", "http", "a/", "http://h:1/a/"),
        ("http://h:1", "http", "", "http://h:1"),
        ("http://h:1", "http", "/", "http://h:1"),
        ("https://h/base", "websocket", "/s", "wss://h/base/s"),
        ("http://h", "ws", "/s", "ws://h/s"),
        ("http://h", "wss", "/s", "ws://h/s"),
        ("tunneling:me", "http", "/a", "tunneling:me"),
        (None, "http", "/a", "/a"),
        (None, "http", "http://abs", "http://abs"),
    ],
)
def test_a_connection_is_shown_with_the_owners_address(
    alice: Caller, domain: str | None, kind: str, path: str, url: str
) -> None:
    alice.put("/users/me", json={"domain": domain})
    record = alice.publish("news", connect=[{"type": kind, "config": {"url": path, "tenant_name": "t"}}])
    assert record["connect"][0]["config"] == {"url": url, "tenant_name": "t"}


@pytest.mark.parametrize(
    ("applied_to", "owner_sees", "bob_sees", "nobody_sees"),
    [
        (None, ["plain", "aimed"], ["plain", "aimed"], ["plain", "aimed"]),
        ([], ["plain", "aimed"], ["plain", "aimed"], ["plain", "aimed"]),
        ("*", ["plain", "aimed"], ["plain", "aimed"], ["plain", "aimed"]),
        (["*"], ["plain", "aimed"], ["plain", "aimed"], ["plain", "aimed"]),
        (["BOB@example.org"], ["plain"], ["aimed"], ["plain"]),
        (["alice@example.org"], ["aimed"], ["plain"], ["plain"]),
        ("bob@example.org", ["plain"], ["plain"], ["plain"]),
    ],
)
def test_policies_are_filtered_for_the_viewer_owner_included(
    place: Place,
    alice: Caller,
    bob: Caller,
    applied_to: Any,
    owner_sees: list[str],
    bob_sees: list[str],
    nobody_sees: list[str],
) -> None:
    policies = [{"type": "plain"}, {"type": "aimed", "config": {"applied_to": applied_to}}]
    record = alice.publish("news", policies=policies)
    shown = [
        record,
        bob.get(f"/endpoints/{record['id']}").json(),
        place.nobody.get("/endpoints/public/alice/news").json(),
    ]
    seen = [[policy["type"] for policy in one["policies"]] for one in shown]
    assert seen == [owner_sees, bob_sees, nobody_sees]
    at_root = place.nobody.get("/alice/news", at_root=True).json()
    assert [policy["type"] for policy in at_root["policies"]] == ["plain", "aimed"]


def test_a_listing_that_went_dark_is_unreachable_but_listed_and_its_slug_taken(either: Place) -> None:
    alice = either.person("alice")
    record = dark(either, alice, "news")
    reached = [
        alice.get(f"/endpoints/{record['id']}"),
        alice.patch(f"/endpoints/{record['id']}", json={}),
        alice.patch("/endpoints/slug/news", json={}),
        alice.delete(f"/endpoints/{record['id']}"),
        alice.delete("/endpoints/slug/news"),
    ]
    assert [one.status_code for one in reached] == [404] * 5
    assert alice.get("/endpoints/news/exists").json() is False
    assert alice.get("/endpoints").json()[0]["is_active"] is False
    assert alice.post("/endpoints", json={"name": "N", "type": "model", "slug": "news"}).status_code == 400


def test_the_list_is_bare_newest_first_ten_long_and_at_most_a_hundred(place: Place, alice: Caller) -> None:
    for number in range(12):
        place.clock.forward(1)
        alice.publish(f"item-{number:02}")
    first = [one["slug"] for one in alice.get("/endpoints").json()]
    assert first == [f"item-{number:02}" for number in range(11, 1, -1)]
    assert [one["slug"] for one in alice.get("/endpoints?skip=10&limit=100").json()] == ["item-01", "item-00"]


@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ("limit=101", "less_than_equal", "limit"),
        ("limit=0", "greater_than_equal", "limit"),
        ("limit=x", "int_parsing", "limit"),
        ("skip=-1", "greater_than_equal", "skip"),
        ("visibility=x", "enum", "visibility"),
    ],
)
def test_a_bad_page_is_a_422(alice: Caller, query: str, kind: str, name: str) -> None:
    assert alice.kinds(alice.get(f"/endpoints?{query}")) == [(kind, ["query", name])]


def test_the_list_can_be_narrowed(alice: Caller) -> None:
    alice.publish("news", description="Daily 100% fresh")
    alice.publish("maps", visibility="private")
    narrowed = {
        query: [one["slug"] for one in alice.get(f"/endpoints?{query}").json()]
        for query in ("visibility=private", "search=DAILY", "search=100%25", "search=1_0", "search=")
    }
    assert narrowed == {
        "visibility=private": ["maps"],
        "search=DAILY": ["news"],
        "search=100%25": ["news"],
        "search=1_0": [],
        "search=": ["maps", "news"],
    }


def test_deleting_is_for_good_and_the_second_time_a_404(either: Place) -> None:
    alice = either.person("alice")
    first = alice.publish("news")
    assert [alice.delete("/endpoints/slug/news").status_code for _ in range(2)] == [204, 404]
    assert alice.publish("news")["id"] > first["id"]


def test_others_may_read_what_is_public_and_write_nothing(alice: Caller, bob: Caller) -> None:
    number = alice.publish("news")["id"]
    hidden = alice.publish("maps", visibility="internal")["id"]
    assert bob.get(f"/endpoints/{number}").status_code == 200
    assert bob.get(f"/endpoints/{hidden}").status_code == 404
    for answer in (bob.patch(f"/endpoints/{number}", json={}), bob.delete(f"/endpoints/{number}")):
        assert (answer.status_code, type(answer.json()["detail"])) == (403, str)
    assert bob.delete("/endpoints/slug/news").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/endpoints/", 404),
        ("GET", "/endpoints/", 404),
        ("PUT", "/endpoints", 405),
        ("DELETE", "/auth/config", 405),
        ("POST", "/users/me/heartbeat", 404),
        ("GET", "/satellites", 404),
        ("GET", "/wallet/balance", 404),
        ("POST", "/auth/google", 404),
        ("GET", "/endpoints/5", 404),
    ],
)
def test_what_is_not_there_is_a_plain_text_without_headers(alice: Caller, method: str, path: str, status: int) -> None:
    answer = alice.ask(method, path, json={})
    assert (answer.status_code, type(answer.json()["detail"])) == (status, str)
    assert "Allow" not in answer.headers


@pytest.mark.parametrize("number", ["news", "1.5", ""])
def test_an_id_in_the_path_is_a_number(alice: Caller, number: str) -> None:
    answer = alice.get(f"/endpoints/{number}")
    expected = 404 if not number else 422
    assert answer.status_code == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/endpoints"),
        ("POST", "/endpoints"),
        ("POST", "/endpoints/sync"),
        ("POST", "/endpoints/health"),
        ("GET", "/endpoints/x/exists"),
        ("PATCH", "/endpoints/slug/x"),
        ("DELETE", "/endpoints/1"),
        ("POST", "/endpoints/1/star"),
        ("POST", "/verify"),
        ("GET", "/token?aud=x"),
    ],
)
def test_a_stranger_is_turned_away_before_anything_is_looked_at(either: Place, method: str, path: str) -> None:
    assert either.nobody.ask(method, path, json={"bad": 1}).status_code == 401


def test_every_answer_has_a_correlation_id(place: Place) -> None:
    given = place.nobody.get("/zzz", headers={"X-Correlation-ID": "my id!"})
    made = place.nobody.get("/zzz")
    too_long = place.nobody.get("/zzz", headers={"X-Correlation-ID": "x" * 200})
    assert given.headers["X-Correlation-ID"] == "my id!"
    assert len(made.headers["X-Correlation-ID"]) == 36 == len(too_long.headers["X-Correlation-ID"])


def test_stars_are_counted_once_for_each_account(alice: Caller, bob: Caller) -> None:
    number = alice.publish("news")["id"]
    answers = [bob.post(f"/endpoints/{number}/star") for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [(201, {"starred": True}), (201, {"starred": False})]
    assert alice.get(f"/endpoints/{number}").json()["stars_count"] == 1
    assert [bob.delete(f"/endpoints/{number}/star").status_code for _ in range(2)] == [204, 204]
    assert bob.get(f"/endpoints/{number}/starred").json() == {"starred": False}
    assert alice.get(f"/endpoints/{number}").json()["stars_count"] == 0


def test_an_admins_switch_is_nobodys_here(alice: Caller) -> None:
    number = alice.publish("news")["id"]
    answer = alice.patch(f"/endpoints/{number}/admin", json={"is_active": False})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "PERMISSION_DENIED")
