"""The connections under requests: they go to judged addresses only, and no wait outlasts the deadline.

requests' own timeouts bound each single read, so a server that sends a byte a second would hold a call for
ever; here every read asks the attempt's deadline first. The TLS server name and the ``Host`` header stay the
name's, whatever address is connected to.
"""

import io
import socket
import ssl
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPResponse
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from ..errors import MarketplaceUnavailable
from ..redact import redact
from .attempt import CURRENT, Attempt, Deadline, HttpSettings
from .netguard import check, resolve


class _TimedReader(io.RawIOBase):
    """Reads a socket's file, each time for no longer than the attempt has left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, attempt: Attempt) -> None:
        self._raw = raw
        self._sock = sock
        self._attempt = attempt

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._attempt.patience(self._attempt.settings.read_timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """An answer whose status line, headers and body all come through a :class:`_TimedReader`."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, CURRENT.get()))


class _Connection(HTTPConnection):
    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers, all of them judged. A proxy is the operator's choice."""
        attempt = CURRENT.get()
        addresses = resolve(self.host, self.port, attempt.patience(attempt.settings.connect_timeout))
        if self.proxy is None:
            check(self.host, addresses, attempt.settings.allow_private)
        *others, last = addresses
        for address in others:
            with suppress(OSError):
                return self._dial(address, attempt)
        return self._dial(last, attempt)

    def _dial(self, address: str, attempt: Attempt) -> socket.socket:
        timeout = attempt.patience(attempt.settings.connect_timeout)
        return create_connection((address, self.port), timeout, socket_options=self.socket_options)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, having noted that from here on it may have been received."""
        if self.sock is None:
            self.connect()
        CURRENT.get().sent = True
        super().request(*args, **kwargs)


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def connect(self) -> datetime | None:
        with closing(self._new_conn()) as connection:
            connection.connect()
        return None


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection

    def connect(self) -> datetime | None:
        with closing(self._new_conn()) as connection:
            if self.proxy and isinstance(connection, HTTPSConnection):
                self._prepare_proxy(connection)  # which opens the tunnel as well
            else:
                connection.connect()
            return _certificate_end(getattr(connection, "sock", None))


def _certificate_end(sock: object) -> datetime | None:
    shown = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    ends = (shown or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None


_POOLS = {"http": _Pool, "https": _TlsPool}


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over the connections of this module, with and without a proxy. It never retries."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pools of connections through ``proxy``."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def connect(
        self, prepared: requests.PreparedRequest, verify: str | bool, proxies: dict[str, str]
    ) -> datetime | None:
        """Connect to where ``prepared`` would be sent, handshake included, and close the connection.

        Returns when the certificate ends that was shown, None where there is none.
        Through a proxy, that is the tunnel of an https address; of an http one it is the proxy alone.
        """
        pool = cast("_Pool | _TlsPool", self.get_connection_with_tls_context(prepared, verify, proxies))
        self.cert_verify(pool, prepared.url or "", verify, None)  # type: ignore[no-untyped-call] # requests' stubs
        return pool.connect()


def open_socket(host: str, port: int, settings: HttpSettings, deadline: Deadline) -> socket.socket:
    """Return a connection to the first address of ``host`` that answers, all of them judged.

    Raises MarketplaceUnavailable when there is none.
    """
    attempt = Attempt(settings, deadline)
    try:
        addresses = resolve(host, port, attempt.patience(settings.connect_timeout))
        check(host, addresses, settings.allow_private)
        *others, last = addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, port), attempt.patience(settings.connect_timeout))
        return socket.create_connection((last, port), attempt.patience(settings.connect_timeout))
    except OSError as error:
        raise MarketplaceUnavailable(
            redact(f"No connection to {host}, port {port}: {error.strerror or 'it did not answer in time'}.")
        ) from None
