"""Of what people are to be told, and what they were told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Trigger = Literal["state", "publication", "marketplace", "expiry", "credential_age", "usage", "network"]


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When people are to be told.

    ``words`` are the states (trigger ``state``), what became of a publication (``failed``, ``drifted``,
    ``needs_republish``) or the patterns (``usage``) that are meant. ``minutes``: how long it must last. ``days``: how
    long before an expiry, or how old a credential. ``endpoint_id`` and ``tag`` narrow it; neither means everything.
    ``remind_minutes`` is 0 for never. ``channels`` are ids; none means all.
    """

    id: str
    name: str
    trigger: Trigger
    created_at: datetime
    words: tuple[str, ...] = ()
    minutes: int = 0
    days: int = 0
    endpoint_id: str | None = None
    tag: str = ""
    remind_minutes: int = 0
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """How one thing stands now, well or not; ``subject`` tells it from others of the same trigger.

    ``word`` is its state in a word; empty where it is well. ``days`` are those until an expiry, or of a credential's
    age. ``quiet``: it is in maintenance, and nothing is concluded. ``name`` and ``text`` are for people.
    """

    trigger: Trigger
    subject: str
    name: str
    word: str = ""
    text: str = ""
    days: float | None = None
    endpoint_id: str = ""
    endpoint_slug: str = ""
    tags: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """What people were told is not well, until it is again.

    ``batch`` is the same for those that were told in one notice; it is the notices' ``incident``.
    """

    id: str
    batch: str
    rule_id: str
    trigger: Trigger
    subject: str
    name: str
    title: str
    text: str
    endpoint_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on its way to one channel; ``error`` is what was said when it last failed."""

    key: str
    channel_id: str
    notice: Mapping[str, object] = field(repr=False)
    created_at: datetime
    due_at: datetime | None
    attempts: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    gave_up_at: datetime | None = None
    error: str = ""
