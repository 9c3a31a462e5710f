"""Personal access tokens, over the wire."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Caller, Place


def test_a_token_is_shown_once_and_stored_as_a_hash(place: Place, alice: Caller) -> None:
    made = alice.post("/auth/tokens", json={"name": "ci"}).json()
    token = made["token"]
    assert (token[:9], len(token)) == ("syft_pat_", 9 + 43)
    assert (made["token_prefix"], made["scopes"], made["expires_at"]) == (token[:16], ["full"], None)
    shown = alice.get(f"/auth/tokens/{made['id']}").json()
    assert {**shown, "token": token} == made
    with sqlite3.connect(place.running.hub.settings.database) as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert token not in dump
    assert token[:16] in dump


def test_a_token_serves_wherever_a_session_does_whatever_its_scope(alice: Caller) -> None:
    alice.token = alice.post("/auth/tokens", json={"name": "ci", "scopes": ["read"]}).json()["token"]
    assert alice.publish("news")["slug"] == "news"
    assert alice.post("/auth/tokens", json={"name": "child"}).status_code == 201
    assert alice.post("/auth/logout").status_code == 204
    assert alice.get("/auth/me").status_code == 200


def test_each_way_of_not_holding_has_its_own_text(place: Place, alice: Caller) -> None:
    soon = (place.clock.now + timedelta(seconds=60)).isoformat()
    brief = alice.post("/auth/tokens", json={"name": "brief", "expires_at": soon}).json()
    gone = alice.post("/auth/tokens", json={"name": "gone"}).json()
    kept = alice.post("/auth/tokens", json={"name": "kept"}).json()
    alice.delete(f"/auth/tokens/{gone['id']}")
    place.clock.forward(60)
    place.nobody.put("/users/me", json={"is_active": False}, headers={"Authorization": f"Bearer {kept['token']}"})
    texts = {}
    for token in ("syft_pat_x", gone["token"], brief["token"], kept["token"]):
        answer = place.nobody.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        texts[token] = answer.json()["detail"]
    assert list(texts.values()) == [
        "Invalid API token",
        "API token has been revoked",
        "API token has expired",
        "User account is inactive",
    ]


def test_the_fifty_first_active_token_is_a_400(alice: Caller) -> None:
    made = [alice.post("/auth/tokens", json={"name": str(number)}) for number in range(51)]
    assert [one.status_code for one in made] == [201] * 50 + [400]
    assert isinstance(made[50].json()["detail"], str)
    alice.delete(f"/auth/tokens/{made[0].json()['id']}")
    assert alice.post("/auth/tokens", json={"name": "again"}).status_code == 201


@pytest.mark.parametrize(
    ("sent", "kind", "place_of_it"),
    [
        ({}, "missing", ["name"]),
        ({"name": ""}, "string_too_short", ["name"]),
        ({"name": "n" * 101}, "string_too_long", ["name"]),
        ({"name": "n", "scopes": []}, "value_error", ["scopes"]),
        ({"name": "n", "scopes": ["all"]}, "enum", ["scopes", 0]),
        ({"name": "n", "expires_at": "2026-03-01T12:00:00Z"}, "value_error", ["expires_at"]),
        ({"name": "n", "expires_at": "soon"}, "datetime_from_date_parsing", ["expires_at"]),
    ],
)
def test_a_bad_token_request_is_a_422(alice: Caller, sent: dict[str, Any], kind: str, place_of_it: list[Any]) -> None:
    assert alice.kinds(alice.post("/auth/tokens", json=sent)) == [(kind, ["body", *place_of_it])]


def test_an_expiry_without_an_offset_is_utc(alice: Caller) -> None:
    made = alice.post("/auth/tokens", json={"name": "n", "expires_at": "2026-03-01T12:00:01"}).json()
    assert made["expires_at"] == "2026-03-01T12:00:01.000000Z"


def test_a_revoked_token_leaves_the_list_but_not_the_records(alice: Caller) -> None:
    number = alice.post("/auth/tokens", json={"name": "ci"}).json()["id"]
    assert alice.patch(f"/auth/tokens/{number}", json={"name": "cd", "scopes": ["read"]}).json()["scopes"] == ["full"]
    assert [alice.delete(f"/auth/tokens/{number}").status_code for _ in range(2)] == [204, 204]
    assert alice.get("/auth/tokens").json() == {"tokens": [], "total": 0}
    everything = alice.get("/auth/tokens?include_inactive=true").json()
    assert [(one["name"], one["is_active"]) for one in everything["tokens"]] == [("cd", False)]


def test_the_list_is_paged_and_counts_all(alice: Caller) -> None:
    for name in "abc":
        alice.post("/auth/tokens", json={"name": name})
    page = alice.get("/auth/tokens?skip=1&limit=1").json()
    assert ([one["name"] for one in page["tokens"]], page["total"]) == (["b"], 3)


def test_somebody_elses_token_is_not_there(alice: Caller, bob: Caller) -> None:
    number = alice.post("/auth/tokens", json={"name": "ci"}).json()["id"]
    answers = [bob.ask(method, f"/auth/tokens/{number}", json={"name": "x"}) for method in ("GET", "PATCH", "DELETE")]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert bob.kinds(bob.get("/auth/tokens/x")) == [("int_parsing", ["path", "token_id"])]
