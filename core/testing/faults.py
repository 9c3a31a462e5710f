"""What can go wrong between an adapter and its marketplace, and what each must come to."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Act = Literal["answer", "close", "reset", "half", "hang", "drip", "echo"]
PAGE = b"<!doctype html><title>Gateway</title><h1>Please log in</h1>"
HUGE = 80 * 1024 * 1024
"""Bytes, decompressed: more than any adapter should take."""


@dataclass(frozen=True)
class Fault:
    """What becomes of a request.

    Attributes:
        title: what a message calls it.
        act: ``answer`` (with ``status``, ``headers`` and ``body``), ``close`` or ``reset`` the connection, ``half`` of
            the true answer, ``hang``, ``drip`` (a body that never ends), ``echo`` (a refusal that repeats the request).
        carried_out: whether the request reaches the marketplace first, so that only its answer is lost.
    """

    title: str
    act: Act = "answer"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    carried_out: bool = False

    def after(self) -> "Fault":
        """Return the same fault in the answer to a request that is carried out."""
        return replace(self, title=f"{self.title} (to a request that was carried out)", carried_out=True)


def refusal(status: int, **headers: str) -> Fault:
    """Return an answer with an error status and a JSON body that no adapter knows."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = json.dumps({"detail": "Made to fail by the contract kit."}).encode()
    title = f"HTTP {status}" + "".join(f" with {name}: {value}" for name, value in named.items())
    return Fault(title, status=status, headers={"Content-Type": "application/json", **named}, body=said)


def shaped(value: Any) -> Fault:
    """Return a 200 with JSON of a shape that is no answer, to a request that was carried out."""
    body = json.dumps(value).encode()
    title = f"HTTP 200 with the JSON {body.decode()}"
    return Fault(title, headers={"Content-Type": "application/json"}, body=body, carried_out=True)


def redirect(location: str) -> Fault:
    """Return a redirect to another host."""
    return Fault("a redirect to another host", status=307, headers={"Location": location})


def oversized() -> Fault:
    """Return an answer that is small on the wire and huge once it is unpacked."""
    packed = gzip.compress(b"[" + b" " * HUGE + b"]", compresslevel=1)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Fault("an answer of 80 MiB", headers=headers, body=packed, carried_out=True)


WEB_PAGE = Fault("an HTML page with HTTP 200 in place of JSON", headers={"Content-Type": "text/html"}, body=PAGE)
NO_ROUTE = Fault("an HTML page with HTTP 404", status=404, headers={"Content-Type": "text/html"}, body=PAGE)
HALF = Fault("half of the answer's body", act="half", carried_out=True)
CLOSED = Fault("a connection that is closed without an answer", act="close")
RESET = Fault("a connection that is reset after the request was carried out", act="reset", carried_out=True)
HANGS = Fault("an answer that never comes", act="hang", carried_out=True)
DRIPS = Fault("a body that never ends", act="drip", carried_out=True)
ECHO = Fault("a refusal that repeats the request, credentials and all", act="echo", status=400)
