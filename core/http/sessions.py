"""The sessions of a process: connections are kept between calls, one transport for each marketplace or backend."""

import threading
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import ConfigurationError
from ..redact import remember
from ..secrets import Secret
from .attempt import Deadline, HttpSettings
from .client import Client, Clock, utc_now
from .origin import canonical
from .transport import Transport


class Sessions:
    """Keeps one session, with its idle connections, per marketplace (or backend). Safe across threads.

    Args:
        settings: for all of them. Raises ConfigurationError when the proxy or the CA bundle does not do.
        clock: what ``Retry-After`` dates are compared with.
    """

    def __init__(self, settings: HttpSettings, clock: Clock = utc_now) -> None:
        _check_proxy(settings.proxy)
        if settings.ca_bundle and not Path(settings.ca_bundle).exists():
            raise ConfigurationError(
                f"PUBLICIST_CA_BUNDLE names {settings.ca_bundle}, which is not there.",
                remedy="Set it to a file of PEM certificates, or remove it to use the usual authorities.",
            )
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._transports: dict[str, Transport] = {}

    def client(self, key: str, base_url: str, deadline: Deadline, secrets: Iterable[Secret] = ()) -> Client:
        """Return a client for one call.

        Args:
            key: the marketplace's id (or another name under which connections are kept).
            base_url: where it is.
            deadline: when the call is over.
            secrets: further secrets that no message may show, beside those that the client is given to send.
        """
        met = tuple(secrets)
        for secret in met:
            remember(secret)
        with self._lock:
            transport = self._transports.get(key) or Transport(self._settings)
            self._transports[key] = transport
        return Client(transport, base_url, deadline, settings=self._settings, clock=self._clock, key=key, secrets=met)

    def close(self) -> None:
        """Close all idle connections. Calls under way end by themselves."""
        with self._lock:
            transports = list(self._transports.values())
            self._transports.clear()
        for transport in transports:
            transport.close()


def _check_proxy(proxy: str) -> None:
    """Remember the proxy's password; raise ConfigurationError for an address that is not a proxy's.

    SOCKS is not offered: its connections would go past the guard and the deadline.
    """
    if not proxy:
        return
    try:
        parts = urlsplit(canonical(proxy))
    except ValueError:
        raise ConfigurationError(
            "PUBLICIST_PROXY is not the address of an HTTP proxy.",
            remedy="Set it to http://host:port or http://user:password@host:port, or remove it.",
        ) from None
    remember(Secret(unquote(parts.password or "")))
