"""Where a tunnel would end: asked for only by a space that needs one, and once."""

from dataclasses import replace

import pytest
from publicist.core.hookspecs import Call
from publicist.core.http import Sessions
from publicist.core.records import Account
from publicist.core.secrets import Secret
from publicist.plugins import syfthub
from pytest_httpserver import HTTPServer

from .provider import ORIGIN, Provider, provider

ROUTE = "/api/v1/users/me/tunnel-credentials"
OFFER = {"auth_token": "ngrok-secret", "domain": "Ada.tunnel.example"}


@pytest.fixture
def hub(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": None})
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    return httpserver


@pytest.fixture
def space(hub: HTTPServer, sessions: Sessions) -> Provider:
    return provider(sessions, hub.url_for(""), "", token="syft_pat_ada")


def connect(space: Provider, public_url: str = "", token: str = "syft_pat_ada") -> Account:
    call = space.call()
    seen = replace(call.space, public_url=public_url, developer_token=Secret(token) if token else None)
    return syfthub.connect(space.marketplace, Call(http=call.http, space=seen, memory=call.memory))


def asked(hub: HTTPServer) -> int:
    return sum(request.path == ROUTE for request, _ in hub.log)


def test_the_domain_is_told_and_asked_for_once(hub: HTTPServer, space: Provider) -> None:
    hub.expect_request(ROUTE).respond_with_json(OFFER)

    first, second = connect(space), connect(space)

    assert first.tunnel_domain == second.tunnel_domain == "ada.tunnel.example"
    assert "none runs yet" in first.message
    assert asked(hub) == 1


@pytest.mark.parametrize(("public_url", "token"), [(ORIGIN, "syft_pat_ada"), ("", "")])
def test_a_space_that_needs_no_tunnel_asks_for_none(
    hub: HTTPServer, space: Provider, public_url: str, token: str
) -> None:
    hub.expect_request(ROUTE).respond_with_json(OFFER)

    assert connect(space, public_url, token).tunnel_domain == ""
    assert asked(hub) == 0


@pytest.mark.parametrize("status", [404, 502, 503])
def test_a_hub_without_tunnels_is_connected_all_the_same(hub: HTTPServer, space: Provider, status: int) -> None:
    hub.expect_request(ROUTE).respond_with_json({"detail": "no tunnels"}, status=status)

    account = connect(space)

    assert (account.name, account.tunnel_domain) == ("ada", "")
    assert "tunnel" not in account.message


@pytest.mark.parametrize("offer", [[], {}, {"domain": 7}, {"domain": "a b.example"}, {"domain": "x" * 300}, "nonsense"])
def test_an_offer_that_names_no_domain_is_none(hub: HTTPServer, space: Provider, offer: object) -> None:
    hub.expect_request(ROUTE).respond_with_json(offer)

    assert connect(space).tunnel_domain == ""
