"""Our record of one endpoint on one marketplace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .values import Json, Operation, PublicationStatus, Wanted


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

    ``listed_as`` is what was last confirmed of the fields that need a person to change (slug, type, …). ``retiring_…``
    is the listing that a republish leaves behind until it is withdrawn; ``republish`` asks to withdraw, then create.
    ``drift`` is what a reading found to differ: ``{"wanted", "found"}`` by field.
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
    republish: bool = False
    retiring_remote_id: str | None = None
    retiring_remote_slug: str | None = None
    drift: Mapping[str, Json] = field(default_factory=dict)
