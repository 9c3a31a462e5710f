"""Through a proxy: what it is told, what it is not told, and what is certain when it fails."""

import socket
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, OutcomeUnknown


def test_a_request_goes_to_the_proxy_with_its_whole_address(wires: Any, call: Any) -> None:
    proxy = wires.answering()
    through = call("http://hub.example/api", proxy=proxy.url.replace("//", "//ann:pa%24%24word@"))
    assert through.post("/x", json={"a": 1}).json() == {"a": 1}
    assert proxy.requests[0].startswith(b"POST http://hub.example/api/x HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic YW5uOnBhJCR3b3Jk" in proxy.requests[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "[::1]", "localhost"])
def test_the_proxy_is_not_asked_for_an_inner_address(host: str, wires: Any, call: Any) -> None:
    proxy = wires.answering()
    with pytest.raises(MarketplaceUnavailable, match="No connection is made to"):
        call(f"http://{host}/", proxy=proxy.url, allow_private=False).get("/x")
    assert proxy.visitors() == 0


def test_a_proxy_on_an_inner_address_is_the_operators_choice(wires: Any, call: Any) -> None:
    assert call("http://hub.example", proxy=wires.answering().url, allow_private=False).get("/x").status == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named_as_the_reason(scheme: str, dead_port: int, call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable, match="through the proxy: connection refused"):
        call(f"{scheme}://hub.example", proxy=f"http://127.0.0.1:{dead_port}").post("/x")


def test_a_proxy_that_refuses_the_tunnel_ends_a_write_before_it_is_sent(wires: Any, call: Any) -> None:
    proxy = wires.saying(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    with pytest.raises(MarketplaceUnavailable, match="407 proxy authentication required"):
        call("https://hub.example", proxy=proxy.url).post("/x")
    assert proxy.requests[0].startswith(b"CONNECT hub.example:443 ")


def test_a_proxy_that_wants_a_password_ends_a_write_before_it_is_done(wires: Any, call: Any) -> None:
    proxy = wires.saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(MarketplaceUnavailable, match="407"):
        call("http://hub.example", proxy=proxy.url).post("/x")


def test_a_probe_fails_when_the_proxy_refuses_the_tunnel(wires: Any, call: Any) -> None:
    proxy = wires.saying(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    with pytest.raises(MarketplaceUnavailable, match="502 bad gateway"):
        call("http://hub.example", proxy=proxy.url).probe("https://hub.example")


def test_a_tunnel_that_drips_ends_at_the_deadline(wires: Any, call: Any) -> None:
    proxy = wires.dripping(b"HTTP/1.1 200")
    with pytest.raises(MarketplaceUnavailable, match="did not answer in time"):
        call("https://hub.example", 0.3, proxy=proxy.url).post("/x")


def test_a_write_that_the_proxy_took_and_did_not_answer_has_an_unknown_outcome(wires: Any, call: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        call("http://hub.example", proxy=wires.saying(b"").url).post("/x")


def test_a_handshake_that_fails_inside_the_tunnel_ends_a_write_before_it_is_sent(wires: Any, call: Any) -> None:
    def tunnel(server: Any, connection: socket.socket) -> None:
        server.read(connection)
        server.send(connection, b"HTTP/1.1 200 OK\r\n\r\n")

    with pytest.raises(MarketplaceUnavailable):
        call("https://hub.example", proxy=wires.serving(tunnel).url).post("/x")
