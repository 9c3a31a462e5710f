"""Satellite tokens of the older dialect: for an account, checked by key or by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests
    from conftest import Caller, Place


def mint(who: Caller, path: str = "/token", audience: str = "alice") -> str:
    answer = who.get(path, params={"aud": audience})
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 60)
    return str(answer.json()["target_token"])


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_a_token_can_be_checked_with_the_published_key(place: Place, alice: Caller, bob: Caller) -> None:
    answer = place.nobody.get("/.well-known/jwks.json", at_root=True)
    (key,) = answer.json()["keys"]
    token = mint(bob, audience="ALICE")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    claims = jwt.decode(
        token,
        jwt.PyJWK(key),
        algorithms=["RS256"],
        audience="alice",
        options={"verify_exp": False, "verify_iat": False},
    )
    now = int(place.clock.now.timestamp())
    assert claims == {
        "sub": str(bob.user["id"]),
        "iss": "https://localhub.invalid",
        "aud": "alice",
        "iat": now,
        "exp": now + 60,
        "role": "user",
    }
    assert (key["use"], key["alg"], answer.headers["Cache-Control"]) == ("sig", "RS256", "public, max-age=3600")


def test_the_owner_learns_who_is_asking(place: Place, alice: Caller, bob: Caller) -> None:
    now = int(place.clock.now.timestamp())
    times = {"valid": True, "aud": "alice", "exp": now + 60, "iat": now}
    person = {"sub": str(bob.user["id"]), "email": "bob@example.org", "username": "bob", "role": "user"}
    guest = {"sub": "guest", "email": "guest@syfthub.org", "username": "guest", "role": "guest"}
    alice.token = alice.post("/auth/tokens", json={"name": "space"}).json()["token"]
    assert alice.post("/verify", json={"token": mint(bob)}).json() == {**times, **person}
    assert alice.post("/verify", json={"token": mint(place.nobody, "/token/guest")}).json() == {**times, **guest}


def forged(token: str, **header: Any) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, "k" * 32, algorithm="HS256", headers=header)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda _token: "x", "invalid_token_format"),
        (lambda _token: "", "invalid_token_format"),
        (lambda _token: "a.b.c", "invalid_token_format"),
        (forged, "missing_kid"),
        (lambda token: forged(token, kid="other"), "unknown_key"),
        (lambda token: forged(token, kid="hub-key-1"), "decode_error"),
        (lambda token: token.rpartition(".")[0] + "." + "A" * 342, "invalid_signature"),
    ],
)
def test_a_token_that_does_not_hold_is_a_200_with_the_reason(
    alice: Caller, bob: Caller, spoil: Callable[[str], str], error: str
) -> None:
    answer = alice.post("/verify", json={"token": spoil(mint(bob))})
    assert answer.status_code == 200
    assert {**answer.json(), "message": ""} == {"valid": False, "error": error, "message": ""}


def test_a_token_holds_for_a_minute_and_for_its_audience_only(place: Place, alice: Caller, bob: Caller) -> None:
    token = mint(bob)
    assert bob.post("/verify", json={"token": token}).json()["error"] == "audience_mismatch"
    place.clock.forward(59)
    assert alice.post("/verify", json={"token": token}).json()["valid"] is True
    place.clock.forward(1)
    assert alice.post("/verify", json={"token": token}).json()["error"] == "token_expired"


def test_another_hubs_issuer_is_refused(open_hub: Callable[..., Place]) -> None:
    before = open_hub(issuer="https://old.example")
    alice = before.person("alice")
    token = mint(before.nobody, "/token/guest")
    before.running.stop()
    alice.root = open_hub(issuer="https://new.example").running.url
    assert alice.post("/verify", json={"token": token}).json()["error"] == "invalid_issuer"


def test_an_account_that_was_switched_off_is_refused(alice: Caller, bob: Caller) -> None:
    token = mint(bob)
    bob.put("/users/me", json={"is_active": False})
    assert alice.post("/verify", json={"token": token}).json()["error"] == "user_inactive"


def test_an_audience_has_to_be_an_active_account(place: Place, alice: Caller, bob: Caller) -> None:
    assert code(alice.get("/token?aud=zed")) == (404, "AUDIENCE_NOT_FOUND")
    assert alice.get("/token?aud=zed").json()["detail"]["audience"] == "zed"
    assert alice.kinds(alice.get("/token")) == [("missing", ["query", "aud"])]
    bob.put("/users/me", json={"is_active": False})
    assert alice.get("/token?aud=bob").status_code == 400
    assert alice.get("/token/audiences").json()["allowed_audiences"] == ["alice"]


def test_the_keys_outlive_a_restart(open_hub: Callable[..., Place]) -> None:
    before = open_hub()
    alice = before.person("alice")
    token = mint(before.nobody, "/token/guest")
    before.running.stop()
    alice.root = open_hub().running.url
    assert alice.post("/verify", json={"token": token}).json()["valid"] is True
