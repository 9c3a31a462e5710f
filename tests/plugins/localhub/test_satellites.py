"""The newer dialect: satellites, and which of them a write means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests
    from conftest import Caller, Place

ONE, TWO = "http://127.0.0.1:7001", "http://127.0.0.1:7002"
HTTP = [{"type": "http", "config": {"url": "/pre"}}]


@pytest.fixture
def owner(newer: Place) -> Caller:
    return newer.person("alice")


def register(owner: Caller, base_url: str = ONE, kind: str = "space") -> dict[str, Any]:
    answer = owner.post("/satellites", json={"kind": kind, "base_url": base_url})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def origins(owner: Caller) -> list[str]:
    return [one["base_url"] for one in owner.get("/satellites").json()]


def address(record: dict[str, Any]) -> str:
    return str(record["connect"][0]["config"]["url"])


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_registering_is_get_or_create_on_the_normalised_origin(owner: Caller) -> None:
    made = register(owner, "HTTP://Host.example:80/path?x#y")
    assert UUID(made["id"])
    assert {**made, "id": ""} == {
        "id": "",
        "kind": "space",
        "base_url": "http://host.example",
        "last_seen_at": None,
        "created_at": "2026-03-01T12:00:00.000000Z",
    }
    assert register(owner, "http://host.example") == made
    assert owner.get(f"/satellites/{made['id']}").json() == made
    assert register(owner, "https://host.example")["id"] != made["id"]


def test_the_list_is_bare_and_oldest_first(owner: Caller) -> None:
    for url in (TWO, ONE):
        register(owner, url)
    register(owner, "http://127.0.0.1:7003", "station")
    assert origins(owner) == [TWO, ONE, "http://127.0.0.1:7003"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (" https://h:443/ ", "https://h"),
        ("https://h:8443", "https://h:8443"),
        ("http://h.:80", "http://h."),
        ("http://[::1]:81", "http://::1:81"),
        ("tunneling:Any Thing", "tunneling:Any Thing"),
    ],
)
def test_an_origin_is_stored_like_this(owner: Caller, sent: str, stored: str) -> None:
    assert register(owner, sent)["base_url"] == stored


@pytest.mark.parametrize(
    "sent", ["h", "ftp://h", "http://", "http://u:p@h", "http://h:99999", "http://h:x", "http://" + "h" * 500]
)
def test_a_bad_origin_is_a_422(owner: Caller, sent: str) -> None:
    answer = owner.post("/satellites", json={"kind": "space", "base_url": sent})
    assert owner.kinds(answer) == [("value_error", ["body", "base_url"])]


def test_an_origin_of_the_other_kind_is_a_mismatch(owner: Caller) -> None:
    register(owner, ONE, "station")
    answer = owner.post("/satellites", json={"kind": "space", "base_url": ONE})
    assert code(answer) == (409, "SATELLITE_KIND_MISMATCH")
    assert (answer.json()["detail"]["expected"], answer.json()["detail"]["actual"]) == ("space", "station")


def test_moving_keeps_the_id_and_the_listings(owner: Caller) -> None:
    made = register(owner)
    owner.publish("news", params={"satellite_id": made["id"]}, connect=HTTP)
    moved = owner.put(f"/satellites/{made['id']}", json={"base_url": f"{TWO}/x"}).json()
    assert moved == {**made, "base_url": TWO}
    assert owner.put(f"/satellites/{made['id']}", json={"base_url": TWO}).json() == moved
    assert address(owner.get("/endpoints").json()[0]) == f"{TWO}/pre"


def test_a_siblings_origin_is_a_conflict(owner: Caller) -> None:
    register(owner, ONE)
    other = register(owner, TWO)
    answer = owner.put(f"/satellites/{other['id']}", json={"base_url": ONE})
    assert code(answer) == (409, "CONFLICT")


def test_two_accounts_may_claim_one_origin_and_see_nothing_of_each_other(newer: Place, owner: Caller) -> None:
    made = register(owner)
    bob = newer.person("bob")
    assert register(bob)["id"] != made["id"]
    foreign = [
        bob.get(f"/satellites/{made['id']}"),
        bob.put(f"/satellites/{made['id']}", json={"base_url": TWO}),
        bob.delete(f"/satellites/{made['id']}"),
        bob.get(f"/satellites/{uuid4()}"),
    ]
    assert [code(one) for one in foreign] == [(404, "NOT_FOUND")] * 4
    assert owner.kinds(owner.get("/satellites/x")) == [("uuid_parsing", ["path", "satellite_id"])]


def test_deleting_takes_the_listings_along_but_not_the_unattached(owner: Caller) -> None:
    owner.publish("free")
    one, two = register(owner, ONE), register(owner, TWO)
    owner.publish("first", params={"satellite_id": one["id"]})
    owner.publish("second", params={"satellite_id": two["id"]})
    assert owner.delete(f"/satellites/{one['id']}").status_code == 204
    assert sorted(owner.listed()) == ["free", "second"]
    assert owner.publish("first")["slug"] == "first"


def test_a_listing_made_before_any_space_stays_unattached(newer: Place, owner: Caller) -> None:
    owner.publish("news", connect=HTTP)
    register(owner)
    owner.report("news", at=newer.clock.now)
    owner.patch("/endpoints/slug/news", json={"description": "still"})
    assert address(owner.get("/endpoints").json()[0]) == "/pre"
    newer.monitor_steps(3)
    assert owner.get("/endpoints").json()[0]["is_active"] is False


def test_with_one_space_a_write_means_it(owner: Caller) -> None:
    register(owner, TWO, "station")
    register(owner, ONE)
    assert address(owner.publish("news", connect=HTTP)) == f"{ONE}/pre"


def test_with_two_spaces_a_write_has_to_say_which(newer: Place, owner: Caller) -> None:
    one, two = register(owner, ONE), register(owner, TWO)
    new = {"name": "News", "type": "model", "connect": HTTP}
    unclear = [
        owner.post("/endpoints", json=new),
        owner.post("/endpoints/sync", json={"endpoints": [new]}),
        owner.report("news", at=newer.clock.now),
        owner.put("/users/me", json={"domain": "http://h"}),
    ]
    assert [(answer.status_code, answer.json()["detail"]["count"]) for answer in unclear] == [(422, 2)] * 4
    made = owner.post("/endpoints", json=new, params={"satellite_id": two["id"]}).json()
    assert address(made) == f"{TWO}/pre"
    assert origins(owner) == [one["base_url"], two["base_url"]]


def test_an_unknown_id_is_a_404_on_every_write_but_a_taken_slug_comes_first(newer: Place, owner: Caller) -> None:
    register(owner)
    unknown = str(uuid4())
    new = {"name": "News", "type": "model", "slug": "news"}
    answers = [
        owner.post("/endpoints", json=new, params={"satellite_id": unknown}),
        owner.post("/endpoints/sync", json={"endpoints": [new], "satellite_id": unknown}),
        owner.report("news", at=newer.clock.now, satellite_id=unknown),
        owner.post("/verify", json={"token": "x", "satellite_id": unknown}),
    ]
    assert [code(one) for one in answers] == [(404, "NOT_FOUND")] * 4
    owner.publish("news")
    assert owner.post("/endpoints", json=new, params={"satellite_id": unknown}).status_code == 400
    bad = owner.post("/endpoints", json=new, params={"satellite_id": "x"})
    assert owner.kinds(bad) == [("uuid_parsing", ["query", "satellite_id"])]


def test_a_second_space_without_an_id_hijacks_the_first(newer: Place, owner: Caller) -> None:
    made = register(owner, ONE)
    owner.publish("news", connect=HTTP)
    owner.put("/users/me", json={"domain": TWO})
    assert owner.get("/satellites").json() == [{**made, "base_url": TWO}]
    owner.report("news", at=newer.clock.now)
    assert origins(owner) == [ONE]


def test_without_a_space_a_report_or_a_domain_registers_one(newer: Place, owner: Caller) -> None:
    bob = newer.person("bob")
    owner.report("news", at=newer.clock.now)
    bob.put("/users/me", json={"domain": "http://H:80/x"})
    assert [origins(who) for who in (owner, bob)] == [[ONE], ["http://h"]]


def test_a_report_stamps_and_moves_before_it_looks_at_slugs(newer: Place, owner: Caller) -> None:
    made = register(owner, TWO)
    newer.clock.forward(5)
    answer = owner.report("unknown", at=newer.clock.now, satellite_id=made["id"])
    assert answer.json() == {"updated": 0, "ignored": 1}
    seen = owner.get("/satellites").json()
    assert [(one["base_url"], one["last_seen_at"]) for one in seen] == [(ONE, "2026-03-01T12:00:05.000000Z")]


def test_a_report_from_a_siblings_origin_is_a_conflict(newer: Place, owner: Caller) -> None:
    register(owner, ONE)
    two = register(owner, TWO)
    answer = owner.report("news", at=newer.clock.now, satellite_id=two["id"])
    assert code(answer) == (409, "CONFLICT")
    assert [one["last_seen_at"] for one in owner.get("/satellites").json()] == [None, None]


def test_a_report_reaches_a_siblings_listing(newer: Place, owner: Caller) -> None:
    one, two = register(owner, ONE), register(owner, TWO)
    owner.publish("news", params={"satellite_id": two["id"]})
    answer = owner.report("news", at=newer.clock.now, satellite_id=one["id"], status="unhealthy")
    assert answer.json()["updated"] == 1
    assert owner.get("/endpoints").json()[0]["health_status"] == "unhealthy"


def test_a_sync_replaces_one_satellites_listings_and_adopts_the_unattached(owner: Caller) -> None:
    owner.publish("free")
    one, two = register(owner, ONE), register(owner, TWO)
    owner.publish("first", params={"satellite_id": one["id"]})
    owner.publish("second", params={"satellite_id": two["id"]})
    items = [{"name": "Free", "type": "model", "slug": "free", "connect": HTTP}]
    answer = owner.post("/endpoints/sync", json={"endpoints": items, "satellite_id": one["id"]}).json()
    assert (answer["synced"], answer["deleted"], address(answer["endpoints"][0])) == (1, 2, f"{ONE}/pre")
    assert sorted(owner.listed()) == ["free", "second"]


def test_a_sync_with_a_siblings_slug_fails_and_changes_nothing(owner: Caller) -> None:
    one, two = register(owner, ONE), register(owner, TWO)
    owner.publish("first", params={"satellite_id": one["id"]})
    owner.publish("second", params={"satellite_id": two["id"]})
    items = [{"name": "N", "type": "model", "slug": slug} for slug in ("other", "second")]
    answer = owner.post("/endpoints/sync", json={"endpoints": items, "satellite_id": one["id"]})
    assert code(answer) == (500, "SYNC_FAILED")
    assert sorted(owner.listed()) == ["first", "second"]


def test_the_domain_shown_is_the_oldest_spaces(owner: Caller) -> None:
    register(owner, "http://127.0.0.1:7003", "station")
    assert owner.get("/auth/me").json()["domain"] is None
    register(owner, TWO)
    register(owner, ONE)
    assert owner.get("/auth/me").json()["domain"] == TWO == owner.get("/users/public/alice").json()["domain"]


def token_for(who: Caller, **query: str) -> str:
    answer = who.get("/token", params=query)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["target_token"])


def test_a_token_is_made_out_to_the_satellite_at_the_resource(newer: Place, owner: Caller) -> None:
    bob = newer.person("bob")
    one, two = register(owner, ONE), register(owner, TWO)
    token = token_for(bob, owner_username="Alice", resource=f"{TWO}/pre/api/v1/endpoints/news/query")
    right = owner.post("/verify", json={"token": token, "satellite_id": two["id"]}).json()
    wrong = owner.post("/verify", json={"token": token, "satellite_id": one["id"]}).json()
    anyone = owner.post("/verify", json={"token": token}).json()
    assert (right["valid"], right["aud"], right["email"]) == (True, two["id"], "bob@example.org")
    assert (wrong["valid"], wrong["error"]) == (False, "audience_mismatch")
    assert anyone["valid"] is True
    assert bob.post("/verify", json={"token": token}).json()["error"] == "audience_mismatch"


def test_the_older_way_of_asking_works_with_exactly_one_satellite(newer: Place, owner: Caller) -> None:
    bob = newer.person("bob")
    assert code(bob.get("/token", params={"aud": "alice"})) == (404, "AUDIENCE_NOT_FOUND")
    made = register(owner)
    token = token_for(bob, aud="alice")
    assert owner.post("/verify", json={"token": token, "satellite_id": made["id"]}).json()["valid"] is True
    register(owner, TWO, "station")
    assert bob.get("/token", params={"aud": "alice"}).status_code == 422


def test_no_token_is_made_for_an_address_that_is_not_registered(newer: Place, owner: Caller) -> None:
    register(owner)
    for resource in ("http://localhost:7001/x", "nonsense"):
        answer = newer.nobody.get("/token/guest", params={"owner_username": "alice", "resource": resource})
        assert (answer.status_code, answer.json()["detail"]["destination"]) == (422, resource)


def test_a_token_needs_an_owner(newer: Place, owner: Caller) -> None:
    nothing = newer.nobody.get("/token/guest")
    unknown = newer.nobody.get("/token/guest", params={"owner_username": "zed", "resource": ONE})
    assert [code(nothing), code(unknown)] == [(400, "MISSING_AUDIENCE"), (404, "AUDIENCE_NOT_FOUND")]


def test_a_hub_that_is_upgraded_keeps_its_listings_unattached(open_hub: Callable[..., Place]) -> None:
    older = open_hub("accounts")
    alice = older.person("alice")
    alice.put("/users/me", json={"domain": ONE})
    alice.publish("news", connect=HTTP)
    older.running.stop()
    alice.root = open_hub("satellites").running.url
    assert alice.get("/satellites").json() == []
    assert address(alice.get("/endpoints").json()[0]) == "/pre"
