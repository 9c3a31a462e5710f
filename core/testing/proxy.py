"""The kit's proxy: stands between an adapter and its marketplace, passes everything on, and lets faults strike."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from .faults import Fault
from .relay import Handler, Seen

POLL = 0.01


@dataclass
class Order:
    """A fault that was ordered: it strikes every matching request after the first ``skip``, until mended."""

    fault: Fault | None
    skip: int = 0
    times: int | None = None
    before: Callable[[], object] | None = None
    struck: int = 0

    def strikes(self) -> bool:
        """Count a request, and tell whether this one is struck."""
        self.skip -= 1
        if self.skip >= 0 or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True


class Server(ThreadingHTTPServer):
    """Serves the proxy; remembers what hangs, so that it ends."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that leave are what the kit is about."""


class Proxy:
    """A reverse proxy on loopback.

    Attributes:
        url: what to enter as the marketplace's address in place of ``target``.
        seen: the requests so far.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.target = f"{parts.scheme}://{parts.netloc}"
        self.seen: list[Seen] = []
        self.mended = threading.Event()
        self._order: Order | None = None
        self._lock = threading.Lock()
        self._server = Server(self)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.origin}{parts.path}".rstrip("/")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL,), daemon=True)
        self._thread.start()

    def order(
        self,
        fault: Fault | None,
        *,
        skip: int = 0,
        times: int | None = None,
        before: Callable[[], object] | None = None,
    ) -> Order:
        """Let ``fault`` strike all requests from now on, but for the first ``skip``; one order at a time.

        Args:
            fault: what happens; None lets them pass.
            skip: how many requests pass first.
            times: how many are struck, if not all.
            before: is called first for each that is struck.
        """
        self.mended.clear()
        with self._lock:
            self._order = Order(fault, skip, times, before)
            return self._order

    def mend(self) -> None:
        """Let everything go right again; what hangs is let go."""
        with self._lock:
            self._order = None
        self.mended.set()

    def arrive(self, seen: Seen) -> Fault | None:
        """Note a request, and return what happens to it."""
        with self._lock:
            self.seen.append(seen)
            order = self._order
            struck = order is not None and order.strikes()
        if not struck or order is None:
            return None
        if order.before:
            order.before()
        return order.fault

    def stop(self) -> None:
        """Close the port."""
        self.mend()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield the address of a port on which nobody listens, and keep it so meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
