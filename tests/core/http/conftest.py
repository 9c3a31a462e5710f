"""Servers made by hand, to misbehave exactly, and clients that speak to them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

import pytest
from publicist.core.http import Client, Deadline, HttpSettings, Sessions

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RESET = b"\1\0\0\0\0\0\0\0"  # linger on, for 0 s: closing sends a reset


class Wire:
    """A server that hands each connection to ``serve``, and keeps what it received and how much it could send."""

    def __init__(self, serve: "Serve") -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.over = threading.Event()
        self.connections = 0
        self.requests: list[bytes] = []
        self.sent = 0
        self._open: list[socket.socket] = []
        self._accepted = threading.Condition()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._accepted:
                    self.connections += 1
                    self._open.append(connection)
                    self._accepted.notify_all()
                self._threads.append(threading.Thread(target=self._one, args=(connection,)))
                self._threads[-1].start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with connection, suppress(OSError):
            self._serve(self, connection)

    def visitors(self) -> int:
        """Return how many have connected so far, those included that still wait to be accepted."""
        with socket.create_connection(("127.0.0.1", self.port)) as own, self._accepted:
            # Connections are accepted in their order, so all that came before ours are counted by then.
            name = own.getsockname()
            assert self._accepted.wait_for(lambda: any(_peer(each) == name for each in self._open), 5)
            return self.connections - 1

    def read(self, connection: socket.socket) -> bytes:
        """Return the body of the next request; keep the whole of it, if there was one."""
        text = b""
        while b"\r\n\r\n" not in text and (part := connection.recv(65536)):
            text += part
        head, _, body = text.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0].split(b":")[1]):
            body += connection.recv(65536)
        if text:
            self.requests.append(head + b"\r\n\r\n" + body)
        return body

    def send(self, connection: socket.socket, data: bytes) -> None:
        connection.sendall(data)
        self.sent += len(data)

    def close(self) -> None:
        self.over.set()
        # Closing alone would not wake the threads that accept and read.
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


def _peer(connection: socket.socket) -> Any:
    """Return the other side's address, None if it or we have gone."""
    with suppress(OSError):
        return connection.getpeername()
    return None


Serve = Callable[[Wire, socket.socket], None]


class Wires:
    """Starts servers, and closes them in the end."""

    def __init__(self) -> None:
        self._started: list[Wire] = []

    def serving(self, serve: Serve) -> Wire:
        """Start a server that does as ``serve`` does with each connection."""
        self._started.append(Wire(serve))
        return self._started[-1]

    def saying(self, data: bytes) -> Wire:
        """Answer one request with ``data``, then hang up."""

        def serve(server: Wire, connection: socket.socket) -> None:
            server.read(connection)
            server.send(connection, data)

        return self.serving(serve)

    def silent(self) -> Wire:
        """Read a request, and say nothing."""

        def serve(server: Wire, connection: socket.socket) -> None:
            server.read(connection)
            server.over.wait(5)

        return self.serving(serve)

    def dripping(self, start: bytes) -> Wire:
        """Send ``start``, then a byte every 20 ms, for ever."""

        def serve(server: Wire, connection: socket.socket) -> None:
            server.read(connection)
            server.send(connection, start)
            while not server.over.wait(0.02):
                server.send(connection, b"1")

        return self.serving(serve)

    def resetting(self, start: bytes) -> Wire:
        """Read a request, send ``start``, and reset the connection."""

        def serve(server: Wire, connection: socket.socket) -> None:
            server.read(connection)
            server.send(connection, start)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

        return self.serving(serve)

    def answering(self, times: int = 1000) -> Wire:
        """Give each request's body back, on a connection that is kept; hang up on the one after ``times``."""

        def serve(server: Wire, connection: socket.socket) -> None:
            for _ in range(times):
                before = len(server.requests)
                body = server.read(connection)
                if len(server.requests) == before:
                    return
                server.send(connection, OK + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            server.read(connection)

        return self.serving(serve)

    def endless(self, head: bytes) -> Wire:
        """Send ``head`` and then 100 MB, made as they go, unless the other side hangs up."""

        def serve(server: Wire, connection: socket.socket) -> None:
            server.read(connection)
            server.send(connection, head)
            for _ in range(1600):
                server.send(connection, b"x" * 65536)

        return self.serving(serve)

    def close(self) -> None:
        for each in self._started:
            each.close()


@pytest.fixture
def wires() -> Iterator[Wires]:
    started = Wires()
    yield started
    started.close()


class Call(Protocol):
    """Gives a client for ``url`` whose deadline is ``seconds`` away; equal settings share their sessions."""

    def __call__(self, url: str, seconds: float = 5.0, **settings: Any) -> Client: ...


@pytest.fixture
def call() -> Iterator[Call]:
    kept: dict[HttpSettings, Sessions] = {}

    def client(url: str, seconds: float = 5.0, **settings: Any) -> Client:
        chosen = HttpSettings(**settings)
        sessions = kept.setdefault(chosen, Sessions(chosen))
        return sessions.client("one", url, Deadline.after(seconds))

    yield client
    for sessions in kept.values():
        sessions.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Names, and the answers that look-ups of them get one after the other; a look-up too many is a failure."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: Any, *args: Any, **options: Any) -> Any:
        if host not in answers:
            return real(host, port, *args, **options)
        found = answers[host].pop(0) if answers[host] else ["192.0.2.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


@pytest.fixture
def dead_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
