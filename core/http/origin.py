r"""Web addresses: which of them are the same place, and how they are shown.

Everything is compared in the form in which requests would send it, so that no odd spelling (capitals, ``\``,
an umlaut, a default port) means one thing here and another on the wire.
"""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a credential belongs to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    def may_lead_to(self, other: "Origin") -> bool:
        """Whether a redirect to ``other`` stays at the same place: this origin, or the same host over TLS."""
        upgraded = self.host == other.host and (self.scheme, other.scheme) == ("http", "https")
        return other == self or upgraded


def canonical(url: str) -> str:
    """Return ``url`` as it would be sent. Raises ValueError when it is not a whole http or https address."""
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    parts = urlsplit(prepared.url or "")
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(url)
    return parts.geturl()


def origin(url: str) -> Origin:
    """Return where a canonical ``url`` leads."""
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])


def has_userinfo(url: str) -> bool:
    """Whether a user name or a password stands in a canonical ``url``."""
    return "@" in urlsplit(url).netloc


def shown(url: str) -> str:
    """Return ``url`` without what may be secret in it: user name, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def redirect_target(url: str, location: str) -> str:
    """Return the canonical address to which ``location`` leads from ``url``, without any user name in it.

    Raises ValueError when that is not an http or https address.
    """
    # http.client reads headers as latin-1; servers write UTF-8.
    text = location.encode("latin-1", "replace").decode("utf-8", "replace")
    parts = urlsplit(canonical(urljoin(url, text)))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
