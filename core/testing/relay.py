"""One request through the proxy: passed on as it is, or struck by a fault."""

import http.client
import json
import os
import socket
import struct
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from .faults import Fault

LONGEST = 60.0
"""Seconds that a request hangs at most, should nobody mend the proxy."""
_HOPS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding", "te"})
_BODILESS = (204, 304)


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; ``path`` has the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Reply:
    """What the marketplace answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Takes any method."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def __getattr__(self, name: str) -> Any:
        """Serve ``do_GET``, ``do_POST`` and every other method alike."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = Seen(self.command, self.path, dict(self.headers.items()), body)
        fault = self.server.proxy.arrive(seen)
        with suppress(OSError):
            if fault is None:
                self._send(self._passed_on(seen))
            else:
                self._strike(fault, seen)

    def _passed_on(self, seen: Seen) -> Reply:
        """Have the marketplace answer; its own address in the answer becomes the proxy's."""
        proxy = self.server.proxy
        parts = urlsplit(proxy.target)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        headers = {name: value for name, value in seen.headers.items() if name.lower() not in _HOPS}
        with closing(kind(parts.hostname or "", parts.port, timeout=LONGEST)) as connection:
            sent = {**headers, "Accept-Encoding": "identity", "Connection": "close"}
            connection.request(seen.method, seen.path, body=seen.body or None, headers=sent)
            answer = connection.getresponse()
            body = answer.read().replace(proxy.target.encode(), proxy.origin.encode())
            kept = tuple(
                (name, value.replace(proxy.target, proxy.origin))
                for name, value in answer.getheaders()
                if name.lower() not in _HOPS
            )
            return Reply(answer.status, kept, body)

    def _send(self, reply: Reply, *, part: int | None = None) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status not in _BODILESS:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[:part])

    def _strike(self, fault: Fault, seen: Seen) -> None:
        reply = self._passed_on(seen) if fault.carried_out else Reply(200, (), b"")
        self.close_connection = fault.act != "answer"
        match fault.act:
            case "answer":
                self._send(Reply(fault.status, tuple(fault.headers.items()), fault.body))
            case "half" if reply.body:
                self._send(reply, part=len(reply.body) // 2)
            case "hang":
                self.server.proxy.mended.wait(LONGEST)
            case "drip":
                self._drip()
            case "echo":
                self._send(Reply(fault.status, (("Content-Type", "application/json"),), _repeated(seen)))
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault.act not in ("answer", "echo"):
            self._leave(reset=fault.act == "reset")

    def _drip(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.proxy.mended.wait(0.05):
            self.wfile.write(b" ")

    def _leave(self, *, reset: bool) -> None:
        self.wfile.flush()
        if reset:
            os.close(self.connection.detach())  # at once, so that what is told is a reset and not an end
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


def _repeated(seen: Seen) -> bytes:
    text = seen.body.decode(errors="replace")
    said = f"Refused: {seen.method} {seen.path} {dict(seen.headers)} {text}"
    fields = {"headers": [str(dict(seen.headers))], "body": [text]}
    return json.dumps({"detail": said, "title": said, "message": said, "error": said, "errors": fields}).encode()
