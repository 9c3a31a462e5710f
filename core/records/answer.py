"""What the core answers with: tokens, findings, pages of lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .marketplace import Marketplace
from .publication import ErrorInfo, Publication


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


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a request on one marketplace; ``status`` is the guide's, or ``pending`` while it is being tried."""

    marketplace: Marketplace
    success: bool
    status: str
    message: str
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run: what preflight says, and per marketplace what would be sent (None where it cannot be told)."""

    findings: Sequence[Finding]
    payloads: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remnant:
    """A listing that is still on a marketplace, or (``outcome_unknown``) may be.

    ``slug`` is its slug there, ``endpoint_slug`` that of the endpoint; ``remote_id`` and ``url`` are what the
    marketplace said, None and empty if it never did. ``row`` is the publication.
    """

    endpoint_slug: str
    slug: str
    remote_id: str | None
    url: str
    outcome_unknown: bool
    row: Publication
