"""Serving the web app on a port, in threads of this process."""

import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waitress.server import create_server
from waitress.wasyncore import close_all

from ..core.errors import ConfigurationError
from ..core.services import Services
from . import create_app
from .app import MOST_BYTES
from .context import THREADS

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_BACKLOG = 1024
_MOST_CONNECTIONS = 1000
_CHANNEL_SECONDS = 120


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A space that serves. ``url`` has no slash at its end."""

    url: str
    _server: Any
    _connections: dict[int, Any]
    _thread: threading.Thread

    def stop(self) -> bool:
        """Stop serving, close every connection and wait for the threads. Stopping twice does no harm.

        Returns:
            Whether every request under way has ended; one that hangs is left behind after some seconds.
        """
        if self._thread.is_alive():
            trigger = self._server.trigger
            # Only the serving thread may close what it listens to, and not before the trigger is pulled: a pull for
            # something else could make it close the trigger under our hand.
            with trigger.lock:
                trigger.thunks.append(lambda: close_all(self._connections, ignore_all=True))
                trigger.pull_trigger()
            self._thread.join()
            self._server.task_dispatcher.shutdown()
        return not self._server.task_dispatcher.threads


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 lets the system choose one.

    Binding comes before the services are opened, since they need to know the port: a marketplace on this machine
    is told this address. Raises ConfigurationError when the port is taken or the host unknown.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ConfigurationError(
            f"publicist cannot listen on {host}, port {port}: {error.strerror}.",
            remedy="Choose another host or port (--host, --port), or stop what uses it.",
        ) from error
    return listener


def start_server(
    services: Services,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    listener: socket.socket | None = None,
    app: "WSGIApplication | None" = None,
) -> RunningServer:
    """Serve a space and return once it takes requests.

    Args:
        app: what serves it; one that is made for it without.
        listener: a socket from :func:`listen` to serve on instead of ``host`` and ``port``.

    Raises:
        ConfigurationError: the port is taken or the host unknown.
    """
    bound = listener or listen(host, port)
    connections: dict[int, Any] = {}
    server = create_server(
        app or create_app(services),
        map=connections,
        sockets=[bound],
        # Queries wait for backends in threads of their own number: whoever else comes never waits for them.
        threads=THREADS + services.settings.query_concurrency,
        backlog=_BACKLOG,
        connection_limit=_MOST_CONNECTIONS,
        channel_timeout=_CHANNEL_SECONDS,
        channel_request_lookahead=1,
        # select() fails for good once the process has more than 1024 files and connections open.
        asyncore_use_poll=True,
        # The app answers too large a body with a problem document; this bound only keeps the disk safe.
        max_request_body_size=8 * MOST_BYTES,
        ident="publicist",
        clear_untrusted_proxy_headers=True,
        **_behind(services.settings.trusted_proxy),
    )
    thread = threading.Thread(target=server.run, name="webapp", daemon=True)
    thread.start()
    return RunningServer(address_of(bound), server, connections, thread)


def _behind(proxy: str) -> dict[str, Any]:
    """Return what makes waitress believe one reverse proxy about whom it speaks for."""
    if not proxy:
        return {}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}}


def address_of(listener: socket.socket) -> str:
    """Return the URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
