"""Which addresses may be connected to.

An address that somebody typed, or that a server redirected to, must not open the inside of our network. So
every address of a name is judged, in whatever spelling, and then exactly that address is connected to: a
second look-up could answer otherwise.

Link-local and cloud metadata addresses are always refused; private ones unless a setting allows them.
"""

import queue
import socket
import threading
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from ..errors import MarketplaceUnavailable
from ..redact import redact

Address = IPv4Address | IPv6Address

_NEVER = [
    ip_network(net)
    for net in (
        "169.254.0.0/16",
        "fe80::/10",
        # Metadata services outside the link-local ranges, from their clouds' manuals.
        "fd00:ec2::254/128",  # AWS
        "fd20:ce::254/128",  # Google
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure
        "192.0.0.192/32",  # Oracle
    )
]
# Compatible, mapped, translated, NAT64: the IPv4 address is the last 32 bits.
_AT_THE_END = [IPv6Network(net) for net in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")]
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")

_PRIVATE_REMEDY = (
    "Correct the address, or set PUBLICIST_ALLOW_PRIVATE_NETWORKS=1 if it is meant to be in your own network."
)
_NEVER_REMEDY = "Correct the address: link-local and metadata addresses are refused under every setting."


def judge(address: str | Address, allow_private: bool) -> str | None:
    """Return why ``address`` is refused (``a loopback address``, …), or None when it may be connected to.

    Where an IPv4 address hides in an IPv6 one (mapped, compatible, translated, 6to4, Teredo, NAT64), that is
    what is judged. Text that is no address is refused.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an address"
    inner = _unwrapped(parsed)
    if any(hidden in net for hidden in inner for net in _NEVER):
        return "a link-local or metadata address"
    return None if allow_private else next(filter(None, map(_inside, inner)), None)


def _inside(address: Address) -> str | None:
    """Return in which way ``address`` is not one of the public Internet, or None."""
    if address.is_loopback:
        return "a loopback address"
    if address.is_unspecified:
        return "an unspecified address"
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    if not address.is_global or address.is_multicast or site_local:
        return "a private or reserved address"
    return None


def _unwrapped(address: Address) -> Sequence[Address]:
    """Return the IPv4 addresses hidden in ``address``; itself when there are none."""
    if isinstance(address, IPv4Address):
        return [address]
    return list(_hidden(address)) or [address]


def _hidden(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses in ``address`` (RFC 4291, 2765, 3056, 4380, 6052, 8215)."""
    packed = address.packed
    if any(address in net for net in _AT_THE_END) and int(address) > 1:
        yield IPv4Address(packed[12:])
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    elif address in _NAT64_LOCAL:
        # The operator chooses the prefix's length: /48 puts the octets around byte 8, /96 at the end.
        yield IPv4Address(packed[6:8] + packed[9:11])
        yield IPv4Address(packed[12:])


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Return every address of ``host``, in the resolver's order, without repeats.

    The system's resolver knows no time limit, so it works in a thread that is left behind when ``seconds``
    are over. Raises MarketplaceUnavailable when there is no answer.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, ValueError) as error:  # a label that is too long is a UnicodeError
            answers.put(error)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise _unresolved(f"The name {host} was not resolved within {seconds:.3g} s.") from None
    if isinstance(answer, Exception):
        raise _unresolved(f"The name {host} cannot be resolved.") from None
    return answer


def _unresolved(said: str) -> MarketplaceUnavailable:
    error = MarketplaceUnavailable(redact(said))
    error.answered = False
    return error


def check(host: str, addresses: Sequence[str], allow_private: bool) -> None:
    """Raise MarketplaceUnavailable if any of the ``addresses`` of ``host`` is refused.

    One refused among several condemns all: a name that leads both outside and inside is up to no good.
    """
    for address in addresses:
        if reason := judge(address, allow_private):
            told = host if address == host else f"{host} ({address})"
            error = MarketplaceUnavailable(
                redact(f"No connection is made to {told}: it is {reason}."),
                remedy=_NEVER_REMEDY if judge(address, allow_private=True) else _PRIVATE_REMEDY,
            )
            error.answered = False
            raise error


def check_literal(host: str, allow_private: bool) -> None:
    """Judge ``host`` without a look-up, for when a proxy makes the connection and the look-up.

    Only addresses written as such, in any spelling (``2130706433``, ``0x7f.1``), and ``localhost`` can be
    judged then; names are the proxy's to judge.
    """
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        check(host, ["127.0.0.1"], allow_private)
        return
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        return
    check(host, [str(entry[4][0]) for entry in found], allow_private)
