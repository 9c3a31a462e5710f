"""Marketplaces, and what a kind of marketplace accepts and can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..secrets import Secret
from .values import Json, MarketplaceStatus, SyncPolicy, Visibility


@dataclass(frozen=True, slots=True)
class Limits:
    """What a kind of marketplace accepts; preflight tells a breach per field, with the number.

    Lengths are in characters (code points). ``slug_pattern`` must match the whole slug. ``rate`` is in calls a minute,
    ``burst`` how many may go at once after a pause, ``concurrency`` how many may be under way.
    """

    name: int = 100
    summary: int = 500
    description: int = 50_000
    tags: int = 10
    tag: int = 30
    tag_pattern: str = r"[a-z0-9]+(?:-[a-z0-9]+)*"
    slug_min: int = 3
    slug_max: int = 63
    slug_pattern: str = r"[a-z0-9]+(?:-[a-z0-9]+)*"
    reserved_slugs: frozenset[str] = frozenset()
    visibilities: tuple[Visibility, ...] = ("public", "private", "internal")
    page_size: int = 100
    rate: float = 600.0
    burst: int = 60
    concurrency: int = 8


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind can do beyond listing. The core asks before it calls."""

    health_push: bool = False
    health_ttl_seconds: int = 300
    health_batch: int = 300
    usage: bool = False
    feedback: bool = False
    tokens: bool = False
    idempotent_create: bool = False
    developer_token: bool = False
    needs_public_url: bool = True


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field of a kind's settings form: marshmallow loads it, pages and the CLI show it."""

    name: str
    title: str
    secret: bool = False
    required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class MarketplaceKind:
    """A kind of marketplace that a plugin implements. ``default_url`` is offered when one is added."""

    name: str
    title: str
    description: str = ""
    default_url: str = ""
    settings: tuple[SettingField, ...] = ()
    limits: Limits = field(default_factory=Limits)
    capabilities: Capabilities = field(default_factory=Capabilities)


@dataclass(frozen=True, slots=True)
class BackendKind:
    """A kind of dataset or model that a plugin can reach."""

    name: str
    title: str
    description: str = ""
    settings: tuple[SettingField, ...] = ()


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One connection to a registry.

    ``credentials`` are the secret fields of the kind's settings schema, by field name; ``settings`` the others.
    ``capabilities`` are those found when it was last connected, None where the kind's own hold. ``removing`` says that
    it is forgotten once nothing is listed there any more.
    """

    id: str
    kind: str
    name: str
    url: str
    settings: Mapping[str, Json]
    credentials: Mapping[str, Secret]
    sync_policy: SyncPolicy
    status: MarketplaceStatus
    status_cause: str | None
    status_reason: str | None
    status_since: datetime
    account: str | None
    created_at: datetime
    capabilities: Capabilities | None = None
    removing: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on a marketplace, and what that one turned out to be able to do (None: what its kind can).

    ``tunnel_domain`` is where a tunnel to this space would end, if the marketplace offers one and it is of use.
    """

    name: str
    message: str = ""
    capabilities: Capabilities | None = None
    tunnel_domain: str = ""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a slug is free: True, False, or None for cannot tell; ``reason`` is a sentence."""

    available: bool | None
    reason: str
