"""What a provider offers, and the space that offers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..secrets import Secret
from .values import Json, ResponseType, Visibility


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
