"""Whether a marketplace can reach this space, and at which address. Pure: no name is looked up.

The publishing guide's table of when a developer token is needed, and what stands beside it:

=================================  =====  ===============================================
deployment                         token  why
=================================  =====  ===============================================
``localhost``                      yes    no public address for a marketplace to reach
``vm``                             no     reached directly, at its public URL
``docker_vm``                      no     uses the VM's public address
local development only             no     not published beyond this machine and network
``other``                          no     reached at its public URL
any, with a public URL             no     reached there
=================================  =====  ===============================================

Towards a marketplace on loopback or a private address none of this is needed.
"""

import ipaddress
import socket
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..records import Capabilities, Space, TokenNeed
from .deployment import DEPLOYMENTS

__all__ = [
    "DEPLOYMENTS",
    "Reach",
    "effective_space",
    "has_public_address",
    "is_local",
    "is_loopback",
    "publishes_afar",
    "reachability",
    "token_needed",
]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether to publish. ``warning`` is advice; cause, message and remedy are given when ``ok`` is False."""

    ok: bool
    warning: str | None = None
    cause: str | None = None
    message: str | None = None
    remedy: str | None = None


def reachability(space: Space, marketplace_url: str, capabilities: Capabilities, has_own_credential: bool) -> Reach:
    """Return whether the marketplace can reach ``space``.

    Args:
        space: this installation, with the address from the settings.
        marketplace_url: the marketplace's address.
        capabilities: what its kind can do.
        has_own_credential: whether the marketplace has an API key or password of its own. It says who we are,
            not where; a developer token is still needed where there is no public address.
    """
    if not capabilities.needs_public_url or has_public_address(space):
        return Reach(ok=True)
    if is_local(marketplace_url):
        return _towards_local(space, marketplace_url)
    if space.developer_token is not None and capabilities.developer_token:
        return Reach(
            ok=True,
            warning="Queries cannot arrive yet: this space has no public URL, and no tunnel is running. "
            "It is listed by its developer token.",
        )
    return _blocked(space, capabilities, has_own_credential=has_own_credential)


def token_needed(deployment: str, *, public_address: bool = False, afar: bool = True) -> TokenNeed:
    """Return whether a space needs a developer token, and why, by the publishing guide's table.

    Args:
        deployment: one of :data:`DEPLOYMENTS`.
        public_address: whether the space has a public URL (see :func:`has_public_address`).
        afar: whether it publishes to a marketplace that has to reach it from elsewhere (:func:`publishes_afar`).
    """
    if not afar:
        return TokenNeed(False, "Local development only: no marketplace beyond this machine and its network is in use.")
    if public_address:
        return TokenNeed(False, "Marketplaces reach this space at its public URL.")
    return TokenNeed(deployment == "localhost", _NEEDS[deployment])


_NEEDS = {
    "localhost": "A local machine has no public address at which a marketplace could reach it; a public URL would do, "
    "too.",
    "vm": "Marketplaces reach a VM directly: it needs a public URL instead.",
    "docker_vm": "Marketplaces reach a container at its VM's public address: it needs a public URL instead.",
    "other": "Marketplaces reach this space directly: it needs a public URL instead.",
}


def publishes_afar(marketplace_url: str, capabilities: Capabilities) -> bool:
    """Return whether the marketplace has to reach this space from beyond this machine and its network."""
    return capabilities.needs_public_url and not is_local(marketplace_url)


def has_public_address(space: Space) -> bool:
    """Return whether the space has a public URL that is not itself on loopback or a private address."""
    return bool(space.public_url) and not is_local(space.public_url)


def effective_space(space: Space, marketplace_url: str, own_address: str) -> Space:
    """Return ``space`` as the marketplace is to see it.

    A marketplace on this machine reaches a space without a public URL at ``own_address`` (``http://127.0.0.1:8080``).
    """
    if space.public_url or not is_loopback(marketplace_url):
        return space
    return replace(space, public_url=own_address.rstrip("/"))


def is_local(url: str) -> bool:
    """Return whether the host is ``localhost`` or a literal address that is not public, however it is spelt.

    Mapped, 6to4, NAT64 and Teredo addresses are judged by the address inside. Other names count as public.
    """
    host = _host(url)
    address = _literal(host)
    return _is_localhost(host) if address is None else not address.is_global


def is_loopback(url: str) -> bool:
    """Return whether the host is this machine itself: ``localhost``, loopback, or the unspecified address."""
    host = _host(url)
    address = _literal(host)
    return _is_localhost(host) if address is None else address.is_loopback or address.is_unspecified


def _towards_local(space: Space, marketplace_url: str) -> Reach:
    if space.public_url or is_loopback(marketplace_url):
        return Reach(ok=True)
    return Reach(
        ok=True,
        warning="Queries may not arrive: enter the address at which this marketplace's network reaches the "
        "space, under Settings, Network.",
    )


def _blocked(space: Space, capabilities: Capabilities, *, has_own_credential: bool) -> Reach:
    address = f"only the local address {space.public_url}" if space.public_url else "no public address"
    message = f"The marketplace cannot reach this space: it has {address}."
    if not token_needed(space.deployment).needed:
        remedy = "Enter the machine's public URL under Settings, Network, and open its port in the firewall."
    elif not capabilities.developer_token:
        remedy = "Enter a public URL under Settings, Network; this kind of marketplace takes no developer token."
    else:
        remedy = "Add a developer token or a public URL under Settings, Network."
        remedy += " The marketplace's own credential says who you are, not where." if has_own_credential else ""
    return Reach(ok=False, cause="network_unreachable", message=message, remedy=remedy)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _literal(host: str) -> _Address | None:
    """Return the address that ``host`` spells, unwrapped, or None for a name; `127.1` is one too."""
    try:
        return _unwrapped(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _unwrapped(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
