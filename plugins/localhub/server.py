"""Running a hub on a port of its own, in threads of this process."""

import ipaddress
import socket
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from waitress.server import create_server
from waitress.wasyncore import close_all, loop

from ...core.errors import ConfigurationError
from .app import create_hub
from .hub import EXTENSION, Hub
from .monitor import Monitor, step
from .settings import HubSettings

_THREADS = 8
_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class RunningHub:
    """A hub that serves. ``url`` has no slash at its end."""

    url: str
    hub: Hub
    _server: Any
    _connections: dict[int, Any]
    _thread: threading.Thread
    _stopping: threading.Event
    _monitor: Monitor | None

    def monitor_step(self, now: datetime | None = None) -> None:
        """Let the health monitor make one step, as if it were ``now``; the hub's own time if not given."""
        _step(self.hub, now)

    def wait(self) -> None:
        """Wait until the hub is stopped."""
        self._thread.join()

    def stop(self) -> None:
        """Stop serving, close every connection and wait for the threads. Stopping twice does no harm."""
        if self._monitor is not None:
            self._monitor.stop()
        if not self._stopping.is_set():
            self._stopping.set()
            self._server.pull_trigger()
            self._thread.join()
            # Only now: before, the serving thread or a worker may still use what is closed here.
            self._server.task_dispatcher.shutdown()
            close_all(self._connections, ignore_all=True)
            self.hub.database.let_go()


def start_hub(settings: HubSettings, host: str = "127.0.0.1", port: int = 0) -> RunningHub:
    """Start a hub and return once it takes requests; port 0 lets the system choose one.

    Raises:
        ConfigurationError: the port is taken, the host unknown, or the data directory another version's.
    """
    app = create_hub(settings)
    hub = app.extensions[EXTENSION]
    connections: dict[int, Any] = {}
    server = _bound(app, connections, host, port)
    hub.database.hold_open()
    stopping = threading.Event()
    thread = threading.Thread(target=_serve, args=(connections, stopping), name="localhub", daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{server.effective_port}"
    monitor = Monitor(partial(_step, hub, None), settings.monitor_seconds) if settings.monitor else None
    return RunningHub(url, hub, server, connections, thread, stopping, monitor)


def is_loopback(host: str) -> bool:
    """Tell whether a host can be called from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _serve(connections: dict[int, Any], stopping: threading.Event) -> None:
    while not stopping.is_set():
        loop(timeout=1, use_poll=True, map=connections, count=1)


def _step(hub: Hub, now: datetime | None) -> None:
    with hub.database.connection():
        step(hub, now or hub.now())


def _bound(app: Any, connections: dict[int, Any], host: str, port: int) -> Any:
    return create_server(
        app,
        map=connections,
        sockets=[_listening(host, port)],
        threads=_THREADS,
        ident="localhub",
        max_request_body_size=_MOST_BYTES,
        clear_untrusted_proxy_headers=False,  # sign-up looks whether a request was forwarded
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"The hub cannot listen on {host}, port {port}: {error}.",
            remedy="Choose another host or port, or stop what uses it.",
        ) from error
