"""What becomes of ordinary answers: the client over a real server."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import (
    AuthenticationFailed,
    ConfigurationError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
)
from publicist.core.http import Answer, Client, Deadline, HttpSettings, Sessions
from publicist.core.secrets import Secret
from pytest_httpserver import HTTPServer
from werkzeug import Request

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TOKEN = Secret("syft_pat_0123456789abcdef")


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    kept = Sessions(HttpSettings(), clock=lambda: NOW)
    yield kept
    kept.close()


@pytest.fixture
def client(sessions: Sessions, httpserver: HTTPServer) -> Client:
    return sessions.client("one", httpserver.url_for("/api/v1/"), Deadline.after(5))


def seen(httpserver: HTTPServer, number: int = -1) -> Request:
    return httpserver.log[number][0]


def test_a_read_returns_what_the_marketplace_answered(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/things", query_string={"page": "2"}).respond_with_json(
        {"items": [1]}, headers={"X-Total": "9"}
    )
    answer = client.get("/things", params={"page": 2})
    assert (answer.status, answer.json(), answer.headers["x-total"]) == (200, {"items": [1]}, "9")
    assert (answer.url, answer.method, answer.ok) == (httpserver.url_for("/api/v1/things"), "GET", True)
    assert seen(httpserver).headers["User-Agent"].startswith("publicist/")


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_each_verb_sends_its_json_and_its_credential(verb: str, client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/things", method=verb.upper()).respond_with_data(status=204)
    send: Callable[..., Answer] = getattr(client, verb)
    answer = send("things", json={"name": "café", "key": Secret("inner-secret")}, auth=TOKEN)
    assert answer.status == 204
    assert seen(httpserver).get_json() == {"name": "café", "key": "inner-secret"}
    assert seen(httpserver).headers["Authorization"] == f"Bearer {TOKEN.reveal()}"


def test_a_form_and_a_secret_header_are_sent_revealed(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({})
    client.post(
        "/auth/login",
        form={"username": "ann", "password": Secret("p&ss wörd")},
        headers={"X-API-Key": Secret("key123")},
    )
    assert dict(seen(httpserver).form) == {"username": "ann", "password": "p&ss wörd"}
    assert seen(httpserver).headers["X-API-Key"] == "key123"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_error_is_the_adapters_to_judge(
    method: str, status: int, client: Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/v1/x").respond_with_json({"detail": "no"}, status=status)
    answer = client.request(method, "/x")
    assert (answer.status, answer.json(), answer.ok) == (status, {"detail": "no"}, False)


@pytest.mark.parametrize(
    ("method", "safe", "status", "expected", "cause"),
    [
        ("GET", False, 429, RateLimited, "rate_limited"),
        ("POST", False, 429, RateLimited, "rate_limited"),
        ("GET", False, 503, MarketplaceUnavailable, "marketplace_unavailable"),
        ("POST", False, 503, MarketplaceUnavailable, "marketplace_unavailable"),
        ("GET", False, 500, MarketplaceUnavailable, "marketplace_unavailable"),
        ("GET", False, 502, MarketplaceUnavailable, "marketplace_unavailable"),
        ("POST", False, 500, OutcomeUnknown, "marketplace_unavailable"),
        ("PATCH", False, 504, OutcomeUnknown, "marketplace_unavailable"),
        ("DELETE", False, 599, OutcomeUnknown, "marketplace_unavailable"),
        ("POST", True, 500, MarketplaceUnavailable, "marketplace_unavailable"),
        ("GET", False, 777, MarketplaceUnavailable, "marketplace_unavailable"),
        ("GET", False, 304, MarketplaceUnavailable, "marketplace_unavailable"),
    ],
)
def test_a_status_that_is_no_answer_is_an_error_of_its_kind(
    method: str, safe: bool, status: int, expected: type, cause: str, client: Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/v1/x").respond_with_data("<h1>Oh</h1> no", status=status)
    with pytest.raises(expected) as caught:
        client.request(method, "/x", safe=safe)
    assert type(caught.value) is expected
    assert caught.value.cause_code == cause
    assert f"{method} {httpserver.url_for('/api/v1/x')}" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("Fri, 01 May 2026 12:02:00 GMT", 120.0),
        ("Fri, 01 May 2026 14:02:00 +0200", 120.0),
        ("Fri, 01 May 2026 12:02:00 -0000", 120.0),
        ("Fri, 01 May 2026 11:00:00 GMT", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 400, None),
        ("soon", None),
        ("Fri, 99 May 2026 12:00:00 GMT", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read_as_seconds_or_as_a_date(
    status: int, header: str | None, seconds: float | None, client: Client, httpserver: HTTPServer
) -> None:
    headers = {"Retry-After": header} if header else {}
    httpserver.expect_request("/api/v1/x").respond_with_data(status=status, headers=headers)
    with pytest.raises((RateLimited, MarketplaceUnavailable)) as caught:
        client.post("/x")
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    ["<html>Welcome to the hotel</html>", "", "{", "NaN", '{"a": Infinity}', "[" * 50_000, b"\xff\xfe{", "1" * 5000],
)
@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        ("GET", 200, MarketplaceUnavailable),
        ("GET", 404, MarketplaceUnavailable),
        ("POST", 201, OutcomeUnknown),
        ("POST", 403, MarketplaceUnavailable),
    ],
)
def test_a_body_that_is_not_json_is_no_answer(
    method: str, status: int, expected: type, body: str | bytes, client: Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/v1/x").respond_with_data(body, status=status, content_type="text/html")
    answer = client.request(method, "/x")
    with pytest.raises(expected) as caught:
        answer.json()
    assert caught.value.cause_code == "marketplace_unavailable"
    assert "text/html" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("plain words", "plain words"),
        ("<html><head><style>p{}</style></head><body><p>Bad\n\n gateway</p><script>x()</script>", "Bad gateway"),
        ('{"detail": "1 < 2 and 3 > 2"}', '{"detail": "1 < 2 and 3 > 2"}'),
        ("&lt;b&gt;bold&lt;/b&gt; &amp; more", "bold & more"),
        ("<<b>script>alert(1)</script>", "< script>alert(1)"),
        ("cut <img src=x onerror=", "cut"),
        ("a\x00b\x1b[31mc\u202ed\u2066e\u2028f\ufeffg", "a b [31mcde fg"),
        ("Bearer abcdef123456 refused", "Bearer *** refused"),
    ],
)
def test_the_text_of_a_body_is_plain_and_on_one_line(body: str, text: str) -> None:
    assert Answer(400, {}, body.encode(), "http://h/x", "GET").text() == text


@given(
    st.binary(max_size=300) | st.text(st.sampled_from("<>/ab!?&lt;#\u202e\x00 \n")).map(str.encode), st.integers(1, 50)
)
def test_no_body_gives_text_with_tags_controls_or_too_many_characters(body: bytes, limit: int) -> None:
    text = Answer(400, {}, body, "http://h/x", "GET").text(limit)
    assert len(text) <= limit
    assert text == " ".join(text.split())
    assert not re.search(r"<[a-z!?/]", text, re.IGNORECASE)
    assert not {unicodedata.category(character) for character in text} & {"Cc", "Cf"}


def test_the_text_of_a_body_is_cut_with_a_mark() -> None:
    answer = Answer(400, {}, b"x" * 100_000, "http://h/x", "GET")
    assert answer.text(10) == "xxxxxxxxx…"
    assert len(answer.text()) == 200


def test_a_body_larger_than_allowed_is_refused(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/x").respond_with_data(json.dumps("x" * 100))
    assert client.get("/x", max_bytes=102).json() == "x" * 100
    with pytest.raises(MarketplaceUnavailable, match="larger than 101 bytes"):
        client.get("/x", max_bytes=101)
    with pytest.raises(OutcomeUnknown) as caught:
        client.post("/x", max_bytes=101)
    assert caught.value.cause_code == "marketplace_unavailable"


def test_nothing_is_sent_after_the_deadline(sessions: Sessions, httpserver: HTTPServer) -> None:
    client = sessions.client("one", httpserver.url_for("/"), Deadline.after(0))
    with pytest.raises(MarketplaceUnavailable, match="was not sent"):
        client.post("/x")
    assert httpserver.log == []


@pytest.mark.parametrize("credential", ["two\nlines", "tab\t", "naïve", "wide ", "x\r\nHost: evil.example"])
def test_a_credential_that_no_header_can_carry_is_refused_without_being_shown(
    credential: str, client: Client, httpserver: HTTPServer
) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        client.get("/x", headers={"X-API-Key": Secret(credential)})
    assert credential not in str(caught.value) + caught.value.remedy
    with pytest.raises(RejectedError):
        client.get("/x", headers={"X-Note": credential})
    assert httpserver.log == []


def test_json_that_is_not_json_is_refused_before_it_is_sent(client: Client, httpserver: HTTPServer) -> None:
    with pytest.raises(RejectedError):
        client.post("/x", json={"price": float("nan")})
    assert httpserver.log == []


def test_cookies_are_neither_kept_nor_sent(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/x").respond_with_data(headers={"Set-Cookie": "session=abc; Path=/"})
    client.get("/x")
    client.get("/x")
    assert "Cookie" not in seen(httpserver).headers


def test_the_environment_does_not_choose_proxy_certificates_or_credentials(
    client: Client, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("NETRC", "/nowhere")
    httpserver.expect_request("/api/v1/x").respond_with_data("ok")
    assert client.get("/x").body == b"ok"


@pytest.mark.parametrize(
    "settings",
    [
        HttpSettings(proxy="socks5://localhost:1080"),
        HttpSettings(proxy="localhost"),
        HttpSettings(ca_bundle="/nowhere/ca.pem"),
    ],
)
def test_a_proxy_or_a_bundle_that_does_not_do_stops_the_start(settings: HttpSettings) -> None:
    with pytest.raises(ConfigurationError):
        Sessions(settings)


def test_the_proxys_password_is_not_in_the_settings_repr() -> None:
    assert "hunter22" not in repr(HttpSettings(proxy="http://u:hunter22@proxy.example"))
