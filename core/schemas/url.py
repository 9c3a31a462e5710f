"""Addresses of marketplaces and of this space: http(s), a host, perhaps a port and a path; nothing else."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
_FORBIDDEN = frozenset('\\<>"{}|^`')
_NETLOC = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\[\]:%]+)(?::[0-9]{1,5})?")


def read_url(text: str) -> str:
    """Return the address trimmed, with scheme and host in lower case and without slashes at its end.

    Raises ValueError with a sentence for another scheme, a missing or impossible host or port, a user name or
    password, a query or fragment, spaces or control characters, and more than 500 characters. Names are not
    looked up.
    """
    url = text.strip()
    if len(url) > LONGEST:
        raise ValueError(f"Holds {len(url)} characters; an address has at most {LONGEST}.")
    if any(char.isspace() or not char.isprintable() or char in _FORBIDDEN for char in url):
        raise ValueError("An address has no spaces, control characters, quotes or backslashes.")
    parts, port = _split(url)
    return f"{parts.scheme}://{_host(parts)}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("The host or the port cannot be read.") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError("Must begin with http:// or https://.")
    if "@" in parts.netloc:
        raise ValueError("Must not hold a user name or password; enter them in their own fields.")
    if "?" in url or "#" in url:
        raise ValueError("Must have no query (?) and no fragment (#).")
    if not _NETLOC.fullmatch(parts.netloc) or port == 0:
        raise ValueError("Must name a host, and if it names a port, one from 1 to 65535.")
    return parts, port


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        if parts.netloc.startswith("["):
            return f"[{ipaddress.IPv6Address(host)}]"
        host.removesuffix(".").encode("idna")
    except ValueError:
        raise ValueError("There can be no such host.") from None
    return host
