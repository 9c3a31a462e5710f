"""What is looked at of an endpoint: its backends, its query path, what was added."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.health.looking import LONGEST_MESSAGE, Looking, latency_of
from publicist.core.queries.answering import Answering
from publicist.core.records import Check, CheckResult, Endpoint
from publicist.core.services import Services
from publicist.core.settings import Settings
from publicist.plugins.checks import hooks, tcp_check
from pytest_httpserver import HTTPServer

from ...spaces import add_endpoint

DEAD = "http://127.0.0.1:9/"
FOUND = {"references": {"documents": [{"document_id": "1", "content": "A passage.", "similarity_score": 0.9}]}}
MODEL = {"kind": "openai", "settings": {"url": "", "model": "small"}}


def looking(services: Services, **settings: Any) -> Looking:
    chosen = Settings(**{"check_deadline": 3.0, **settings})
    return Looking(services.store, services.adapter, Answering(services.adapter), chosen, services.spaces.current)


def seen(services: Services, endpoint: Endpoint, **settings: Any) -> Mapping[str, CheckResult]:
    return {name: job() for name, job in looking(services, **settings).jobs(endpoint).items()}


def add(services: Services, endpoint: Endpoint, kind: str, name: str = "added", **settings: Any) -> None:
    with services.store.write():
        services.store.checks.save(Check(name, endpoint.id, kind, name, settings, datetime.now(UTC)))


def test_dataset_and_query_path_are_tried(services: Services, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/query", method="POST").respond_with_json(FOUND)
    found = seen(services, add_endpoint(services, url=httpserver.url_for("/query")))
    assert {name: (each.ok, each.reachable) for name, each in found.items()} == {
        "dataset": (True, True),
        "query": (True, True),
    }
    assert found["query"].message == "The sample query got 1 passage."
    assert latency_of(list(found.values())) == found["query"].latency_ms


@pytest.mark.parametrize(
    ("settings", "model", "kind", "expected"),
    [
        ({}, None, "raw", {"dataset", "query"}),
        ({"health_sample_query": ""}, None, "raw", {"dataset"}),
        ({}, MODEL, "both", {"dataset", "model"}),
        ({}, MODEL, "raw", {"dataset", "model", "query"}),
        ({"health_sample_models": True}, MODEL, "both", {"dataset", "model", "query"}),
    ],
)
def test_a_model_that_would_write_is_asked_only_when_that_is_wanted(
    services: Services, settings: dict[str, Any], model: dict[str, Any] | None, kind: str, expected: set[str]
) -> None:
    given = model and {**model, "settings": {**model["settings"], "url": DEAD}}
    endpoint = add_endpoint(services, url=DEAD, model=given, response_type=kind)
    assert set(looking(services, **settings).jobs(endpoint)) == expected


def test_what_does_not_answer_is_told_from_what_answers_wrongly(services: Services, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/query").respond_with_data("", status=500)
    wrong = seen(services, add_endpoint(services, url=httpserver.url_for("/query")))
    gone = seen(services, add_endpoint(services, slug="gone-away", url=DEAD))
    assert {name: (each.ok, each.reachable) for name, each in wrong.items()} == {
        "dataset": (True, True),
        "query": (False, True),
    }
    assert {name: (each.ok, each.reachable) for name, each in gone.items()} == {
        "dataset": (False, False),
        "query": (False, False),
    }


def test_a_service_that_says_it_is_ill_is_reachable(services: Services, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/health").respond_with_data("", status=503)
    dataset = {"kind": "http", "settings": {"url": DEAD, "health_url": httpserver.url_for("/health")}}
    found = seen(services, add_endpoint(services, dataset=dataset))
    assert (found["dataset"].ok, found["dataset"].reachable) == (False, True)


def test_added_checks_stand_beside_them(services: Services, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/up").respond_with_data("yes")
    endpoint = add_endpoint(services, url=DEAD)
    add(services, endpoint, "http", "page", url=httpserver.url_for("/up"), contains="yes")
    add(services, endpoint, "tcp", "door", address="127.0.0.1:9")
    add(services, endpoint, "no-such-kind", "lost")
    found = seen(services, endpoint)
    assert (found["page"].ok, found["page"].name) == (True, "page")
    assert (found["door"].ok, found["door"].reachable) == (False, False)
    assert not found["lost"].ok
    assert "no-such-kind" in found["lost"].message


def test_no_message_shows_a_secret(services: Services, httpserver: HTTPServer) -> None:
    token = "a-token-of-the-check"
    httpserver.expect_request("/").respond_with_data("", status=401)
    endpoint = add_endpoint(services, url=DEAD)
    add(services, endpoint, "http", url=httpserver.url_for("/"), headers={"X-API-Key": token}, contains=token)
    assert token not in seen(services, endpoint)["added"].message


def took(name: str, milliseconds: float, *, ok: bool = True) -> CheckResult:
    return CheckResult(name, ok=ok, message="", latency_ms=milliseconds)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        ([took("dataset", 5.0)], 5.0),
        ([took("a", 5.0), took("b", 9.0)], 9.0),
        ([took("query", 5.0), took("b", 9.0)], 5.0),
        ([took("query", 5.0, ok=False)], None),
    ],
)
def test_the_latency_is_that_of_the_query_path(results: list[CheckResult], expected: float | None) -> None:
    assert latency_of(results) == expected


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ok": "yes"}, "a str instead of a bool as its ok"),
        ({"ok": None}, "nothing instead of a bool as its ok"),
        ({"message": None}, "nothing instead of a str as its message"),
        ({"message": b"It answers."}, "a bytes instead of a str as its message"),
        ({"reachable": 1}, "an int instead of a bool as its reachable"),
        ({"warning": 14}, "an int instead of a str as its warning"),
        ({"latency_ms": float("nan")}, "nan, which is no number, as its latency_ms"),
        ({"latency_ms": float("inf")}, "inf, which is no number, as its latency_ms"),
        ({"latency_ms": -1.0}, "a latency of -1 ms"),
        ({"latency_ms": "fast"}, "a str instead of a float or nothing as its latency_ms"),
        ({"latency_ms": True}, "a bool instead of a float or nothing as its latency_ms"),
    ],
)
def test_a_finding_that_makes_no_sense_is_a_fault_of_the_plugin(
    services: Services, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], said: str
) -> None:
    answers(monkeypatch, lambda: CheckResult(**{"name": "x", "ok": True, "message": "Well.", **fields}))
    endpoint = add_endpoint(services)
    add(services, endpoint, "tcp", address="a.example:1")
    found = seen(services, endpoint)["added"]
    assert (found.ok, found.latency_ms) == (False, None)
    assert said in found.message


@pytest.mark.parametrize("raised", [False, True])
def test_what_a_check_says_is_cut_and_can_be_kept(
    services: Services, monkeypatch: pytest.MonkeyPatch, raised: bool
) -> None:
    said = f"half \ud83d, nothing \0, Bearer abcdef1234567890 {'x' * 1_000_000}"

    def result() -> CheckResult:
        if raised:
            raise MarketplaceUnavailable(said)
        return CheckResult("x", ok=True, message=said, warning=said)

    answers(monkeypatch, result)
    endpoint = add_endpoint(services)
    add(services, endpoint, "tcp", address="a.example:1")
    found = seen(services, endpoint)["added"]
    services.health_book.record(endpoint.id, [found])
    [kept] = services.health_book.of(endpoint.id).results
    assert kept == found
    assert kept.message.startswith("half \ufffd, nothing \ufffd, Bearer *** xxx")
    assert len(kept.message) == LONGEST_MESSAGE
    assert len(kept.warning) == (0 if raised else LONGEST_MESSAGE)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ZeroDivisionError()])
def test_a_check_that_raises_anything_has_failed(
    services: Services, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def result() -> CheckResult:
        raise error

    answers(monkeypatch, result)
    endpoint = add_endpoint(services)
    add(services, endpoint, "tcp", address="a.example:1")
    assert seen(services, endpoint)["added"].ok is False


def answers(monkeypatch: pytest.MonkeyPatch, result: Callable[[], CheckResult]) -> None:
    """Have the plugin of the kind ``tcp`` answer with ``result``."""
    monkeypatch.setitem(hooks.OFFERS, "tcp", (tcp_check.KIND, lambda check, call: result()))  # type: ignore[arg-type]
