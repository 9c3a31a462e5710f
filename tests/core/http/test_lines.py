"""An answer read line by line: as it comes, whole or not at all, within the same bounds as every other."""

import socket
import threading
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, RateLimited, RejectedError
from publicist.core.secrets import Secret

OK = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def lines(client: Any, **options: Any) -> list[str]:
    with client.stream_lines("/x", json={"a": 1}, **options) as read:
        return list(read)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a\nb\r\n\nc", ["a", "b", "", "c"]),
        ("ä\u2028b\x85c\n".encode(), ["ä\u2028b\x85c"]),
        (b"\xff\n", ["\ufffd"]),
        (b"", []),
        (b"\n", [""]),
    ],
)
@pytest.mark.parametrize("form", ["length", "chunks", "close"])
def test_lines_come_without_their_ends(body: bytes, expected: list[str], form: str, wires: Any, call: Any) -> None:
    head, sent = {
        "length": (b"Content-Length: %d\r\n\r\n" % len(body), body),
        "chunks": (
            b"Transfer-Encoding: chunked\r\n\r\n",
            b"".join(chunk(body[i : i + 1]) for i in range(len(body))) + b"0\r\n\r\n",
        ),
        "close": (b"\r\n", body),
    }[form]
    assert lines(call(wires.saying(OK + head + sent).url)) == expected


@pytest.mark.parametrize("head", [b"Transfer-Encoding: chunked\r\n\r\n", b"\r\n"])
def test_a_line_is_there_before_the_next_is_sent(head: bytes, wires: Any, call: Any) -> None:
    read = threading.Event()
    chunked = b"chunked" in head

    def serve(server: Any, connection: socket.socket) -> None:
        server.read(connection)
        for line in (b"one\n", b"two\n"):
            server.send(connection, head * (line == b"one\n") + (chunk(line) if chunked else line))
            assert read.wait(5)
        server.send(connection, b"0\r\n\r\n" if chunked else b"")

    def starting(server: Any, connection: socket.socket) -> None:
        connection.sendall(OK)
        serve(server, connection)

    server = wires.serving(starting)
    with call(server.url).stream_lines("/x", json={}) as found:
        each = iter(found)
        assert next(each) == "one"
        read.set()
        assert list(each) == ["two"]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 100\r\n\r\na\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nff\r\na\n",
    ],
)
def test_an_answer_that_breaks_off_is_told(body: bytes, wires: Any, call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable):
        lines(call(wires.saying(OK + body).url))


@pytest.mark.parametrize("head", [OK + b"Content-Length: 104857600\r\n\r\n", OK + b"\r\n"])
def test_an_endless_line_is_given_up_at_the_limit(head: bytes, wires: Any, call: Any) -> None:
    server = wires.endless(head)
    with pytest.raises(MarketplaceUnavailable, match="larger than 1000 bytes"):
        lines(call(server.url), max_bytes=1000)


@pytest.mark.parametrize("bounds", [{"seconds": 0.3}, {"seconds": 5, "timeout": 0.3}])
def test_a_stream_that_drips_ends_at_the_deadline_or_the_timeout(
    bounds: dict[str, float], wires: Any, call: Any
) -> None:
    server = wires.dripping(OK + b"\r\n")
    with pytest.raises(MarketplaceUnavailable, match="in time"):
        lines(call(server.url, bounds["seconds"]), timeout=bounds.get("timeout"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (b"429 Slow", RateLimited),
        (b"503 Busy", MarketplaceUnavailable),
        (b"500 Oops", MarketplaceUnavailable),
        (b"302 Found\r\nLocation: http://elsewhere.example/", MarketplaceUnavailable),
    ],
)
def test_a_fault_is_raised_before_a_line_is_read(status: bytes, expected: type, wires: Any, call: Any) -> None:
    server = wires.saying(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(expected) as caught:
        lines(call(server.url))
    assert type(caught.value) is expected
    assert server.connections == 1


def test_a_client_error_can_be_read_whole(wires: Any, call: Any) -> None:
    server = wires.saying(b'HTTP/1.1 422 No\r\nContent-Length: 8\r\n\r\n{"a": 1}')
    with call(server.url).stream_lines("/x", json={}) as found:
        assert (found.ok, found.status, found.answer().json()) == (False, 422, {"a": 1})


def test_a_credential_does_not_go_elsewhere(wires: Any, call: Any) -> None:
    server = wires.saying(OK + b"Content-Length: 0\r\n\r\n")
    client = call("http://127.0.0.1:9/")
    with pytest.raises(RejectedError), client.stream_lines(server.url, json={}, absolute=True, auth=Secret("abcdefgh")):
        pass
    assert server.connections == 0


@pytest.mark.parametrize(("timeout", "fits"), [(None, False), (3.0, True)])
def test_a_timeout_of_its_own_may_be_longer_than_the_usual_wait(
    timeout: float | None, fits: bool, wires: Any, call: Any
) -> None:
    waited = threading.Event()

    def serve(server: Any, connection: socket.socket) -> None:
        server.read(connection)
        waited.wait(0.5)
        server.send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    client = call(wires.serving(serve).url, read_timeout=0.2)
    if fits:
        assert client.post("/x", safe=True, timeout=timeout).json() == {}
    else:
        with pytest.raises(MarketplaceUnavailable, match="in time"):
            client.post("/x", safe=True, timeout=timeout)
