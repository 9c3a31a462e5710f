"""A proxy in front of one marketplace that does to requests what networks and gateways do.

Each request that arrives is given to ``choose``, which names a fault or none. The kinds:

``busy`` 503; ``limited`` 429 with seconds; ``limited_date`` 429 with a date; ``refused`` 401; ``garbage`` a page that
is not the marketplace's. None of these reaches the marketplace. ``lost_before`` hangs up before the request is passed
on, ``lost_after`` once it was carried out, ``half`` in the middle of the answer. ``slow`` carries the request out at
once and answers after ``delay``. ``late`` hangs up at once, and passes the request on at the next ``deliver()``, as if
it had been under way all the time.
"""

import random
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = (
    "busy", "limited", "limited_date", "refused", "garbage", "lost_before", "lost_after", "half", "slow", "late",
)  # fmt: skip
PAGE = b"<!doctype html><title>Gateway</title><p>Please log in.</p>"
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """The marketplace's answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def problem(status: int, wait: str = "") -> Told:
    headers = [("Content-Type", "application/problem+json"), *([("Retry-After", wait)] if wait else [])]
    return Told(status, headers, b'{"detail": "Made to fail."}')


def in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


REFUSALS: dict[str, Callable[[], Told]] = {
    "busy": lambda: problem(503),
    "limited": lambda: problem(429, "2"),
    "limited_date": lambda: problem(429, in_two_seconds()),
    "refused": lambda: problem(401),
    "garbage": lambda: Told(200, [("Content-Type", "text/html")], PAGE),
}
"""What is answered without asking the marketplace."""


class Proxy:
    """A running proxy; ``url`` has no slash at its end. ``struck`` lists the faults that came about."""

    def __init__(self, target: str, choose: Callable[[Asked], str | None], delay: float = 1.5) -> None:
        self.choose, self.delay = choose, delay
        self.struck: list[str] = []
        self.stopped = threading.Event()
        self._host = target.removeprefix("http://")
        self._under_way: list[Asked] = []
        self._lock = threading.Lock()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def pass_on(self, asked: Asked) -> Told:
        """Have the marketplace carry a request out."""
        connection = HTTPConnection(self._host, timeout=20)
        try:
            headers = {name: text for name, text in asked.headers.items() if name.lower() not in HOP}
            connection.request(asked.method, asked.path, asked.body, headers)
            answer = connection.getresponse()
            return Told(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def hold(self, asked: Asked) -> None:
        """Keep a request that its sender has given up."""
        with self._lock:
            self._under_way.append(asked)

    def deliver(self) -> None:
        """Pass on what is still under way."""
        with self._lock:
            waiting, self._under_way = self._under_way, []
        for asked in waiting:
            self.pass_on(asked)

    def forget(self) -> None:
        """Drop what is still under way."""
        with self._lock:
            self._under_way = []

    def stop(self) -> None:
        """Close the port and wait for the threads."""
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a client that was killed hangs up in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer leaves in one piece
    server: _Server

    def handle_one_request(self) -> None:
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65_537)
        if self.raw_requestline and self.parse_request():
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._meet(Asked(self.command, self.path, dict(self.headers.items()), body))

    def _meet(self, asked: Asked) -> None:
        proxy = self.server.proxy
        kind = proxy.choose(asked)
        if kind:
            proxy.struck.append(kind)
        if kind in REFUSALS:
            self._answer(REFUSALS[kind]())
        elif kind in {"lost_before", "late"}:
            if kind == "late":
                proxy.hold(asked)
            self._hang_up()
        else:
            self._carried_out(proxy, kind, proxy.pass_on(asked))

    def _carried_out(self, proxy: Proxy, kind: str | None, told: Told) -> None:
        if kind == "slow":
            proxy.stopped.wait(proxy.delay)
        if kind != "lost_after":
            with suppress(OSError):
                self._answer(told, half=kind == "half")
        if kind in {"lost_after", "half"}:
            self._hang_up()

    def _answer(self, told: Told, *, half: bool = False) -> None:
        self.send_response_only(told.status)
        for name, text in told.headers:
            if name.lower() not in HOP:
                self.send_header(name, text)
        if told.status != 204:
            # An empty body has no half: one byte is promised that never comes.
            self.send_header("Content-Length", str(max(len(told.body), int(half))))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(told.body[: len(told.body) // 2] if half else told.body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Ordered:
    """Faults one after another, for the next requests; none when the list is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: list[tuple[str, bool]] = []

    def add(self, kind: str, *, writes: bool = False) -> None:
        """Order a fault for the next request, or for the next that writes a listing."""
        with self._lock:
            self._kinds.append((kind, writes))

    def clear(self) -> None:
        """Let everything go right again."""
        with self._lock:
            self._kinds.clear()

    def __call__(self, asked: Asked) -> str | None:
        with self._lock:
            if self._kinds and (not self._kinds[0][1] or is_write(asked)):
                return self._kinds.pop(0)[0]
        return None


class Weather:
    """Faults by chance: ``share`` of all requests, from a seed. A dry ``share`` of 0 ends them."""

    def __init__(self, seed: int, share: float, kinds: tuple[str, ...] = KINDS) -> None:
        self.share, self._kinds = share, kinds
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> str | None:
        with self._lock:
            return self._dice.choice(self._kinds) if self._dice.random() < self.share else None


def is_write(asked: Asked) -> bool:
    """Whether the request makes, changes or withdraws a listing; not what only tells our address or our health."""
    listings = asked.path.split("?")[0].removeprefix("/api/v1")
    return asked.method != "GET" and listings.startswith(("/listings", "/endpoints")) and "/health" not in listings
