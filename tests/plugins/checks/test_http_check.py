"""The check kind ``http``."""

import pytest
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .conftest import Run

TOKEN = "a-token-of-the-check"


@pytest.mark.parametrize(
    ("status", "wanted", "ok"),
    [
        (200, None, True),
        (204, "", True),
        (302, None, False),
        (302, "200,300-399", True),
        (404, None, False),
        (404, "4xx", True),
        (429, "429", True),
        (500, None, False),
        (503, "503", True),
        (503, ["2xx", "5xx"], True),
        (201, 200, False),
        (200, 200, True),
    ],
)
def test_the_status_must_be_one_of_those_that_are_well(
    run: Run, httpserver: HTTPServer, status: int, wanted: object, ok: bool
) -> None:
    httpserver.expect_request("/").respond_with_data("", status=status, headers={"Location": "/elsewhere"})
    result = run("http", url=httpserver.url_for("/"), status=wanted)
    assert (result.ok, result.reachable) == (ok, True)
    assert f"answered {status}" in result.message
    assert result.latency_ms is not None


@pytest.mark.parametrize(
    ("conditions", "ok"),
    [
        ({"contains": "All is well"}, True),
        ({"contains": "all is well"}, False),
        ({"matches": r"queue: \d{1,3}\b"}, None),
        ({"matches": r"queue: \d{1,3}$"}, True),
        ({"matches": r"(?i)ALL is w[aeiou]ll"}, True),
        ({"matches": r"^queue"}, False),
        ({"contains": "well", "matches": "ill"}, False),
    ],
)
def test_the_body_must_hold_what_is_wanted(
    run: Run, httpserver: HTTPServer, conditions: dict[str, str], ok: bool | None
) -> None:
    httpserver.expect_request("/").respond_with_data("All is well.\nqueue: 12\n")
    if ok is None:
        with pytest.raises(RejectedError, match=r"\\b is not understood"):
            run("http", url=httpserver.url_for("/"), **conditions)
        return
    assert run("http", url=httpserver.url_for("/"), **conditions).ok is ok


def test_a_pattern_that_would_take_for_ever_elsewhere_takes_no_time(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("a" * 200_000)
    result = run("http", url=httpserver.url_for("/"), matches="^(?:a+)+b$")
    assert not result.ok


def test_an_answer_that_comes_too_late_does_not_pass(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("")
    assert run("http", url=httpserver.url_for("/"), latency_ms=60_000).ok
    late = run("http", url=httpserver.url_for("/"), latency_ms="0.001")
    assert not late.ok
    assert "more than 0.001" in late.message


@pytest.mark.parametrize("method", ["GET", "head", "OPTIONS", "POST"])
def test_the_method_is_the_one_that_was_chosen(run: Run, httpserver: HTTPServer, method: str) -> None:
    httpserver.expect_request("/", method=method.upper()).respond_with_data("")
    assert run("http", url=httpserver.url_for("/"), method=method).ok


def test_headers_are_sent_and_never_shown(run: Run, httpserver: HTTPServer) -> None:
    def echo(request: Request) -> Response:
        return Response("", status=200 if request.headers.get("X-API-Key") == TOKEN else 401)

    httpserver.expect_request("/").respond_with_handler(echo)
    url = httpserver.url_for("/")
    assert run("http", url=url, headers={"X-API-Key": TOKEN}).ok
    with pytest.raises(RejectedError) as wrong:
        run("http", url=url, headers={"X-API-Key": f"{TOKEN}é"})
    assert TOKEN not in wrong.value.message


def test_where_nothing_listens_nothing_answered(run: Run, closed: str) -> None:
    with pytest.raises(MarketplaceUnavailable) as refused:
        run("http", url=f"http://{closed}/")
    assert refused.value.answered is False


def test_an_answer_that_is_too_large_is_an_answer(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("a" * 300_000)
    with pytest.raises(MarketplaceUnavailable, match="larger than") as refused:
        run("http", url=httpserver.url_for("/"))
    assert refused.value.answered is True


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "url must be an http"),
        ({"url": "ftp://papers.example"}, "url must be an http"),
        ({"url": "http://papers.example", "method": "DELETE"}, "method must be one of"),
        ({"url": "http://papers.example", "status": "fine"}, "status must hold statuses"),
        ({"url": "http://papers.example", "status": "299-200"}, "status must hold statuses"),
        ({"url": "http://papers.example", "status": "99"}, "status must hold statuses"),
        ({"url": "http://papers.example", "latency_ms": "soon"}, "latency_ms must be a number"),
        ({"url": "http://papers.example", "latency_ms": True}, "latency_ms must be a number"),
        ({"url": "http://papers.example", "contains": 7}, "contains must be a text"),
        ({"url": "http://papers.example", "matches": "("}, "has no \\)"),
        ({"url": "http://papers.example", "headers": ["X"]}, "headers must map names"),
    ],
)
def test_settings_that_do_not_do_are_refused(run: Run, settings: dict[str, object], said: str) -> None:
    with pytest.raises(RejectedError, match=said):
        run("http", **settings)
