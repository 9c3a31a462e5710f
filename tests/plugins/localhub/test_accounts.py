"""Accounts and profiles, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller, Place

PASSWORD = "Passw0rd1"
REGISTRATION = {"username": "carol", "email": "carol@example.org", "full_name": "Carol", "password": PASSWORD}


def test_registration_gives_the_account_and_its_tokens(place: Place) -> None:
    answer = place.nobody.post("/auth/register", json={**REGISTRATION, "username": "CAROL"})
    made = answer.json()
    assert answer.status_code == 201
    assert made["user"] == {
        "id": 1,
        "username": "carol",
        "email": "carol@example.org",
        "full_name": "Carol",
        "role": "user",
        "is_active": True,
        "created_at": "2026-03-01T12:00:00.000000Z",
    }
    assert (made["token_type"], made["requires_email_verification"]) == ("bearer", False)


def test_a_taken_user_name_is_replaced_without_a_word(place: Place, alice: Caller) -> None:
    sent = {**REGISTRATION, "username": "Alice", "email": "Alice.Other@example.org"}
    made = place.nobody.post("/auth/register", json=sent).json()
    again = place.nobody.post("/auth/register", json={**sent, "email": "alice.other@example.com"}).json()
    assert made["user"]["username"] == "aliceother"
    assert again["user"]["username"] not in ("alice", "aliceother")


def test_a_taken_email_address_is_a_conflict(place: Place, alice: Caller) -> None:
    answer = place.nobody.post("/auth/register", json={**REGISTRATION, "email": "ALICE@example.org"})
    assert answer.status_code == 409
    assert {name: answer.json()["detail"][name] for name in ("code", "field")} == {
        "code": "USER_ALREADY_EXISTS",
        "field": "email",
    }


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"username": "ab"}, "string_too_short"),
        ({"username": "a" * 51}, "string_too_long"),
        ({"username": "a b"}, "value_error"),
        ({"username": 5}, "string_type"),
        ({"email": "nobody"}, "value_error"),
        ({"email": None}, "string_type"),
        ({"full_name": ""}, "string_too_short"),
        ({"full_name": "x" * 101}, "string_too_long"),
        ({"password": "Short1"}, "value_error"),
        ({"password": "onlyletters"}, "value_error"),
        ({"password": "1234567890"}, "value_error"),
    ],
)
def test_a_bad_registration_names_the_field(place: Place, change: dict[str, Any], kind: str) -> None:
    answer = place.nobody.post("/auth/register", json={**REGISTRATION, **change})
    (name,) = change
    assert place.nobody.kinds(answer) == [(kind, ["body", name])]
    assert answer.json()["detail"][0]["input"] == change[name]


def test_missing_fields_are_all_named_with_what_was_sent(place: Place) -> None:
    answer = place.nobody.post("/auth/register", json={"username": "carol"})
    assert place.nobody.kinds(answer) == [
        ("missing", ["body", "email"]),
        ("missing", ["body", "full_name"]),
        ("missing", ["body", "password"]),
    ]
    assert answer.json()["detail"][0]["input"] == {"username": "carol"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{bad", ("json_invalid", ["body", 1])),
        ('{"a": NaN}', ("json_invalid", ["body", 0])),
        ("", ("missing", ["body"])),
        ('"x"', ("model_attributes_type", ["body"])),
        ("[]", ("model_attributes_type", ["body"])),
    ],
)
def test_a_body_that_is_no_object_is_a_422(place: Place, text: str, expected: tuple[str, list[str]]) -> None:
    answer = place.nobody.post("/auth/register", data=text, headers={"Content-Type": "application/json"})
    assert place.nobody.kinds(answer) == [expected]


def test_a_form_is_not_taken_for_json(place: Place) -> None:
    answer = place.nobody.post("/auth/register", data='{"username": "x"}', headers={"Content-Type": "text/plain"})
    assert place.nobody.kinds(answer) == [("model_attributes_type", ["body"])]


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org"])
def test_login_takes_a_form_with_name_or_email(place: Place, alice: Caller, name: str) -> None:
    answer = place.nobody.post("/auth/login", data={"username": name, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "alice"


def test_login_refuses_json_and_wrong_passwords(place: Place, alice: Caller) -> None:
    as_json = place.nobody.post("/auth/login", json={"username": "alice", "password": PASSWORD})
    wrong = place.nobody.post("/auth/login", data={"username": "alice", "password": "x"})
    assert [one[1] for one in place.nobody.kinds(as_json)] == [["body", "username"], ["body", "password"]]
    assert wrong.status_code == 401
    assert isinstance(wrong.json()["detail"], str)


def test_a_refresh_token_stays_good_after_use_and_after_logout(place: Place, alice: Caller) -> None:
    sent = {"refresh_token": alice.refresh_token}
    first, second = place.nobody.post("/auth/refresh", json=sent), place.nobody.post("/auth/refresh", json=sent)
    assert (first.status_code, second.status_code) == (200, 200)
    assert set(first.json()) == {"access_token", "refresh_token", "token_type"}
    assert alice.post("/auth/logout").status_code == 204
    assert alice.get("/auth/me").status_code == 401
    assert place.nobody.post("/auth/refresh", json=sent).status_code == 200


def test_logging_out_ends_one_session_only(place: Place, alice: Caller) -> None:
    other = place.nobody.post("/auth/login", data={"username": "alice", "password": PASSWORD}).json()
    alice.post("/auth/logout")
    alice.token = other["access_token"]
    assert alice.get("/auth/me").status_code == 200


def test_tokens_hold_only_for_their_kind_and_time(place: Place, alice: Caller) -> None:
    wrong_kind = place.nobody.post("/auth/refresh", json={"refresh_token": alice.token})
    assert (wrong_kind.status_code, wrong_kind.json()) == (401, {"detail": "Invalid refresh token"})
    place.clock.forward(30 * 60)
    assert alice.get("/auth/me").status_code == 401
    assert place.nobody.post("/auth/refresh", json={"refresh_token": alice.refresh_token}).status_code == 200
    place.clock.forward(7 * 86400)
    assert place.nobody.post("/auth/refresh", json={"refresh_token": alice.refresh_token}).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5"])
def test_no_answer_to_a_stranger_says_how_to_sign_in(place: Place, header: str) -> None:
    answer = place.nobody.get("/users/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers


def test_a_password_changes_only_with_the_present_one(place: Place, alice: Caller) -> None:
    wrong = alice.put("/auth/me/password", json={"current_password": "x", "new_password": "Passw0rd2"})
    right = alice.put("/auth/me/password", json={"current_password": PASSWORD, "new_password": "Passw0rd2"})
    login = place.nobody.post("/auth/login", data={"username": "alice", "password": "Passw0rd2"})
    assert (wrong.status_code, right.status_code, login.status_code) == (400, 204, 200)


def test_no_code_is_ever_right_and_none_is_sent(place: Place) -> None:
    sent = place.nobody.post("/auth/register/resend-otp", json={"email": "x@example.org"})
    code = {"email": "x@example.org", "code": "123456"}
    answer = place.nobody.post("/auth/register/verify-otp", json=code)
    assert sent.status_code == 200
    assert (answer.status_code, answer.json()["detail"]["code"]) == (400, "INVALID_OTP")


def test_sign_up_can_be_closed_and_is_closed_to_forwarded_requests(open_hub: Callable[..., Place]) -> None:
    closed, opened = open_hub(open_signup=False, folder="closed"), open_hub(folder="opened")
    forwarded = opened.nobody.post("/auth/register", json=REGISTRATION, headers={"X-Forwarded-For": "192.0.2.1"})
    assert closed.nobody.post("/auth/register", json=REGISTRATION).status_code == 403
    assert forwarded.status_code == 403
    assert opened.nobody.post("/auth/register", json=REGISTRATION).status_code == 201


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("http://127.0.0.1:9999/sub/", "http://127.0.0.1:9999/sub"),
        ("https://space.example", "https://space.example"),
        (" http://h ", "http://h"),
        ("tunneling:someone-else", "tunneling:someone-else"),
        (None, None),
    ],
)
def test_a_domain_is_kept_as_given_but_for_slashes_at_its_end(alice: Caller, sent: Any, stored: Any) -> None:
    alice.put("/users/me", json={"domain": "http://before"})
    answer = alice.put("/users/me", json={"domain": sent})
    assert (answer.status_code, answer.json()["domain"]) == (200, stored)
    assert alice.get("/users/public/alice").json()["domain"] == stored


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("space.example", "value_error"),
        ("ftp://x", "value_error"),
        ("http://", "value_error"),
        ("http://[", "value_error"),
        ("tunneling:", "value_error"),
        ("tunneling:a b", "value_error"),
        ("tunneling:" + "a" * 51, "value_error"),
        ("https://" + "x" * 500, "string_too_long"),
        (5, "string_type"),
        ("", "value_error"),
    ],
)
def test_a_bad_domain_is_a_422(alice: Caller, sent: Any, kind: str) -> None:
    assert alice.kinds(alice.put("/users/me", json={"domain": sent})) == [(kind, ["body", "domain"])]


def test_a_profile_is_changed_in_part_and_null_clears_only_domain_and_bio(alice: Caller) -> None:
    first = {"bio": "hi", "avatar_url": "x", "is_email_public": True, "wallet_address": "0x1", "junk": 1}
    assert alice.put("/users/me", json=first).json()["wallet_address"] is None
    alice.put("/users/me", json={"bio": None, "avatar_url": None, "full_name": None})
    profile = alice.get("/auth/me").json()
    assert (profile["bio"], profile["avatar_url"], profile["full_name"]) == (None, "x", "alice")
    assert profile == alice.get("/users/me").json()


@pytest.mark.parametrize(("field", "value"), [("username", "BOB"), ("email", "bob@example.org")])
def test_a_taken_name_or_address_in_a_profile_is_a_conflict(alice: Caller, bob: Caller, field: str, value: str) -> None:
    answer = alice.put("/users/me", json={field: value})
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["code"]) == (409, "CONFLICT")
    assert (detail["resource"], detail["field"]) == ("user", field)


def test_a_name_may_be_changed_to_anything_and_moves_the_public_paths(alice: Caller) -> None:
    alice.publish("news")
    assert alice.put("/users/me", json={"username": "P b/3"}).json()["username"] == "p b/3"
    assert alice.get("/endpoints/public/by-owner/alice").json() == []


def test_an_account_can_lock_itself_out(place: Place, alice: Caller) -> None:
    assert alice.put("/users/me", json={"is_active": False}).status_code == 200
    login = place.nobody.post("/auth/login", data={"username": "alice", "password": PASSWORD})
    assert (alice.get("/auth/me").status_code, login.status_code) == (401, 401)
    assert place.nobody.get("/users/public/alice").status_code == 404


def test_an_email_address_is_public_only_if_its_owner_says_so(place: Place, alice: Caller) -> None:
    hidden = place.nobody.get("/users/public/ALICE").json()
    alice.put("/users/me", json={"is_email_public": True})
    shown = place.nobody.get("/users/public/alice").json()
    assert (hidden["email"], shown["email"]) == (None, "alice@example.org")


def test_names_and_addresses_can_be_asked_for_beforehand(place: Place, alice: Caller) -> None:
    ask = place.nobody.get
    assert ask("/users/check-username/ALICE").json() == {"available": False, "username": "alice"}
    assert ask("/users/check-username/free").json() == {"available": True, "username": "free"}
    assert ask("/users/check-email/alice@example.org").json() == {"available": False, "email": "alice@example.org"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/me/tunnel-credentials"),
        ("GET", "/nats/credentials"),
        ("POST", "/peer-token"),
        ("POST", "/nats/guest-peer-token"),
    ],
)
def test_there_are_no_tunnels(alice: Caller, method: str, path: str) -> None:
    answer = alice.ask(method, path, json={})
    assert (answer.status_code, type(answer.json()["detail"])) == (503, str)
    assert "Retry-After" not in answer.headers


def test_an_encryption_key_can_be_kept_and_shown(place: Place, alice: Caller) -> None:
    key = "A" * 43
    assert alice.put("/nats/encryption-key", json={"encryption_public_key": key}).json() == {"status": "ok"}
    assert place.nobody.get("/nats/encryption-key/alice").json() == {"encryption_public_key": key}
    assert alice.put("/nats/encryption-key", json={"encryption_public_key": "abc"}).status_code == 422
    assert place.nobody.get("/nats/encryption-key/nobody").status_code == 404
