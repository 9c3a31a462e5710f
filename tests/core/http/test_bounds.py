"""Size, sharing, and which addresses are connected to."""

import gzip
import threading
import tracemalloc
from typing import Any

import pytest
from publicist.core.errors import MarketplaceError, MarketplaceUnavailable, OutcomeUnknown
from publicist.core.http import Deadline, HttpSettings, Sessions

OK = b"HTTP/1.1 200 OK\r\n"
LIMIT = 1_000_000
BUFFERED = 30_000_000
"""More than the kernel takes in before it tells the server that nobody reads."""


@pytest.mark.parametrize("head", [OK + b"Content-Length: 104857600\r\n\r\n", OK + b"\r\n"])
def test_a_hundred_megabytes_are_given_up_at_the_limit(head: bytes, wires: Any, call: Any) -> None:
    server = wires.endless(head)
    with pytest.raises(OutcomeUnknown, match="larger than 1000000 bytes"):
        call(server.url, max_bytes=LIMIT).post("/x")
    server.close()
    assert server.sent < BUFFERED


@pytest.mark.parametrize("status", [b"302 Found", b"500 Oops", b"503 Busy", b"429 Slow down"])
def test_the_body_of_an_error_or_a_redirect_is_bounded_too(status: bytes, wires: Any, call: Any) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nLocation: http://192.0.2.1/y\r\nContent-Length: 104857600\r\n\r\n"
    server = wires.endless(head)
    with pytest.raises(MarketplaceError):
        call(server.url).get("/x")
    server.close()
    assert server.sent < BUFFERED


def zipped(body: bytes) -> bytes:
    packed = gzip.compress(body)
    return OK + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed


def test_a_gzip_bomb_is_measured_unpacked(wires: Any, call: Any) -> None:
    client = call(wires.saying(zipped(b"0" * 50_000_000)).url, max_bytes=LIMIT)
    tracemalloc.start()
    with pytest.raises(MarketplaceUnavailable, match="larger than 1000000 bytes"):
        client.get("/x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_compressed_answer_is_unpacked(wires: Any, call: Any) -> None:
    assert call(wires.saying(zipped(b'{"a": 1}')).url).get("/x").json() == {"a": 1}


def test_connections_are_kept_between_calls_and_not_shared_between_marketplaces(wires: Any) -> None:
    server = wires.answering()
    sessions = Sessions(HttpSettings())
    for key in ("one", "one", "two", "one"):
        sessions.client(key, server.url, Deadline.after(5)).get("/x")
    assert (server.connections, len(server.requests)) == (2, 4)
    sessions.close()
    sessions.client("one", server.url, Deadline.after(5)).get("/x")
    assert server.connections == 3
    sessions.close()


def test_many_threads_share_one_session(wires: Any, call: Any) -> None:
    server = wires.answering()
    wrong: list[Any] = []

    def work(number: int) -> None:
        for _ in range(5):
            got = call(server.url).post("/x", json=number).json()
            if got != number:
                wrong.append(got)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert wrong == []
    assert len(server.requests) == 60


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::]", "0", "localhost"])
def test_an_inner_address_is_refused_in_every_spelling_unless_allowed(host: str, wires: Any, call: Any) -> None:
    server = wires.answering()
    with pytest.raises(MarketplaceUnavailable, match="No connection is made to"):
        call(f"http://{host}:{server.port}", allow_private=False).post("/x")
    assert server.visitors() == 0


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"])
def test_a_metadata_address_is_refused_under_every_setting(host: str, call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable, match="link-local or metadata"):
        call(f"http://{host}/", allow_private=True).get("/latest/meta-data")


def test_the_judged_address_is_connected_to_under_its_name(wires: Any, call: Any, names: Any) -> None:
    server = wires.answering()
    names["hub.example"] = [["127.0.0.1"]]
    assert call(f"http://hub.example:{server.port}", 1).get("/x").status == 200
    assert f"Host: hub.example:{server.port}\r\n".encode() in server.requests[0]


def test_a_name_with_one_inner_answer_is_not_connected_to(wires: Any, call: Any, names: Any) -> None:
    server = wires.answering()
    names["hub.example"] = [["93.184.216.34", "127.0.0.1"]]
    with pytest.raises(MarketplaceUnavailable, match=r"hub\.example \(127\.0\.0\.1\)"):
        call(f"http://hub.example:{server.port}", allow_private=False).get("/x")
    assert server.visitors() == 0


def test_a_probe_connects_and_sends_nothing(wires: Any, call: Any) -> None:
    server = wires.answering()
    assert 0 < call("http://hub.example").probe(f"{server.url}/x?key=1") < 5000
    assert server.visitors() == 1
    server.close()
    assert server.requests == []


def test_a_probe_of_a_dead_port_or_a_refused_address_is_unavailable(wires: Any, call: Any, dead_port: int) -> None:
    with pytest.raises(MarketplaceUnavailable, match="connection refused"):
        call("http://hub.example").probe(f"http://127.0.0.1:{dead_port}")
    with pytest.raises(MarketplaceUnavailable, match="No connection is made to"):
        call("http://hub.example", allow_private=False).probe(wires.answering().url)
    with pytest.raises(MarketplaceUnavailable, match="in time"):
        call("http://hub.example", 0).probe(wires.answering().url)


def test_the_next_address_is_tried_when_one_does_not_answer(wires: Any, call: Any, names: Any) -> None:
    server = wires.answering()
    names["hub.example"] = [["127.0.0.99", "127.0.0.1"]]
    assert call(f"http://hub.example:{server.port}").get("/x").status == 200
