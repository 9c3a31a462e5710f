"""How a credential becomes a bearer token, against a server that counts."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, RateLimited
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub
from publicist.plugins.syfthub import listings
from publicist.plugins.syfthub.credentials import ACCESS_LIFE
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .provider import PASSWORD, Person, Provider, provider


class TokenHub:
    """Gives numbered access tokens, and accepts those that are not revoked."""

    def __init__(self, server: HTTPServer) -> None:
        self.seen: Counter[str] = Counter()
        self.accepted: set[str] = set()
        self.refresh_works = True
        self.accepts_its_own = True
        self.lock = threading.Lock()
        server.expect_request("/api/v1/auth/login", method="POST").respond_with_handler(self.login)
        server.expect_request("/api/v1/auth/refresh", method="POST").respond_with_handler(self.refresh)
        server.expect_request("/api/v1/users/me", method="GET").respond_with_handler(self.me)
        server.expect_request("/api/v1/endpoints", method="GET").respond_with_handler(self.list)

    def login(self, request: Request) -> Response:
        self.seen["login"] += 1
        if request.form.to_dict() != {"username": "ada", "password": PASSWORD}:
            return told(401, "Invalid credentials")
        return self.tokens()

    def refresh(self, request: Request) -> Response:
        self.seen["refresh"] += 1
        known = self.refresh_works and request.get_json() == {"refresh_token": "refresh-token"}
        return self.tokens() if known else told(401, "Invalid refresh token")

    def tokens(self) -> Response:
        with self.lock:
            self.seen["tokens"] += 1
            access = f"access-token-{self.seen['tokens']}"
        if self.accepts_its_own:
            self.accepted = {access}
        body = {"access_token": access, "refresh_token": "refresh-token", "token_type": "bearer"}
        return Response(json.dumps(body), 200, content_type="application/json")

    def me(self, request: Request) -> Response:
        return self.answer(request, {"username": "ada", "domain": None})

    def list(self, request: Request) -> Response:
        return self.answer(request, [])

    def answer(self, request: Request, body: Any) -> Response:
        self.seen["asked"] += 1
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer not in self.accepted:
            return told(401, "Could not validate credentials")
        return Response(json.dumps(body), 200, content_type="application/json")


def told(status: int, detail: Any) -> Response:
    return Response(json.dumps({"detail": detail}), status, content_type="application/json")


@pytest.fixture
def tokens(httpserver: HTTPServer) -> TokenHub:
    return TokenHub(httpserver)


@pytest.fixture
def login(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), username="ada", password=PASSWORD)


def test_calls_and_processes_share_one_login(tokens: TokenHub, login: Provider, sessions: Sessions) -> None:
    login.fetch()
    login.fetch()
    other_process = Provider(login.marketplace, login.space, sessions, login.memory)
    other_process.fetch()

    assert (tokens.seen["login"], tokens.seen["refresh"]) == (1, 0)


def test_threads_share_one_login(tokens: TokenHub, login: Provider) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [future.result() for future in [pool.submit(login.fetch) for _ in range(8)]]

    assert found == [[]] * 8
    assert (tokens.seen["login"], tokens.seen["refresh"]) == (1, 0)


def test_a_token_near_its_end_is_refreshed_before_it_is_refused(tokens: TokenHub, login: Provider) -> None:
    listings.fetch(login.hub(now=1_000_000))
    listings.fetch(login.hub(now=1_000_000 + ACCESS_LIFE - 1))
    assert tokens.seen["refresh"] == 0
    asked = tokens.seen["asked"]

    listings.fetch(login.hub(now=1_000_000 + ACCESS_LIFE + 1))

    assert (tokens.seen["login"], tokens.seen["refresh"]) == (1, 1)
    assert tokens.seen["asked"] == asked + 1


def test_a_refused_token_is_refreshed(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    tokens.accepted.clear()

    assert login.fetch() == []

    assert (tokens.seen["login"], tokens.seen["refresh"]) == (1, 1)


def test_a_refused_refresh_ends_in_a_login(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    tokens.accepted.clear()
    tokens.refresh_works = False

    assert login.fetch() == []

    assert (tokens.seen["login"], tokens.seen["refresh"]) == (2, 1)


def test_a_refreshed_token_that_is_refused_too_ends_in_one_login(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    tokens.accepted.clear()
    tokens.accepts_its_own = False

    with pytest.raises(AuthenticationFailed):
        login.fetch()

    assert (tokens.seen["login"], tokens.seen["refresh"]) == (2, 1)


def test_a_new_login_whose_token_is_refused_is_not_repeated(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    tokens.accepted.clear()
    tokens.refresh_works = tokens.accepts_its_own = False

    with pytest.raises(AuthenticationFailed, match="refused its own token"):
        login.fetch()

    assert tokens.seen["login"] == 2


def test_threads_with_a_refused_token_renew_it_once(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    tokens.accepted.clear()

    with ThreadPoolExecutor(8) as pool:
        found = [future.result() for future in [pool.submit(login.fetch) for _ in range(8)]]

    assert found == [[]] * 8
    assert tokens.seen["login"] == 1
    assert tokens.seen["refresh"] == 1


def test_a_refused_password_is_not_tried_again(tokens: TokenHub, sessions: Sessions, httpserver: HTTPServer) -> None:
    wrong = provider(sessions, httpserver.url_for(""), username="ada", password="Wrong-horse-7")

    with pytest.raises(AuthenticationFailed, match="Invalid credentials") as raised:
        wrong.fetch()

    assert tokens.seen["login"] == 1
    assert "Wrong-horse" not in raised.value.message


def test_a_test_of_the_connection_proves_the_password_itself(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    login.fetch()

    with pytest.raises(MarketplaceUnavailable):  # this server tells nothing of satellites
        login.connect()

    assert tokens.seen["login"] == 2


def test_tokens_of_another_user_are_not_used(tokens: TokenHub, login: Provider) -> None:
    login.fetch()
    login.set(username="grace")

    with pytest.raises(AuthenticationFailed):
        login.fetch()


def test_a_rejected_login_form_is_not_quoted(sessions: Sessions, httpserver: HTTPServer) -> None:
    echo = [{"loc": ["body", "password"], "msg": f"{PASSWORD} is too short", "input": PASSWORD}]
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"detail": echo}, status=422)

    with pytest.raises(AuthenticationFailed) as raised:
        provider(sessions, httpserver.url_for(""), username="ada", password=PASSWORD).fetch()

    assert PASSWORD not in raised.value.message


def test_an_unconfirmed_address_is_told_with_its_remedy(sessions: Sessions, httpserver: HTTPServer) -> None:
    detail = {"code": "EMAIL_NOT_VERIFIED", "message": "Please verify your email."}
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"detail": detail}, status=403)

    with pytest.raises(AuthenticationFailed, match="verify your email") as raised:
        provider(sessions, httpserver.url_for(""), username="ada", password=PASSWORD).fetch()

    assert "Confirm the account's e-mail address" in raised.value.remedy


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, "slow down", RateLimited),
        (500, "oops", MarketplaceUnavailable),
        (200, "<html>", MarketplaceUnavailable),
        (200, "{}", MarketplaceUnavailable),
        (200, '{"access_token": 7}', MarketplaceUnavailable),
        (200, "[]", MarketplaceUnavailable),
    ],
)
def test_a_login_without_a_proper_answer_is_a_passing_fault(
    sessions: Sessions, httpserver: HTTPServer, status: int, body: str, expected: type[Exception]
) -> None:
    httpserver.expect_request("/api/v1/auth/login").respond_with_data(body, status=status)

    with pytest.raises(expected):
        provider(sessions, httpserver.url_for(""), username="ada", password=PASSWORD).fetch()


def test_a_refused_api_token_is_not_tried_twice(sessions: Sessions, httpserver: HTTPServer) -> None:
    tokens = TokenHub(httpserver)

    with pytest.raises(AuthenticationFailed, match="Could not validate credentials"):
        provider(sessions, httpserver.url_for(""), token="syft_pat_unknown").fetch()

    assert tokens.seen["asked"] == 1


def test_an_api_token_goes_before_a_password(sessions: Sessions, httpserver: HTTPServer) -> None:
    tokens = TokenHub(httpserver)
    tokens.accepted = {"syft_pat_known"}
    both = provider(sessions, httpserver.url_for(""), token="syft_pat_known", username="ada", password=PASSWORD)

    assert both.fetch() == []
    assert tokens.seen["login"] == 0


@pytest.mark.parametrize("given", [{}, {"username": "ada"}, {"password": PASSWORD}])
def test_without_a_whole_credential_nothing_is_sent(
    sessions: Sessions, httpserver: HTTPServer, given: dict[str, str]
) -> None:
    with pytest.raises(AuthenticationFailed, match="no credential"):
        provider(sessions, httpserver.url_for(""), **given).fetch()

    assert httpserver.log == []


@pytest.fixture
def by_password(sessions: Sessions, person: Person) -> Iterator[Provider]:
    return provider(sessions, f"{person.url}/api/v1/", username=person.username, password=PASSWORD)


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_a_password_serves_a_hub_given_by_its_api(by_password: Provider, hub: RunningHub, person: Person) -> None:
    account = by_password.connect()
    there = by_password.create()

    assert account.name == person.username
    assert there.url == f"{hub.url}/{person.username}/research-qa"


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_a_lost_login_is_made_anew_on_a_real_hub(by_password: Provider) -> None:
    by_password.connect()
    kept = json.loads(by_password.memory.kept["login"])
    by_password.memory.kept["login"] = json.dumps({**kept, "access": "lost", "refresh": "lost"})

    assert by_password.fetch() == []
