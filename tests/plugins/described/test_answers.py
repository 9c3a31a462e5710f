"""What answers become: rules first, then the status; an answer to a write that makes no sense is unknown."""

from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    NotSupported,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
    SlugConflict,
)
from publicist.core.http import Sessions
from pytest_httpserver import HTTPServer

from .descriptions import LISTING, described, small

FIND = {"path": "/items/research-qa"}
ITEM = {"id": 7, "slug": LISTING.slug, "title": LISTING.name}


def answered(httpserver: HTTPServer, status: int, body: Any) -> None:
    for path in ("/items", "/items/research-qa"):
        httpserver.expect_request(path).respond_with_json(body, status=status)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RejectedError),
        (401, AuthenticationFailed),
        (403, AuthenticationFailed),
        (404, MarketplaceUnavailable),
        (409, RejectedError),
        (410, MarketplaceUnavailable),
        (422, RejectedError),
        (429, RateLimited),
    ],
)
def test_without_a_rule_the_status_tells(
    httpserver: HTTPServer, sessions: Sessions, status: int, error: type[Exception]
) -> None:
    answered(httpserver, status, {"why": "because"})
    there = described(sessions, httpserver.url_for(""), small(answers={"message": "body.why"}))

    for work in (there.find, there.create):
        with pytest.raises(MarketplaceError) as raised:
            work()
        assert type(raised.value) is error
    assert status == 429 or "because" in str(raised.value)


@pytest.mark.parametrize(
    ("word", "error", "cause"),
    [
        ("slug_conflict", SlugConflict, "slug_conflict"),
        ("authentication", AuthenticationFailed, "authentication_failed"),
        ("rate_limited", RateLimited, "rate_limited"),
        ("unavailable", MarketplaceUnavailable, "marketplace_unavailable"),
        ("unknown", OutcomeUnknown, "outcome_unknown"),
        ("rejected", RejectedError, "validation"),
        ("not_allowed", RejectedError, "not_allowed"),
        ("conflict", RejectedError, "conflict"),
        ("unreachable", RejectedError, "network_unreachable"),
        ("not_supported", NotSupported, "not_supported"),
    ],
)
@pytest.mark.parametrize("status", [200, 409])
def test_a_rule_tells_whatever_the_status(
    httpserver: HTTPServer, sessions: Sessions, status: int, word: str, error: type[Exception], cause: str
) -> None:
    answered(httpserver, status, {"success": False, "code": "X", "why": "because"})
    rule = {"when": "body.code == 'X'", "error": word, "message": "body.why", "remedy": "Do this."}
    there = described(sessions, httpserver.url_for(""), small(answers={"success": "body.success", "errors": [rule]}))

    with pytest.raises(MarketplaceError) as raised:
        there.create()

    assert type(raised.value) is error
    assert (raised.value.cause_code, raised.value.remedy) == (cause, "Do this.")
    assert f"{status}: because" in raised.value.message


def test_what_is_wrong_is_told_by_our_fields(httpserver: HTTPServer, sessions: Sessions) -> None:
    answered(httpserver, 409, {"error": {"title": ["Too long.", "Too loud."], "notes": "Missing."}})
    rule = {"when": "body.error", "error": "rejected", "fields": "body.error"}
    answers = {"errors": [rule], "field_names": {"title": "name"}}

    with pytest.raises(RejectedError) as raised:
        described(sessions, httpserver.url_for(""), small(answers=answers)).create()

    assert raised.value.errors == {"name": ["Too long.", "Too loud."], "notes": ["Missing."]}


def test_a_marketplace_may_say_how_long_to_wait(httpserver: HTTPServer, sessions: Sessions) -> None:
    answered(httpserver, 400, {"wait": 42})
    rule = {"when": "body.wait", "error": "rate_limited", "retry_after": "body.wait"}

    with pytest.raises(RateLimited) as raised:
        described(sessions, httpserver.url_for(""), small(answers={"errors": [rule]})).find()

    assert raised.value.retry_after == 42


def test_only_a_rule_makes_absent_of_a_404(httpserver: HTTPServer, sessions: Sessions) -> None:
    answered(httpserver, 404, {"error": "absent"})

    assert described(sessions, httpserver.url_for("")).find() is None


@pytest.mark.parametrize(
    ("body", "read", "write"),
    [
        ({"success": False}, RejectedError, RejectedError),
        ({}, MarketplaceUnavailable, OutcomeUnknown),
        ([], MarketplaceUnavailable, OutcomeUnknown),
        ({"success": True}, MarketplaceUnavailable, OutcomeUnknown),
        ({"success": True, "id": 7}, MarketplaceUnavailable, OutcomeUnknown),
        ({"success": True, **ITEM, "slug": "another"}, MarketplaceUnavailable, OutcomeUnknown),
        ({"success": True, **ITEM, "id": True}, MarketplaceUnavailable, OutcomeUnknown),
    ],
)
def test_an_answer_that_makes_no_sense(
    httpserver: HTTPServer, sessions: Sessions, body: Any, read: type[Exception], write: type[Exception]
) -> None:
    answered(httpserver, 200, body)
    there = described(sessions, httpserver.url_for(""), small(answers={"success": "body.success"}))

    with pytest.raises(read):
        there.find()
    with pytest.raises(write):
        there.create()


def test_a_page_for_people_is_no_answer(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/items").respond_with_data("<p>Log in", content_type="text/html")
    httpserver.expect_request("/items/research-qa").respond_with_data("<p>Log in", content_type="text/html")
    there = described(sessions, httpserver.url_for(""))

    with pytest.raises(MarketplaceUnavailable):
        there.find()
    with pytest.raises(OutcomeUnknown):
        there.create()
    with pytest.raises(OutcomeUnknown):
        there.plugin.withdraw_listing(there.marketplace, "research-qa", "research-qa", there.call())


def test_a_write_without_a_listing_in_its_answer_is_read_back(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/items", method="POST").respond_with_data("", status=204)
    httpserver.expect_oneshot_request("/items/research-qa").respond_with_json(ITEM)
    data = small()
    data["create"]["read_back"] = True
    there = described(sessions, httpserver.url_for(""), data)

    assert there.create().remote_id == "7"
    httpserver.expect_request("/items/research-qa").respond_with_json({"error": "absent"}, status=404)
    with pytest.raises(OutcomeUnknown):
        there.create()


def test_without_a_request_for_it_a_slug_is_not_called_free(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_oneshot_request("/items/research-qa").respond_with_json({"error": "absent"}, status=404)
    there = described(sessions, httpserver.url_for(""))

    said = there.plugin.slug_available(there.marketplace, "research-qa", there.call())
    assert (said.available, said.reason) == (None, "Small does not tell whether the slug is free.")

    httpserver.expect_request("/items/research-qa").respond_with_json(ITEM)
    assert there.plugin.slug_available(there.marketplace, "research-qa", there.call()).available is False


def test_a_path_that_leads_elsewhere_is_not_asked(httpserver: HTTPServer, sessions: Sessions) -> None:
    there = described(sessions, httpserver.url_for(""))

    with pytest.raises(RejectedError, match="none that can be asked"):
        there.plugin.withdraw_listing(there.marketplace, "..", "research-qa", there.call())

    assert httpserver.log == []


def test_what_is_hidden_is_left_out_and_what_is_null_too(httpserver: HTTPServer, sessions: Sessions) -> None:
    answered(httpserver, 200, {**ITEM, "title": None})

    found = described(sessions, httpserver.url_for("")).find()

    assert found is not None
    assert found.fields == {}


def test_omit_leaves_a_whole_body_out_and_a_part_of_a_value(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/items", method="POST").respond_with_json(ITEM)
    for body in ("{{ omit }}", "{{ {'a': omit, 'b': [omit, 1]} }}"):
        data = small()
        data["create"]["request"]["json"] = body
        described(sessions, httpserver.url_for(""), data).create()

    assert [request.get_data() for request, _answer in httpserver.log] == [b"", b'{"b": [1]}']


def test_a_message_that_cannot_be_made_is_told_with_its_place(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/me").respond_with_json({"name": "ada"})
    connect = {"request": {"path": "/me"}, "account": "body.name", "message": "{{ body.greeting }}"}

    with pytest.raises(MarketplaceUnavailable, match=r"small\.yaml:\d+:\d+: connect\.message"):
        described(sessions, httpserver.url_for(""), small(connect=connect)).connect()


def test_a_next_page_without_an_address_is_no_end(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/items").respond_with_json({"items": [ITEM]}, headers={"Link": '<http://[>; rel="next"'})
    listed = {"request": {"path": "/items"}, "items": "body.items", "paging": {"style": "link"}}

    with pytest.raises(MarketplaceUnavailable, match="not read whole"):
        described(sessions, httpserver.url_for(""), small(list=listed)).fetch()
