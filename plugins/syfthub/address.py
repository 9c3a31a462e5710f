"""Addresses as SyftHub keeps them: an origin for the space, a path for each connection. Pure."""

from urllib.parse import SplitResult, urlsplit

API = "/api/v1"
"""The prefix of every route of the hub's API."""

TUNNEL = "tunneling:"
"""How the address of a space behind a tunnel begins; the hub shows it in place of every URL of that space."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin(address: str) -> str:
    """Return scheme, host and port of ``address``, in lower case and without a default port.

    What is no http address (a tunnel, an empty text, nonsense) comes back trimmed, and otherwise as it was.
    """
    text = address.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return text
    return f"{parts.scheme}://{_host(parts)}{'' if port in {None, _DEFAULT_PORTS[parts.scheme]} else f':{port}'}"


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def path(address: str) -> str:
    """Return the path of an absolute URL, or a path as it is: ``/`` in front, an empty text for the root."""
    try:
        found = urlsplit(address.strip()).path
    except ValueError:
        found = address.strip()
    found = found.lstrip("/")
    return f"/{found}" if found else ""


def same(one: str, other: str) -> bool:
    """Tell whether two addresses are one: origin and path agree, a trailing slash aside."""
    return origin(one) == origin(other) and path(one).rstrip("/") == path(other).rstrip("/")


def hub_root(base_url: str) -> str:
    """Return the hub's own root, whether a person gave it or the address of its API."""
    return base_url.rstrip("/").removesuffix(API).rstrip("/")
