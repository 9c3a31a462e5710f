"""How this space is reached, and what was found about that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .endpoint import Space

ConnectionStatus = Literal["Connected", "Not connected"]
AddressStatus = Literal["reachable", "another_service", "not_reachable", "no_public_url"]
DeploymentSource = Literal["entered", "environment", "detected"]


@dataclass(frozen=True, slots=True)
class TokenNeed:
    """Whether a developer token is needed; ``reason`` is a sentence."""

    needed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Connection:
    """Whether the developer token is accepted by every marketplace that takes it.

    ``checked_at`` is None where no marketplace was asked. ``tunnel_domain`` is where a marketplace would let a tunnel
    end, empty where none offered one.
    """

    status: ConnectionStatus
    reason: str
    checked_at: datetime | None = None
    tunnel_domain: str = ""


@dataclass(frozen=True, slots=True)
class NetworkView:
    """All of Settings, Network. ``proposed_public_url`` comes from an address of this machine, empty without one."""

    space: Space
    deployment_source: DeploymentSource
    deployment_reason: str
    proposed_public_url: str
    token: TokenNeed
    connection: Connection


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """What answers at the public URL, seen from this machine."""

    public_url: str
    status: AddressStatus
    message: str
    remedy: str
    checked_at: datetime
