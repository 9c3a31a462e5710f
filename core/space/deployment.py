"""Where this space runs, judged from what the machine shows of itself. Pure: :mod:`.machine` gathers the facts.

=====================================================  ==============
what is seen                                           deployment
=====================================================  ==============
Kubernetes                                             ``other``
a container, and a public address or a cloud provider  ``docker_vm``
a container otherwise                                  ``localhost``
a public IPv4 address, or a cloud provider             ``vm``
nothing of that                                        ``localhost``
=====================================================  ==============

A public IPv6 address alone proves nothing: home networks give one to every machine, behind a firewall. On a cloud
provider's machine it counts.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

DEPLOYMENTS = ("localhost", "vm", "docker_vm", "other")
AUTO = "auto"
"""What is entered to return to detection."""

CLOUDS: Mapping[str, str] = {
    "amazon": "Amazon EC2",
    "google compute engine": "Google Cloud",
    "digitalocean": "DigitalOcean",
    "hetzner": "Hetzner",
    "openstack": "OpenStack",
    "scaleway": "Scaleway",
    "vultr": "Vultr",
    "linode": "Linode",
    "akamai": "Linode",
    "upcloud": "UpCloud",
    "alibaba": "Alibaba Cloud",
    "oraclecloud": "Oracle Cloud",
    "tencent": "Tencent Cloud",
    "exoscale": "Exoscale",
    "7783-7084-3265-9085-8269-3286-77": "Azure",
}
"""Marks in DMI texts, in lower case, and whose they are. Azure's machines bear one chassis asset tag; the vendor
(Microsoft) and the hypervisor (QEMU, VMware) also stand in machines on somebody's desk, and tell nothing."""

CLOUD_IDS: Mapping[str, str] = {
    "aws": "Amazon EC2",
    "gce": "Google Cloud",
    "azure": "Azure",
    "oracle": "Oracle Cloud",
    "aliyun": "Alibaba Cloud",
    "ibmcloud": "IBM Cloud",
    "rackspace": "Rackspace",
} | {name: name.capitalize() for name in ("hetzner", "scaleway", "vultr", "akamai", "upcloud", "exoscale")}
"""Cloud-init's words for providers. Others (``nocloud``, ``lxd``, ``vmware``) may be anywhere, and tell nothing."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What the machine shows of itself, in local files only.

    ``addresses`` are those of its interfaces, ``dmi`` the texts of its firmware, ``cloud_id`` what cloud-init noted.
    """

    addresses: tuple[str, ...] = ()
    container: bool = False
    kubernetes: bool = False
    dmi: tuple[str, ...] = ()
    cloud_id: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where this space runs. ``address`` is a public address of the machine, empty when it shows none."""

    name: str
    reason: str
    address: str = ""


def detect(facts: MachineFacts) -> Deployment:
    """Return the deployment that the facts show; the module's table tells the rules."""
    cloud = cloud_of(facts)
    address = _public_address(facts, trust_ipv6=bool(cloud))
    if facts.kubernetes:
        return Deployment("other", "It runs in Kubernetes: its public URL is that of an ingress or a load balancer.")
    if not (cloud or address):
        return Deployment("localhost", _LOCAL_CONTAINER if facts.container else _LOCAL)
    sign = f"a machine of {cloud}" if cloud else f"a machine with the public address {address}"
    if facts.container:
        return Deployment("docker_vm", f"It runs in a container on {sign}.", address)
    return Deployment("vm", f"It runs on {sign}.", address)


def cloud_of(facts: MachineFacts) -> str:
    """Return the cloud provider that runs the machine, or an empty text."""
    known = (name for text in facts.dmi for mark, name in CLOUDS.items() if mark in text.lower())
    return next(known, "") or CLOUD_IDS.get(facts.cloud_id.strip().lower(), "")


def proposed_url(deployment: Deployment, port: int) -> str:
    """Return the public URL that the machine's address would give, a proposal; empty without such an address."""
    if not deployment.address:
        return ""
    host = f"[{deployment.address}]" if ":" in deployment.address else deployment.address
    return f"http://{host}" if port == _HTTP else f"http://{host}:{port}"


_HTTP = 80
_LOCAL = "The machine shows no public address and no cloud provider."
_LOCAL_CONTAINER = "It runs in a container on a machine that shows no public address and no cloud provider."


def _public_address(facts: MachineFacts, *, trust_ipv6: bool) -> str:
    """Return the first public address, IPv4 before IPv6."""
    public = [address for address in map(_address, facts.addresses) if address is not None and address.is_global]
    usable = [address for address in public if address.version == 4 or trust_ipv6]  # noqa: PLR2004 - IPv4
    return str(min(usable, key=lambda address: address.version)) if usable else ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
