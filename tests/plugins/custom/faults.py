"""Faults to order: what a server, a proxy or a network can do to a request and its answer."""

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response
from werkzeug.test import run_wsgi_app

from .catalogue import problem
from .catalogue_app import reply

PAGE = "<!doctype html><title>Gateway</title><p>Please log in.</p>"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next matching requests.

    The kinds: ``html``, ``empty``, ``wrong_shape`` (answers ``body``; bytes as they are), ``huge`` (64 MiB),
    ``half`` (half of the true answer), ``redirect`` (to ``location``), ``problem`` (``status``, ``code``,
    ``detail``, ``errors``, ``headers``), ``slow`` (waits ``seconds``), ``drop`` (closes the connection),
    ``meanwhile`` (``action`` is given the request, and runs before it is carried out). With ``written`` the
    request is carried out first, and only its answer is spoilt; half, slow and meanwhile always carry it out.
    """

    kind: str
    method: str = ""
    path: str = ""
    times: int | None = None
    written: bool = False
    seconds: float = 0.0
    location: str = ""
    body: Any = field(default_factory=list)
    status: int = 503
    code: str = ""
    detail: str = "Made to fail."
    errors: Mapping[str, list[str]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    action: Callable[["Seen"], object] | None = None


class Faults:
    """The faults that are ordered; the first that matches a request's method and path prefix strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: str, **options: Any) -> None:
        """Order a fault, for ever or for ``times`` requests."""
        with self._lock:
            self._faults.append(Fault(kind, **options))

    def clear(self) -> None:
        """Let everything go right again."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request, and use it up by one."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.method in ("", method) and path.startswith(fault.path):
                    left = None if fault.times is None else fault.times - 1
                    self._faults[index : index + 1] = [] if left == 0 else [replace(fault, times=left)]
                    return fault
        return None


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Spoiler:
    """WSGI: notes the request, waits the latency, and lets a fault strike."""

    def __init__(self, app: Flask, latency: float) -> None:
        self.app, self.latency = app, latency
        self.faults, self.requests = Faults(), list[Seen]()
        self.stopped = threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        seen = self._note(environ)
        if self.latency:
            self.stopped.wait(self.latency)
        fault = self.faults.take(seen.method, seen.path)
        if fault and fault.action:
            fault.action(seen)
        if fault is None or fault.kind == "meanwhile":
            return self.app(environ, start)
        if fault.kind == "slow" and not fault.written:
            self.stopped.wait(fault.seconds)
        done = run_wsgi_app(self.app, environ) if fault.written or fault.kind in {"half", "slow"} else None
        return self._spoil(fault, environ, start, done)

    def _note(self, environ: dict[str, Any]) -> Seen:
        # Read to the end: on a connection that is kept open the rest would pass for the next request.
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        headers = {
            key[5:].replace("_", "-").title(): value for key, value in environ.items() if key.startswith("HTTP_")
        }
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        seen = Seen(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, headers, body)
        self.requests.append(seen)
        return seen

    def _spoil(self, fault: Fault, environ: dict[str, Any], start: Callable[..., Any], done: Any) -> Iterable[bytes]:
        match fault.kind:
            case "drop":
                hang_up(environ)
            case "half" | "slow":
                body = b"".join(done[0])
                if fault.kind == "slow" and fault.written:
                    self.stopped.wait(fault.seconds)
                start(done[1], list(done[2]))
                return [body] if fault.kind == "slow" else half(body, environ)
            case "huge":
                start("200 OK", [("Content-Type", "application/json")])
                return (b" " * 65_536 for _ in range(1024))
        response = {
            "html": lambda: Response(PAGE, 200, content_type="text/html"),
            "empty": lambda: Response(b"", 200, content_type="application/json"),
            "wrong_shape": lambda: shaped(fault.body),
            "redirect": lambda: Response(b"", 302, headers={"Location": fault.location}),
            "problem": lambda: reply(*problem(fault.status, fault.code, fault.detail, **errors_of(fault))),
        }[fault.kind]()
        response.headers.extend(fault.headers)
        return response(environ, start)


def shaped(body: Any) -> Response:
    if isinstance(body, bytes):
        return Response(body, 200, content_type="application/json")
    return reply(200, body)


def errors_of(fault: Fault) -> dict[str, Any]:
    return {"errors": fault.errors} if fault.errors else {}


def half(body: bytes, environ: dict[str, Any]) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    hang_up(environ)


def hang_up(environ: dict[str, Any]) -> None:
    """Close the connection without a word more."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
