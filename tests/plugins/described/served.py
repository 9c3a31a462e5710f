"""Serves a WSGI application on a free port, and counts what it is asked."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..custom.counterpart import Server


class Served:
    """A running application: its ``url``, and the ``requests`` that it got as ``METHOD path``."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.requests: list[str] = []

        def counted(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            return app(environ, start)

        self._server = Server(counted)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        for connection in list(self._server.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()


@contextmanager
def served(app: Callable[..., Iterable[bytes]]) -> Iterator[Served]:
    running = Served(app)
    yield running
    running.stop()
