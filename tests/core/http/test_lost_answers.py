"""What becomes of a request whose answer falls silent, breaks off, drips, or never had a chance."""

import socket
import time
from contextlib import suppress
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, OutcomeUnknown

SHORT = 0.4
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

LOST = {
    "silence": ("silent", [], "outcome_unknown"),
    "a dripping status line": ("dripping", [b"HTTP/1.1 2"], "outcome_unknown"),
    "a dripping header": ("dripping", [OK + b"X-Slow: "], "outcome_unknown"),
    "a dripping body": ("dripping", [OK + b"Content-Length: 100000\r\n\r\n"], "outcome_unknown"),
    "a dripping body of no length": ("dripping", [OK + b"\r\n"], "outcome_unknown"),
    "a dripping chunk": ("dripping", [CHUNKED + b"ffff\r\n"], "outcome_unknown"),
    "a hang-up": ("saying", [b""], "outcome_unknown"),
    "a reset": ("resetting", [b""], "outcome_unknown"),
    "a reset in the body": ("resetting", [OK + b"Content-Length: 1000\r\n\r\nhalf"], "outcome_unknown"),
    "half a body": ("saying", [OK + b"Content-Length: 1000\r\n\r\nhalf"], "marketplace_unavailable"),
    "half a chunk": ("saying", [CHUNKED + b"10\r\nhalf"], "marketplace_unavailable"),
    "a chunk of no length": ("saying", [CHUNKED + b"zz\r\n"], "marketplace_unavailable"),
    "broken compression": (
        "saying",
        [OK + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip"],
        "marketplace_unavailable",
    ),
    "another protocol": ("saying", [b"SSH-2.0-OpenSSH_9.6\r\n"], "marketplace_unavailable"),
}


@pytest.fixture(params=LOST)
def lost(request: pytest.FixtureRequest, wires: Any) -> tuple[Any, float, str]:
    """A server that does not properly answer, the time to give it, and the cause that a write to it has."""
    kind, args, cause = LOST[request.param]
    ends_by_itself = kind not in {"silent", "dripping"}
    return getattr(wires, kind)(*args), 5 if ends_by_itself else SHORT, cause


def test_a_write_that_was_sent_and_not_answered_has_an_unknown_outcome(lost: tuple[Any, float, str], call: Any) -> None:
    server, seconds, cause = lost
    start = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="was sent, but") as caught:
        call(server.url, seconds).post("/x", json={"n": 1})
    assert time.monotonic() - start < 4
    assert caught.value.cause_code == cause
    server.close()
    assert len(server.requests) == 1


def test_a_read_that_was_not_answered_may_be_tried_again(lost: tuple[Any, float, str], call: Any) -> None:
    server, seconds, _ = lost
    start = time.monotonic()
    with pytest.raises(MarketplaceUnavailable):
        call(server.url, seconds).get("/x")
    assert time.monotonic() - start < 4
    server.close()
    assert len(server.requests) == 1


def test_a_login_that_was_not_answered_may_be_tried_again(wires: Any, call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable):
        call(wires.saying(b"").url).post("/auth/login", form={"username": "ann"}, safe=True)


def test_the_read_timeout_ends_a_silence_before_the_deadline(wires: Any, call: Any) -> None:
    start = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        call(wires.silent().url, 60, read_timeout=0.1).post("/x")
    assert time.monotonic() - start < 4


def test_a_write_on_a_kept_connection_that_is_hung_up_has_an_unknown_outcome(wires: Any, call: Any) -> None:
    server = wires.answering(times=1)
    call(server.url).get("/x")
    with pytest.raises(OutcomeUnknown):
        call(server.url).post("/x")
    assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_dead_port_is_unavailable_for_a_write_too(method: str, dead_port: int, call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable, match="connection refused"):
        call(f"http://127.0.0.1:{dead_port}").request(method, "/x?key=1", json={})


def test_a_name_that_nobody_knows_is_unavailable_for_a_write_too(call: Any) -> None:
    with pytest.raises(MarketplaceUnavailable, match=r"no-such-host\.invalid"):
        call("http://no-such-host.invalid").post("/x")


def test_a_server_that_takes_no_connection_is_unavailable_for_a_write_too(call: Any) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(full.getsockname())
        with pytest.raises(MarketplaceUnavailable, match="did not answer in time"):
            call(f"http://127.0.0.1:{full.getsockname()[1]}", SHORT).post("/x")
        for each in waiting:
            each.close()


def test_an_error_that_our_caller_is_handling_does_not_colour_ours(dead_port: int, call: Any) -> None:
    client = call(f"http://127.0.0.1:{dead_port}")
    try:
        int("x")
    except ValueError:
        with pytest.raises(MarketplaceUnavailable, match="connection refused"):
            client.get("/x")
