"""What the core answers with: tokens, findings, pages of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


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
