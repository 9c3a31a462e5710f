"""What was done, by whom, to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ActorKind = Literal["user", "token", "runner", "cli"]
SubjectKind = Literal["endpoint", "marketplace", "publication", "setting", "token", "user", "space"]
EventOutcome = Literal["done", "asked", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``name`` is a token's name, a user of the machine, or what the process is."""

    kind: ActorKind
    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; ``endpoint_id`` and ``marketplace_id`` are what it belongs to, where it does."""

    kind: SubjectKind
    id: str
    name: str
    endpoint_id: str | None = None
    marketplace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail. It holds no secret, and no digest of one.

    ``action`` is ``<subject kind>.<verb>``; ``what`` tells it in words. The digests are of the subject before and
    after, None where it was not there or nobody knows: of a publication, of the listing that the marketplace shows.
    ``outcome``: ``asked`` is a wish whose outcome is an event of its own.
    """

    id: str
    at: datetime
    actor: Actor
    action: str
    subject: Subject
    what: str
    before_digest: str | None
    after_digest: str | None
    outcome: EventOutcome


@dataclass(frozen=True, slots=True)
class Process:
    """A process that used the store: its name on leases, where its data directory is, and when it was last seen.

    ``place`` tells one data directory from a copy of it; ``host`` and ``data_dir`` are for people.
    """

    owner: str
    place: str
    host: str
    data_dir: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class RunnerSign:
    """How the runner of the process ``owner`` does.

    ``jobs`` tells by their names whether they are late, and when they last finished; ``lateness`` is of its checks.
    """

    owner: str
    at: datetime
    jobs: Mapping[str, tuple[bool, str | None]]
    lateness: Mapping[str, Any]
