"""A reference counterpart of `rest-v1`: a catalogue in memory, on a real socket, with faults to order.

``start_counterpart()`` returns a running :class:`Counterpart`; it speaks docs/marketplace-protocol.md.
Everything may be used from any thread.
"""

import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .catalogue import SENT, Catalogue
from .catalogue_app import make_app
from .faults import Spoiler


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, as a real server does, and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """Remembers its open connections, to close them when it stops."""

    def __init__(self, app: Any) -> None:
        self.open: set[Any] = set()
        super().__init__("127.0.0.1", 0, app, QuietHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)


class Counterpart:
    """A running catalogue: its ``url``, its ``listings`` by slug, the ``requests`` it saw, its ``faults``."""

    def __init__(self, catalogue: Catalogue, latency: float) -> None:
        self.catalogue = catalogue
        self._spoiler = Spoiler(make_app(catalogue), latency)
        self._server = Server(self._spoiler)
        self.faults, self.requests = self._spoiler.faults, self._spoiler.requests
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def listings(self) -> dict[str, dict[str, Any]]:
        with self.catalogue.lock:
            return {row["slug"]: json.loads(json.dumps(row)) for _, row in self.catalogue.rows.values()}

    @property
    def latency(self) -> float:
        """Seconds that every request waits; may be set."""
        return self._spoiler.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._spoiler.latency = seconds

    def insert(self, slug: str, *, account: str = "somebody", **fields: Any) -> str:
        """Put a listing there behind the client's back; return its id."""
        texts = dict.fromkeys(SENT, "") | {"name": slug, "tags": [], "policies": []}
        with self.catalogue.lock:
            return str(self.catalogue.add(account, {**texts, **fields, "slug": slug})["id"])

    def edit(self, slug: str, **fields: Any) -> None:
        """Change a listing behind the client's back; ``None`` hides a field."""
        with self.catalogue.lock:
            pair = self.catalogue.by_slug(slug)
            assert pair, slug
            pair[1].update(fields)

    def remove(self, slug: str) -> None:
        """Take a listing away behind the client's back."""
        with self.catalogue.lock:
            pair = self.catalogue.by_slug(slug)
            assert pair, slug
            self.catalogue.remove(pair[1]["id"])

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.shutdown()
        self._thread.join()
        for connection in list(self._server.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._spoiler.stopped.set()
        self._server.server_close()


def start_counterpart(
    *,
    accounts: Mapping[str, str] | None = None,
    features: Mapping[str, bool] | None = None,
    latency: float = 0.0,
    site: str = "https://catalogue.example",
) -> Counterpart:
    """Start a catalogue on a free port of the loopback interface.

    Args:
        accounts: API keys and the accounts they belong to; without any, the catalogue asks for no key and
            everything belongs to the account ``""``.
        features: what the capability document says; by default health, usage and feedback.
        latency: seconds that every request waits.
        site: where the listings' pages for people are said to be.
    """
    offered = {"health": True, "usage": True, "feedback": True} if features is None else features
    return Counterpart(Catalogue(accounts or {}, offered, site), latency)
