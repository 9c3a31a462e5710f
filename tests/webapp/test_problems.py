"""Failures are told as problem documents to programs, and as pages to people."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.core.errors import (
    AuthenticationFailed,
    ConfigurationError,
    Conflict,
    InvalidInput,
    MarketplaceUnavailable,
    NotAllowed,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    PluginFault,
    PublicistError,
    RateLimited,
)
from publicist.core.hookspecs import hookimpl
from publicist.core.services import Services
from publicist.webapp.problems import of_error
from publicist.webapp.server import start_server

from .site import Caller, Site, good, make_token, problem


@pytest.mark.parametrize(
    ("error", "status", "cause"),
    [
        (InvalidInput({"slug": ["No."]}), 422, "validation"),
        (NotFound("No."), 404, "not_found"),
        (Conflict("No."), 409, "conflict"),
        (NotAllowed("No."), 401, "not_allowed"),
        (NotAllowed("No.", authenticated=True), 403, "not_allowed"),
        (ConfigurationError("No."), 500, "configuration"),
        (MarketplaceUnavailable("No."), 503, "marketplace_unavailable"),
        (RateLimited("No."), 503, "rate_limited"),
        (OutcomeUnknown("No."), 502, "outcome_unknown"),
        (AuthenticationFailed("No."), 502, "authentication_failed"),
        (NotSupported("No."), 502, "not_supported"),
        (PluginFault("No."), 502, "plugin_fault"),
    ],
)
def test_each_error_has_its_status_and_cause(error: PublicistError, status: int, cause: str) -> None:
    told = of_error(error).as_json()

    assert (told["status"], told["cause"], told["type"]) == (status, cause, f"urn:publicist:{cause}")
    assert told["detail"] == error.message
    assert told["remedy"] == error.remedy


def test_what_a_marketplace_asks_to_wait_is_passed_on() -> None:
    assert of_error(RateLimited("No.", retry_after=1.2)).headers == {"Retry-After": "2"}


def test_a_missing_token_is_a_401_that_asks_for_one(lasting: Site) -> None:
    answer = lasting.caller().get("/endpoints")

    assert problem(answer, 401)["cause"] == "not_allowed"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_faults_are_told_by_field(lasting: Site) -> None:
    answer = lasting.owner.post("/endpoints", {"name": "", "colour": "red", "dataset": {"kind": "no-such"}})

    errors = problem(answer, 422)["errors"]
    assert {"name", "colour", "dataset.kind"} <= errors.keys()
    assert all(isinstance(text, str) for texts in errors.values() for text in texts)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/endpoints/no-such", 404), ("/endpoints/NO%00", 404), ("/no-such", 404), ("/marketplaces/x", 404)],
)
def test_what_is_not_there_is_a_404(lasting: Site, path: str, status: int) -> None:
    assert problem(lasting.owner.get(path), status)["cause"] == "not_found"


def test_a_method_that_is_not_taken_is_a_405_that_names_the_others(lasting: Site) -> None:
    answer = lasting.owner.ask("PUT", "/endpoints")

    problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE"])
def test_nothing_answers_to_methods_that_nobody_stated(lasting: Site, method: str) -> None:
    problem(lasting.caller().ask(method, "/endpoints"), 405)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"name=x", 415),
        ({"Content-Type": "text/plain"}, b'{"name": "x"}', 415),
        ({"Content-Type": "application/json"}, b"", 400),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'{"name": "\xff"}', 400),
        ({"Content-Type": "application/json"}, b'{"name": NaN}', 400),
        ({"Content-Type": "application/json"}, b"[" * 200_000, 400),
        ({"Content-Type": "application/json"}, b'{"name": ' + b"9" * 5_000 + b"}", 400),
        ({"Content-Type": "application/json"}, b" " * (2 * 1024 * 1024 + 1), 413),
        ({"Content-Type": "application/json"}, b"[]", 422),
        ({"Content-Type": "application/json"}, b"null", 422),
        ({"Content-Type": "application/json"}, b'{"name": "a\\u0000b"}', 422),
        ({"Content-Type": "application/json"}, b'{"name": "a\\ud800b"}', 422),
    ],
)
def test_a_body_that_does_not_do_is_refused(lasting: Site, headers: dict[str, str], body: bytes, status: int) -> None:
    problem(lasting.owner.ask("POST", "/endpoints", headers=headers, data=body), status)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("page=0", "page"),
        ("page=1_0", "page"),
        ("page=1&page=2", "page"),
        ("per_page=201", "per_page"),
        ("per_page=x%00", "per_page"),
        ("page=99999999999999999999", "page"),
    ],
)
def test_query_parameters_that_do_not_do_are_named(lasting: Site, query: str, field: str) -> None:
    assert problem(lasting.owner.get(f"/endpoints?{query}"), 422)["errors"].keys() == {field}


def test_a_query_parameter_where_none_is_taken_is_refused(lasting: Site) -> None:
    assert "x" in problem(lasting.owner.get("/settings/network?x=1"), 422)["errors"]


class Surprise:
    """A plugin whose route fails with what nobody expects."""

    @hookimpl
    def blueprints(self, app: Any) -> None:
        @app.get("/api/v1/surprise")
        def surprise() -> None:
            raise ZeroDivisionError("the secret of the universe is 42")

        @app.get("/surprise")
        def surprise_page() -> None:
            raise ZeroDivisionError("the secret of the universe is 42")


@pytest.fixture
def surprising(services: Services) -> Iterator[Caller]:
    services.plugins.add("surprise", Surprise())
    server = start_server(services)
    yield Caller(server.url, make_token(services, "read"))
    server.stop()


def test_the_unexpected_is_a_500_that_tells_nothing_and_is_logged(
    surprising: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "publicist.webapp"):
        answer = surprising.get("/surprise")

    assert problem(answer, 500)["cause"] == "internal"
    assert "42" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_page_that_fails_is_a_page(surprising: Caller) -> None:
    answer = requests.get(f"{surprising.url}/surprise", timeout=10)

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "What to do" in answer.text
    assert "42" not in answer.text


def test_a_page_that_is_not_there_is_a_page(lasting: Site) -> None:
    answer = requests.get(f"{lasting.url}/no-such", timeout=10)

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/api/v1/endpoints", "/assets/any/publicist.css", "/no-such", "/healthz"]
)
def test_every_answer_keeps_browsers_careful(lasting: Site, path: str) -> None:
    answer = requests.get(lasting.url + path, timeout=10, allow_redirects=False)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert (answer.headers["Cache-Control"] == "no-store") is not path.startswith("/assets")


def test_no_connection_to_the_store_is_left_open(lasting: Site) -> None:
    def opened() -> int:
        return sum("sqlite3" in str(link) for link in _open_files())

    before = opened()
    for _ in range(40):
        good(lasting.owner.get("/endpoints"))

    assert opened() <= before


def _open_files() -> list[Path]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(link.readlink())
        except FileNotFoundError:
            continue
    return found
