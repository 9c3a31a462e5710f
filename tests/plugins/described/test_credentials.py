"""Every way to prove who we are, and that tokens are kept, renewed and never told."""

import base64
import json
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, RejectedError
from publicist.core.http import Sessions
from pytest_httpserver import HTTPServer
from time_machine import travel
from werkzeug import Request, Response

from .descriptions import NOW, Described, described, small

SETTINGS = {
    "api_key": {"title": "Key", "secret": True},
    "user": {"title": "User"},
    "password": {"title": "Password", "secret": True},
}
OAUTH = {"type": "oauth2", "secret": "password", "username": "user", "token_url": "/token", "scope": "list write"}
LOGIN = {
    "type": "login",
    "request": {
        "method": "POST",
        "path": "/login",
        "json": {"u": "{{ settings.user }}", "p": "{{ secrets.password }}"},
    },
    "token": "body.jwt",
    "expires_at": "body.until",
}


def one(httpserver: HTTPServer, sessions: Sessions, *auth: dict[str, Any], **entered: str) -> Described:
    entered = {"api_key": "", "user": "ada", "password": "pass-of-ada", **entered}
    return described(sessions, httpserver.url_for(""), small(settings=SETTINGS, auth=list(auth)), **entered)


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        ({"type": "bearer", "secret": "password"}, ("Authorization", "Bearer pass-of-ada")),
        ({"type": "header", "secret": "password", "name": "X-Key"}, ("X-Key", "pass-of-ada")),
        (
            {"type": "header", "secret": "password", "name": "Authorization", "prefix": "Token "},
            ("Authorization", "Token pass-of-ada"),
        ),
        (
            {"type": "basic", "secret": "password", "username": "user"},
            ("Authorization", "Basic " + base64.b64encode(b"ada:pass-of-ada").decode()),
        ),
    ],
)
def test_a_credential_goes_into_a_header(
    httpserver: HTTPServer, sessions: Sessions, auth: dict[str, Any], sent: tuple[str, str]
) -> None:
    httpserver.expect_request("/me", headers=dict([sent])).respond_with_json({"name": "ada"})

    assert one(httpserver, sessions, auth).connect().name == "ada"


def test_a_credential_goes_into_the_query(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/me", query_string={"key": "pass-of-ada"}).respond_with_json({"name": "ada"})

    assert one(httpserver, sessions, {"type": "query", "secret": "password", "name": "key"}).connect().name == "ada"


def test_the_first_way_whose_settings_are_filled_in_is_used(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/me", headers={"Authorization": "Bearer k"}).respond_with_json({"name": "by key"})
    ways = ({"type": "bearer", "secret": "api_key"}, {"type": "basic", "secret": "password", "username": "user"})
    basic = {"Authorization": "Basic " + base64.b64encode(b"ada:pass-of-ada").decode()}
    httpserver.expect_request("/me", headers=basic).respond_with_json({"name": "by password"})

    assert one(httpserver, sessions, *ways, api_key="k").connect().name == "by key"
    assert one(httpserver, sessions, *ways).connect().name == "by password"
    with pytest.raises(AuthenticationFailed, match="There is no credential"):
        one(httpserver, sessions, *ways, user="").connect()


class Tokens:
    """A server of tokens, and of a resource that takes the last one."""

    def __init__(self, httpserver: HTTPServer, path: str, **more: Any) -> None:
        self.given: list[str] = []
        self.asked: list[Request] = []
        self.more = more
        httpserver.expect_request(path).respond_with_handler(self._give)
        httpserver.expect_request("/me").respond_with_handler(self._show)
        httpserver.expect_request("/items").respond_with_handler(self._show)

    def _give(self, request: Request) -> Response:
        self.asked.append(request)
        request.get_data()
        self.given.append(f"tok-{len(self.given)}")
        return _json({"access_token": self.given[-1], "jwt": self.given[-1], **self.more})

    def _show(self, request: Request) -> Response:
        good = self.given and request.headers.get("Authorization") == f"Bearer {self.given[-1]}"
        return _json({"name": "ada", "items": []}) if good else _json({"error": "no"}, 401)


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def test_oauths_token_is_got_once_and_kept(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token", expires_in=3600)
    there = one(httpserver, sessions, OAUTH)

    there.fetch()
    there.fetch()

    assert tokens.given == ["tok-0"]
    assert tokens.asked[0].form.to_dict() == {"grant_type": "client_credentials", "scope": "list write"}
    assert tokens.asked[0].headers["Authorization"] == "Basic " + base64.b64encode(b"ada:pass-of-ada").decode()


def test_oauths_client_may_prove_itself_in_the_body(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token")

    one(httpserver, sessions, {**OAUTH, "client_auth": "body"}).fetch()

    assert tokens.asked[0].form["client_id"] == "ada"
    assert tokens.asked[0].form["client_secret"] == "pass-of-ada"
    assert "Authorization" not in tokens.asked[0].headers


def test_a_token_may_come_from_another_place(httpserver: HTTPServer, sessions: Sessions) -> None:
    with HTTPServer() as other:
        tokens = Tokens(other, "/oauth/token")
        httpserver.expect_request("/items", headers={"Authorization": "Bearer tok-0"}).respond_with_json({"items": []})

        one(httpserver, sessions, {**OAUTH, "token_url": other.url_for("/oauth/token?tenant=lab")}).fetch()

        assert tokens.given == ["tok-0"]
        assert tokens.asked[0].args.to_dict() == {"tenant": "lab"}


def test_a_token_is_renewed_before_it_ends(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token", expires_in=300)
    there = one(httpserver, sessions, OAUTH)

    with travel(NOW, tick=False) as clock:
        there.fetch()
        clock.shift(230)
        there.fetch()
        assert tokens.given == ["tok-0"]
        clock.shift(20)
        there.fetch()

    assert tokens.given == ["tok-0", "tok-1"]


def test_a_refused_token_is_replaced_once(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token")
    there = one(httpserver, sessions, OAUTH)
    there.fetch()
    tokens.given.append("revoked")

    there.fetch()

    assert tokens.given == ["tok-0", "revoked", "tok-2"]
    httpserver.clear()
    httpserver.expect_request("/token").respond_with_json({"access_token": "never-good"})
    httpserver.expect_request("/items").respond_with_json({"error": "no"}, status=401)
    with pytest.raises(AuthenticationFailed):
        there.fetch()


def test_a_connection_proves_the_credential_and_not_a_kept_token(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token")
    there = one(httpserver, sessions, OAUTH)

    there.connect()
    there.connect()

    assert tokens.given == ["tok-0", "tok-1"]


def test_another_credential_does_not_use_the_kept_token(httpserver: HTTPServer, sessions: Sessions) -> None:
    tokens = Tokens(httpserver, "/token")
    there = one(httpserver, sessions, OAUTH)
    there.fetch()
    changed = one(httpserver, sessions, OAUTH, password="another")
    changed.notes = there.notes

    changed.fetch()

    assert tokens.given == ["tok-0", "tok-1"]


@pytest.mark.parametrize("until", [NOW.timestamp() + 300, "2026-03-01T12:05:00Z"])
def test_a_login_is_a_request_that_gets_a_token(httpserver: HTTPServer, sessions: Sessions, until: Any) -> None:
    tokens = Tokens(httpserver, "/login", until=until)
    there = one(httpserver, sessions, LOGIN)

    with travel(NOW, tick=False) as clock:
        there.fetch()
        clock.shift(200)
        there.fetch()
        clock.shift(60)
        there.fetch()

    assert tokens.asked[0].get_json() == {"u": "ada", "p": "pass-of-ada"}
    assert tokens.given == ["tok-0", "tok-1"]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_client", "echo": "pass-of-ada"}, AuthenticationFailed),
        (401, {}, AuthenticationFailed),
        (200, {"token": "elsewhere"}, MarketplaceUnavailable),
        (200, {"access_token": "t", "until": "soon, by pass-of-ada"}, MarketplaceUnavailable),
        (404, {}, MarketplaceUnavailable),
    ],
)
def test_without_a_token_it_is_told_why_and_nothing_secret(
    httpserver: HTTPServer, sessions: Sessions, status: int, body: Any, error: type[Exception]
) -> None:
    httpserver.expect_request("/token").respond_with_json(body, status=status)

    with pytest.raises(error) as raised:
        one(httpserver, sessions, {**OAUTH, "expires_at": "body.until"}).fetch()

    assert "pass-of-ada" not in str(raised.value)


def test_a_scope_or_an_address_of_tokens_that_cannot_be_made_is_told(
    httpserver: HTTPServer, sessions: Sessions
) -> None:
    with pytest.raises(AuthenticationFailed, match=r"small\.yaml:\d+:\d+: auth\.0\.scope"):
        one(httpserver, sessions, {**OAUTH, "scope": "{{ settings.user.name }}"}).fetch()
    with pytest.raises(RejectedError, match="where tokens come from"):
        one(httpserver, sessions, {**OAUTH, "token_url": "http://["}).fetch()


@pytest.mark.parametrize("given", [{"request": {"path": "{{ settings.user }}"}}, {"before": True}])
def test_a_credential_is_sent_to_no_address_that_somebody_else_names(
    httpserver: HTTPServer, sessions: Sessions, given: dict[str, Any]
) -> None:
    with HTTPServer() as other:
        other.expect_request("/steal").respond_with_json({"name": "eve"})
        evil = other.url_for("/steal")
        httpserver.expect_request("/where").respond_with_json({"next": evil})
        led = {
            "before": [{"name": "where", "request": {"path": "/where"}}],
            "request": {"path": "{{ before.where.next }}"},
        }
        connect = {**(led if "before" in given else given), "account": "body.name"}
        there = described(
            sessions, httpserver.url_for(""), small(connect=connect), user=evil if "request" in given else ""
        )

        with pytest.raises(RejectedError, match="none that can be asked"):
            there.connect()

        assert other.log == []
