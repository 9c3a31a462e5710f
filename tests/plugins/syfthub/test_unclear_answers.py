"""Writes that a hub answers badly, or that something overtakes."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from publicist.core.errors import (
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
    SlugConflict,
)
from publicist.core.http import Sessions
from publicist.core.records import RemoteListing
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .provider import ORIGIN, Provider, provider


class Faulty:
    """A hub without satellites that answers one write as a test wants it."""

    def __init__(self, server: HTTPServer) -> None:
        server.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": ORIGIN})
        server.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
        server.expect_request("/api/v1/endpoints", method="POST").respond_with_handler(self.create)
        self.answer = Response("", 500)

    def create(self, request: Request) -> Response:
        return self.answer


@pytest.fixture
def faulty(httpserver: HTTPServer) -> Faulty:
    return Faulty(httpserver)


@pytest.fixture
def on_faulty(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), token="syft_pat_ada")


@pytest.mark.parametrize(
    "answer",
    [
        Response('{"detail": "Failed to create endpoint"}', 500),
        Response("<html>", 201),
        Response('{"id": "x"}', 201),
        Response("[]", 201),
        Response("", 204),
    ],
)
def test_a_create_without_a_proper_answer_is_an_unknown_outcome(
    faulty: Faulty, on_faulty: Provider, answer: Response
) -> None:
    faulty.answer = answer

    with pytest.raises(OutcomeUnknown):
        on_faulty.create()


def test_a_create_that_was_surely_refused_is_no_unknown_outcome(faulty: Faulty, on_faulty: Provider) -> None:
    faulty.answer = Response("", 503)

    with pytest.raises(MarketplaceUnavailable):
        on_faulty.create()


@pytest.mark.parametrize(
    ("afterwards", "expected"),
    [([], None), ([{"id": 7, "slug": "research-qa", "is_active": False}], MarketplaceUnavailable)],
)
def test_a_listing_that_went_while_it_was_withdrawn_is_withdrawn(
    faulty: Faulty, on_faulty: Provider, httpserver: HTTPServer, afterwards: Any, expected: type[Exception] | None
) -> None:
    httpserver.expect_request("/api/v1/endpoints/7").respond_with_json({"id": 7, "slug": "research-qa"})
    gone = httpserver.expect_request("/api/v1/endpoints/slug/research-qa", method="DELETE")
    gone.respond_with_json({"detail": "Endpoint not found"}, status=404)
    httpserver.expect_request("/api/v1/endpoints", method="GET").respond_with_json(afterwards)
    httpserver.expect_request("/api/v1/endpoints/research-qa/exists").respond_with_data("false")
    there = RemoteListing(remote_id="7", slug="research-qa", fields={})

    with pytest.raises(expected) if expected else nullcontext():
        on_faulty.withdraw(there)


def test_another_400_is_not_a_slug_conflict(faulty: Faulty, on_faulty: Provider) -> None:
    faulty.answer = Response(json.dumps({"detail": "name already exists"}), 400)

    with pytest.raises(RejectedError) as raised:
        on_faulty.create()
    assert not isinstance(raised.value, SlugConflict)
