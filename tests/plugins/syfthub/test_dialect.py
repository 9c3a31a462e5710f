"""What a hub proves to speak, and what stands when it proves nothing."""

import json
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable
from publicist.core.http import Sessions
from publicist.plugins.syfthub.dialect import PROOF_HOLDS, dialect
from pytest_httpserver import HTTPServer

from .provider import Provider, provider

ROUTE = "/api/v1/satellites"
NOT_FOUND = {"detail": "Not Found"}

UNCLEAR = [
    (200, '{"detail": "x"}'),
    (200, "<html>Welcome</html>"),
    (404, "<html>No such page</html>"),
    (404, '{"detail": {"code": "NOT_FOUND", "message": "No."}}'),
    (404, '{"detail": []}'),
    (403, '{"detail": "Forbidden"}'),
    (429, '{"detail": "Too many"}'),
    (500, '{"detail": "Broken"}'),
    (503, ""),
]


@pytest.fixture
def asker(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), token="syft_pat_ada")


def say(server: HTTPServer, status: int, body: str | Any) -> None:
    server.clear()
    text = body if isinstance(body, str) else json.dumps(body)
    server.expect_request(ROUTE, method="GET").respond_with_data(text, status=status)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(200, [], "satellites"), (200, [{"id": "x"}], "satellites"), (404, NOT_FOUND, "accounts")],
)
def test_a_list_and_a_bare_404_are_proofs(
    httpserver: HTTPServer, asker: Provider, status: int, body: Any, expected: str
) -> None:
    say(httpserver, status, body)

    assert dialect(asker.hub(now=0)) == expected


@pytest.mark.parametrize(("status", "body"), UNCLEAR)
def test_anything_else_proves_nothing(httpserver: HTTPServer, asker: Provider, status: int, body: str) -> None:
    say(httpserver, status, body)

    with pytest.raises(MarketplaceUnavailable, match="nothing is published"):
        dialect(asker.hub(now=0))


@pytest.mark.parametrize(("status", "body"), UNCLEAR)
@pytest.mark.parametrize("known", ["satellites", "accounts"])
def test_the_last_proof_stands_when_a_later_answer_proves_nothing(
    httpserver: HTTPServer, asker: Provider, known: str, status: int, body: str
) -> None:
    say(httpserver, *((200, []) if known == "satellites" else (404, NOT_FOUND)))
    dialect(asker.hub(now=0))
    say(httpserver, status, body)

    assert dialect(asker.hub(now=10 * PROOF_HOLDS), fresh=True) == known


def test_a_refused_credential_is_told_as_such(httpserver: HTTPServer, asker: Provider) -> None:
    say(httpserver, 404, NOT_FOUND)
    dialect(asker.hub(now=0))
    say(httpserver, 401, {"detail": "API token has expired"})

    with pytest.raises(AuthenticationFailed, match="expired"):
        dialect(asker.hub(now=0), fresh=True)


@pytest.mark.parametrize(
    ("later", "asked"),
    [(1.0, False), (PROOF_HOLDS - 1, False), (PROOF_HOLDS + 1, True), (-60.0, True)],
)
def test_a_proof_holds_for_a_day_and_not_beyond_a_clock_set_back(
    httpserver: HTTPServer, asker: Provider, later: float, asked: bool
) -> None:
    say(httpserver, 404, NOT_FOUND)
    dialect(asker.hub(now=1_000_000))
    say(httpserver, 200, [])

    found = dialect(asker.hub(now=1_000_000 + later))

    assert found == ("satellites" if asked else "accounts")


def test_notes_that_make_no_sense_are_no_proof(httpserver: HTTPServer, asker: Provider) -> None:
    asker.memory.set("dialect", '{"name": "latin", "at": 0}')
    say(httpserver, 200, [])

    assert dialect(asker.hub(now=0)) == "satellites"


@pytest.mark.parametrize("text", ["not json", "[]", "7"])
def test_notes_that_cannot_be_read_count_as_none(httpserver: HTTPServer, asker: Provider, text: str) -> None:
    asker.memory.set("dialect", text)
    say(httpserver, 404, NOT_FOUND)

    assert dialect(asker.hub(now=0)) == "accounts"
