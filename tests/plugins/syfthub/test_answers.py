"""The three shapes of a refusal, and what each becomes."""

import json
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    RejectedError,
)
from publicist.core.http import Answer
from publicist.plugins.syfthub.answers import failure, problem

PAGE = b"<html><head><title>502</title></head><body><h1>Blocked</h1> by the proxy</body></html>"


def answered(status: int, detail: Any) -> Answer:
    body = detail if isinstance(detail, bytes) else json.dumps({"detail": detail}).encode()
    return Answer(status, {}, body, "https://hub.example/api/v1/endpoints", "POST")


def entry(*loc: str | int, msg: str = "Not right", **more: Any) -> dict[str, Any]:
    return {"type": "value_error", "loc": list(loc), "msg": msg, "input": "hush-hush", **more}


@pytest.mark.parametrize(
    ("status", "detail", "expected", "cause"),
    [
        (400, "slug already exists - already taken", RejectedError, "validation"),
        (400, "Inactive user", AuthenticationFailed, "authentication_failed"),
        (401, "API token has expired", AuthenticationFailed, "authentication_failed"),
        (401, PAGE, AuthenticationFailed, "authentication_failed"),
        (403, "Permission denied: insufficient permissions", RejectedError, "not_allowed"),
        (403, {"code": "PERMISSION_DENIED", "message": "No."}, RejectedError, "not_allowed"),
        (403, {"code": "EMAIL_NOT_VERIFIED", "message": "Confirm it."}, AuthenticationFailed, "authentication_failed"),
        (403, PAGE, MarketplaceUnavailable, "marketplace_unavailable"),
        (404, "Not Found", MarketplaceUnavailable, "marketplace_unavailable"),
        (404, PAGE, MarketplaceUnavailable, "marketplace_unavailable"),
        (405, "Method Not Allowed", MarketplaceUnavailable, "marketplace_unavailable"),
        (409, {"code": "CONFLICT", "message": "Taken.", "field": "base_url"}, RejectedError, "conflict"),
        (413, PAGE, RejectedError, "validation"),
        (422, [entry("body", "name")], RejectedError, "validation"),
        (422, {"code": "X", "message": "Several spaces.", "count": 2}, RejectedError, "validation"),
        (422, b"[]", MarketplaceUnavailable, "marketplace_unavailable"),
        (400, b"not json", MarketplaceUnavailable, "marketplace_unavailable"),
    ],
)
def test_a_refusal_becomes_the_error_that_fits(
    status: int, detail: Any, expected: type[MarketplaceError], cause: str
) -> None:
    error = failure(answered(status, detail), "create the listing")

    assert type(error) is expected
    assert error.cause_code == cause
    assert error.message.startswith("The hub did not create the listing: ")
    assert error.message.endswith(f"(HTTP {status}).")


def test_an_unconfirmed_address_has_its_own_remedy() -> None:
    error = failure(answered(403, {"code": "EMAIL_NOT_VERIFIED", "message": "Not verified."}), "log us in")

    assert "Confirm the account's e-mail address" in error.remedy


def test_field_errors_are_told_under_our_names() -> None:
    entries = [
        entry("body", "description", msg="Too long"),
        entry("body", "readme", msg="Much too long"),
        entry("body", "policies", 0, "description", msg="Too long as well"),
        entry("body", "tags", msg="Eleven"),
        entry("body", "tags", msg="And one bad"),
        entry("body", "base_url", msg="No origin"),
    ]

    error = failure(answered(422, entries), "create the listing")

    assert isinstance(error, RejectedError)
    assert error.errors == {
        "summary": ["Too long"],
        "description": ["Much too long"],
        "policies.0.description": ["Too long as well"],
        "tags": ["Eleven", "And one bad"],
        "public_url": ["No origin"],
    }


def test_what_was_rejected_is_never_repeated() -> None:
    error = failure(answered(422, [entry("body", "password", ctx={"given": "hush-hush"})]), "log us in")

    assert "hush" not in error.message + repr(error.errors if isinstance(error, RejectedError) else "")


def test_a_hub_that_repeats_our_token_is_not_quoted() -> None:
    said = "bad token syft_pat_0123456789abcdef0123456789abcdef0123456789a"

    assert "syft_pat_" not in failure(answered(401, said), "accept our credential").message


@pytest.mark.parametrize(
    "detail", ["x" * 5000, {"code": "X", "message": "x" * 5000}, [entry("body", "a", msg="x" * 5000)]]
)
def test_long_texts_are_cut(detail: Any) -> None:
    assert len(problem(answered(422, detail)).message) < 250


def test_of_many_field_errors_the_first_are_told() -> None:
    assert len(problem(answered(422, [entry("body", f"f{number}") for number in range(500)])).errors) == 20


@pytest.mark.parametrize("loc", [None, "body", [], ["body"], ["body", None]])
def test_an_odd_location_is_no_obstacle(loc: Any) -> None:
    found = problem(answered(422, [{"loc": loc, "msg": "Not right"}, "text", None]))

    assert [text for texts in found.errors.values() for text in texts] == ["Not right"]


@pytest.mark.parametrize(
    ("detail", "plain"),
    [
        ("Not Found", True),
        ({"code": "NOT_FOUND", "message": "No such satellite"}, False),
        ({"message": "An object without a code"}, False),
        ([entry("body", "x")], False),
        ([], False),
        (PAGE, False),
    ],
)
def test_only_a_bare_text_is_plain(detail: Any, plain: bool) -> None:
    assert problem(answered(404, detail)).plain is plain


def test_a_page_is_told_as_text() -> None:
    found = problem(answered(502, PAGE))

    assert not found.spoken
    assert "Blocked" in found.message
    assert "<" not in found.message
