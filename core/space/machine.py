"""Gathers what the machine shows of itself. It reads local files and calls nobody, least of all a metadata service."""

import ipaddress
import os
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .deployment import MachineFacts

ROOT = Path("/")
_DMI = ("sys_vendor", "product_name", "bios_vendor", "bios_version", "board_vendor", "chassis_vendor")
_TAG = "chassis_asset_tag"
_MARKERS = (".dockerenv", "run/.containerenv")
_CGROUP = re.compile(r"/(?:docker|containerd|libpod|kubepods)[/-]")
_MOUNT = re.compile(r"/[0-9a-f]{64}/\S*(?:hostname|hosts|resolv\.conf) /etc/")
_KUBERNETES = "var/run/secrets/kubernetes.io"
_LOCAL_IPV4 = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")
_TEMPORARY, _TENTATIVE, _DEPRECATED = 0x01, 0x40, 0x20
_MOST_CHARACTERS = 1_000_000


def gather_facts(root: Path = ROOT, environment: Mapping[str, str] | None = None) -> MachineFacts:
    """Return what is seen; what cannot be read counts as absent.

    Args:
        root: where the machine's files are.
        environment: the variables to look at instead of the process's own.
    """
    environment = os.environ if environment is None else environment
    dmi = [_text(root / "sys/class/dmi/id" / name).strip() for name in (*_DMI, _TAG)]
    return MachineFacts(
        addresses=_ipv4(root) + _ipv6(root) or (_by_route() if root == ROOT else ()),
        container=_in_container(root),
        kubernetes="KUBERNETES_SERVICE_HOST" in environment or (root / _KUBERNETES).exists(),
        dmi=tuple(text for text in dmi if text),
        cloud_id=_text(root / "run/cloud-init/cloud-id").strip(),
    )


def _in_container(root: Path) -> bool:
    if any((root / marker).exists() for marker in _MARKERS):
        return True
    # Where control groups are of the second version, /proc/1/cgroup is only "0::/"; the mounts still tell: a container
    # manager puts files of its own over a few in /etc. Its other mounts are seen on the host as well.
    signs = ((_CGROUP, "proc/1/cgroup"), (_MOUNT, "proc/self/mountinfo"))
    return any(sign.search(_text(root / file)) for sign, file in signs)


def _ipv4(root: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_LOCAL_IPV4.findall(_text(root / "proc/net/fib_trie"))))


def _ipv6(root: Path) -> tuple[str, ...]:
    """Return the lasting addresses: temporary ones are for asking, not for being asked."""
    found = []
    for line in _text(root / "proc/net/if_inet6").splitlines():
        digits, *_, flags, _name = line.split()
        if not int(flags, 16) & (_TEMPORARY | _TENTATIVE | _DEPRECATED):
            found.append(str(ipaddress.IPv6Address(int(digits, 16))))
    return tuple(found)


def _by_route() -> tuple[str, ...]:
    """Return the address of the default route's interface, where there is no ``/proc``.

    "Connecting" a datagram socket chooses a route and sends nothing.
    """
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # reserved for documentation: nobody is there
        return (str(probe.getsockname()[0]),)
    return ()


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_MOST_CHARACTERS)
    except OSError:
        return ""
