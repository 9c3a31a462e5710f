"""Addresses of spaces: what a profile may hold, what a health report means, what a satellite is. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

from .fields import refuse

LONGEST = 500
TUNNEL = "tunneling:"
_SCHEMES = ("http://", "https://")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_tunnel(address: str) -> bool:
    """Tell whether an address names a tunnel rather than a host."""
    return address.startswith(TUNNEL)


def profile_domain(text: str) -> str:
    """Return a profile's domain: a path survives, slashes at the end do not. Raises ValidationError."""
    address = text.strip()
    if is_tunnel(address):
        return _tunnel(address)
    if not address.startswith(_SCHEMES) or not _split(address).netloc:
        raise refuse("value_error", "A domain starts with http:// or https:// and has a host")
    return address.rstrip("/")


def report_url(text: str) -> str:
    """Return the URL of a health report as it came. Raises ValidationError."""
    if is_tunnel(text):
        return _tunnel(text)
    if not text.startswith(_SCHEMES) or not _split(text).netloc:
        raise refuse("value_error", "The URL starts with http://, https:// or tunneling: and names a host")
    return text


def scheme_and_host(url: str) -> str:
    """Return what a health report leaves of its URL: scheme, host and port as written, no path."""
    if is_tunnel(url):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def origin(text: str) -> str:
    """Return the normalised origin of a satellite's address.

    Scheme and host in lower case; default port, path, query and fragment dropped; ``tunneling:…`` unchanged.
    A bracketed IPv6 address loses its brackets, as on the real hub. Raises ValidationError.
    """
    address = text.strip()
    if is_tunnel(address):
        return address
    parts = _split(address)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise refuse("value_error", "An origin starts with http:// or https://")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise refuse("value_error", "An origin has a host and no user name")
    port = _port(parts)
    ending = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    found = f"{scheme}://{parts.hostname.lower()}{ending}"
    if len(found) > LONGEST:
        raise refuse("value_error", f"An origin has at most {LONGEST} characters")
    return found


def _tunnel(address: str) -> str:
    name = address.removeprefix(TUNNEL)
    if not name:
        raise refuse("value_error", "A tunnel needs a user name")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", name):
        raise refuse("value_error", "A tunnel's name has 1 to 50 letters, digits, '_' or '-'")
    return address


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError as error:
        raise refuse("value_error", "This is no URL") from error


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise refuse("value_error", "The port is no port number") from error
