"""The values that travel: frozen, slotted, and the same on every side of a hook.

They hold no behaviour beyond reading themselves. Times are timezone-aware UTC ``datetime`` objects;
JSON-like settings are plain mappings that nobody changes in place.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .secrets import Secret

Json = Any
ResponseType = Literal["raw", "summary", "both"]
Visibility = Literal["public", "private", "internal"]
SyncPolicy = Literal["full", "no_withdraw", "create_only"]
MarketplaceStatus = Literal["active", "error", "disabled"]
PublicationStatus = Literal["published", "pending", "failed", "not_published"]
Wanted = Literal["listed", "absent"]
Operation = Literal["create", "update", "withdraw", "look"]
HealthState = Literal["healthy", "degraded", "unhealthy", "offline", "unknown"]


@dataclass(frozen=True, slots=True)
class Backend:
    """What answers queries: a dataset or a model, of a kind some plugin offers (``http``, ``documents``, …)."""

    kind: str
    name: str
    settings: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy on an endpoint: ``access``, ``rate_limit``, ``accounting``, or a plugin's own type."""

    name: str
    type: str
    config: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """What marketplaces may know of a policy: never an address, never a list of people."""

    name: str
    type: str
    description: str
    config: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a provider offers. ``published`` is the owner's word that it is ready to be listed."""

    id: str
    slug: str
    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    version: str
    visibility: Visibility
    response_type: ResponseType
    published: bool
    dataset: Backend | None
    model: Backend | None
    policies: tuple[Policy, ...]
    category: str
    language: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """This installation. ``public_url`` is empty where none is known; ``installation_id`` is random, made once."""

    installation_id: str
    name: str
    public_url: str
    deployment: str
    developer_token: Secret | None


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One connection to a registry.

    ``credentials`` are the secret fields of the kind's settings schema, by field name; ``settings`` the others.
    ``memory`` belongs to the plugin, see :class:`publicist.core.hookspecs.Call`.
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


@dataclass(frozen=True, slots=True)
class Limits:
    """What a kind of marketplace accepts; preflight tells a breach per field, with the number.

    Lengths are in characters (code points). ``slug_pattern`` must match the whole slug.
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
class Listing:
    """What we want a marketplace to show of an endpoint, before a kind puts it into its own form.

    ``type`` follows the configured sides: ``data_source``, ``model`` or ``model_data_source``.
    ``query_url`` is where a query goes; empty when the space has no public address (yet).
    """

    slug: str
    name: str
    summary: str
    description: str
    type: str
    response_type: ResponseType
    tags: tuple[str, ...]
    version: str
    visibility: Visibility
    policies: tuple[PolicySummary, ...]
    public_url: str
    query_path: str
    category: str
    language: str
    installation_id: str

    @property
    def query_url(self) -> str:
        """The absolute address of the query route, or an empty string without a public address."""
        return f"{self.public_url}{self.query_path}" if self.public_url else ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A listing in the canonical form of one kind: what is sent, what is compared, what is previewed.

    ``fields`` holds only fields that we own, in the form in which the marketplace would hold them, so that an
    unchanged endpoint never looks different.
    """

    slug: str
    fields: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """A stable hash over slug and fields; equal payloads have equal digests on every machine."""
        text = json.dumps([self.slug, self.fields], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """A listing read back from a marketplace.

    ``fields`` has the same canonical form as :attr:`Payload.fields`; a field the marketplace hides is left out,
    and is then not compared. ``installation_id`` is the space that made it, None where the kind cannot tell.
    ``active`` is False when the marketplace has switched it off, None when it does not say.
    """

    remote_id: str
    slug: str
    fields: Mapping[str, Json]
    url: str = ""
    active: bool | None = None
    installation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on a marketplace, and what that marketplace turned out to be able to do.

    ``shared_with`` names another space that uses the same account in a way that would be overwritten.
    """

    name: str
    message: str = ""
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a slug is free: True, False, or None for cannot tell; ``reason`` is a sentence."""

    available: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one endpoint was found at one time."""

    slug: str
    state: HealthState
    checked_at: datetime
    message: str = ""
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """What a backend said when it was tried; ``message`` tells a person what was seen."""

    ok: bool
    message: str
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """A failure as it is stored and shown."""

    cause: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works a publication, until when, and the fencing token that a late writer no longer holds."""

    owner: str
    until: datetime
    fence: int


@dataclass(frozen=True, slots=True)
class Intent:
    """What a claim is about to do, written before it is done."""

    operation: Operation
    rev: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """Our record of one endpoint on one marketplace, and the work item that keeps it true.

    ``listed_as`` is what was last confirmed of the fields that need a person to change (slug, type, …).
    """

    id: str
    endpoint_id: str
    marketplace_id: str
    wanted: Wanted
    wanted_rev: int
    status: PublicationStatus
    remote_id: str | None = None
    remote_slug: str | None = None
    remote_url: str = ""
    confirmed_digest: str | None = None
    listed_as: Mapping[str, Json] = field(default_factory=dict)
    active: bool | None = None
    published_at: datetime | None = None
    verified_at: datetime | None = None
    attempts: int = 0
    due_at: datetime | None = None
    lease: Lease | None = None
    fence: int = 0
    intent: Intent | None = None
    outcome_unknown: bool = False
    unknown_since: datetime | None = None
    gave_up: bool = False
    error: ErrorInfo | None = None
    message: str = ""
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token as it is stored: never the token itself."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a preflight: ``level`` is ``blocks`` or ``advice``; ``marketplace_id`` is None when it is general."""

    level: Literal["blocks", "advice"]
    code: str
    cause: str
    message: str
    remedy: str
    field: str | None = None
    marketplace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: ``page`` counts from 1."""

    items: Sequence[Any]
    total: int
    page: int
    per_page: int
