import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from publicist.core.records import BackendHealth
from publicist.core.secrets import Secret
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Check = Callable[..., BackendHealth]
TOKEN = "a-token-of-the-backend"


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    server = HTTPServer()
    server.start()
    yield server
    server.stop()


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_health_url_that_answers_2xx_is_well(check: Check, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/health").respond_with_data("", status=status)
    health = check("http", url=httpserver.url_for("/query"), health_url=httpserver.url_for("/health"))
    assert health.ok
    assert health.message == f"{httpserver.url_for('/health')} answered {status}."
    assert health.latency_ms is not None
    assert 0 < health.latency_ms < 2000


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_told_and_is_not_well(check: Check, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/health").respond_with_data("", status=status)
    health = check("http", url=httpserver.url_for("/query"), health_url=httpserver.url_for("/health"))
    assert not health.ok
    assert str(status) in health.message


def test_a_redirect_on_the_same_host_is_followed(check: Check, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/health").respond_with_data("", status=302, headers={"Location": "/ready"})
    httpserver.expect_request("/ready").respond_with_data("")
    health = check("http", url=httpserver.url_for("/"), health_url=httpserver.url_for("/health"))
    assert health.ok
    assert health.message.endswith("/ready answered 200.")


def test_a_redirect_to_another_host_is_named_and_is_not_well(check: Check, httpserver: HTTPServer) -> None:
    away = {"Location": "http://login.example/"}
    httpserver.expect_request("/health").respond_with_data("", status=302, headers=away)
    health = check("http", url=httpserver.url_for("/"), health_url=httpserver.url_for("/health"))
    assert not health.ok
    assert "login.example" in health.message


@pytest.mark.parametrize("value", [TOKEN, Secret(TOKEN)])
def test_the_headers_go_to_the_service_itself(check: Check, httpserver: HTTPServer, value: str | Secret) -> None:
    httpserver.expect_request("/health", headers={"X-API-Key": TOKEN}).respond_with_data("")
    url, health_url = httpserver.url_for("/query"), httpserver.url_for("/health")
    assert check("http", url=url, health_url=health_url, headers={"X-API-Key": value}).ok


def test_the_headers_do_not_go_anywhere_else(check: Check, httpserver: HTTPServer, elsewhere: HTTPServer) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response()

    elsewhere.expect_request("/health").respond_with_handler(answer)
    url, health_url = httpserver.url_for("/query"), elsewhere.url_for("/health")
    assert check("http", url=url, health_url=health_url, headers={"X-API-Key": TOKEN}).ok
    assert ["X-Api-Key" in request.headers for request in seen] == [False]


def test_no_message_and_no_log_shows_a_header_s_value(
    check: Check, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url, health_url = httpserver.url_for("/query"), httpserver.url_for("/health")
    headers = {"Authorization": f"Bearer {TOKEN}", "X-API-Key": TOKEN}

    def echo(request: Request) -> Response:
        return Response(f"Not for {request.headers['Authorization']}!", status=500)

    httpserver.expect_request("/health").respond_with_handler(echo)
    told = [
        check("http", url=url, health_url=health_url, headers=headers).message,
        check("http", url=url, health_url=health_url, headers={"X-API-Key": f"{TOKEN}\n"}).message,
        check("http", url=url, health_url=health_url, headers={"X-API-Key": [TOKEN]}).message,
        check("http", url=f"http://127.0.0.1:{closed_port()}", headers=headers).message,
    ]
    assert TOKEN not in " ".join([*told, caplog.text])
    assert "500" in told[0]


def test_without_a_health_url_a_connection_is_enough(check: Check, httpserver: HTTPServer) -> None:
    health = check("http", url=httpserver.url_for("/query?key=hidden"), headers={"X-API-Key": TOKEN})
    assert health.ok
    assert health.message == f"http://localhost:{httpserver.port} takes connections."
    assert health.latency_ms is not None
    assert 0 <= health.latency_ms < 2000


def test_without_a_health_url_no_request_is_made(check: Check, httpserver: HTTPServer) -> None:
    check("http", url=httpserver.url_for("/query"))
    assert httpserver.log == []


@pytest.mark.parametrize("path", [None, "/health"])
def test_a_service_that_is_not_there_is_not_well(check: Check, path: str | None) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    health = check("http", url=url, health_url=path and url + path)
    assert not health.ok
    assert health.message == f"No connection to {url}: connection refused."


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "url is missing"),
        ({"url": ""}, "url is missing"),
        ({"url": None}, "url is missing"),
        ({"url": 7}, "url must be a text"),
        ({"url": "papers"}, "url must be an http or https address"),
        ({"url": "ftp://papers.example"}, "url must be an http or https address"),
        ({"url": "http://"}, "url must be an http or https address"),
        ({"url": "http://[::1"}, "url must be an http or https address"),
        ({"url": "http://papers.example:0"}, "url must be an http or https address"),
        ({"url": "http://papers.example:x"}, "url must be an http or https address"),
        ({"url": "http://papers.example/a b"}, "url must be an http or https address"),
        ({"url": "http://papers.example", "health_url": "/health"}, "health_url must be an http"),
        ({"url": "http://papers.example", "headers": ["X: y"]}, "headers must map names to values"),
        ({"url": "http://papers.example", "headers": {"X": 7}}, "The header X must have a text"),
    ],
)
def test_settings_that_cannot_be_used_are_told(check: Check, settings: dict[str, object], said: str) -> None:
    health = check("http", **settings)
    assert not health.ok
    assert said in health.message


def test_a_password_in_the_address_is_not_shown(check: Check) -> None:
    health = check("http", url="http://ada:a-long-password@127.0.0.1/")
    assert not health.ok
    assert "a-long-password" not in health.message
