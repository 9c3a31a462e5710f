"""How an endpoint was found, and how it has been found for some time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .marketplace import SettingField
from .values import HealthState, Json


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
    """What a backend said when it was tried; ``message`` tells a person what was seen.

    ``reachable`` tells one that answers, but wrongly, from one that does not answer.
    """

    ok: bool
    message: str
    latency_ms: float | None = None
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A way of checking that a plugin offers, beside an endpoint's own dataset, model and query path."""

    name: str
    title: str
    settings: tuple[SettingField, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check that was added to an endpoint. ``settings`` are as its kind asks."""

    id: str
    endpoint_id: str
    kind: str
    name: str
    settings: Mapping[str, Json]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check saw. ``reachable`` tells "answers, but wrongly" from "does not answer".

    ``name`` is the check's (``dataset``, ``model``, ``query``, or that of an added one); ``message`` tells a person
    what was seen; ``warning`` what will go wrong if nobody acts (a certificate that ends soon), though it is well now.
    """

    name: str
    ok: bool
    message: str
    reachable: bool = True
    latency_ms: float | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How one endpoint does, as it is kept: its state since when, and how many looks in a row said otherwise.

    ``turns`` counts the looks in a row that spoke for ``leaning``, another state than the present one. ``checked_at``
    is None as long as it was never looked at. ``results`` are those of the last look. ``recent`` has a letter for what
    each of the last looks found, the newest last, and ``noted_at`` is when it was last noted that it was looked at, or
    that it was not: see :mod:`publicist.core.health.states`. ``known`` is the last state that was not ``unknown``.
    """

    endpoint_id: str
    state: HealthState = "unknown"
    since: datetime | None = None
    checked_at: datetime | None = None
    latency_ms: float | None = None
    message: str = ""
    leaning: HealthState | None = None
    turns: int = 0
    results: tuple[CheckResult, ...] = ()
    recent: str = ""
    noted_at: datetime | None = None
    known: HealthState = "unknown"


@dataclass(frozen=True, slots=True)
class HealthChange:
    """An endpoint went from one state to another; it had been in ``before`` since ``since``."""

    endpoint_id: str
    before: HealthState
    after: HealthState
    at: datetime
    since: datetime | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class NotifierKind:
    """A way of telling people that a plugin offers, such as a webhook or e-mail."""

    name: str
    title: str
    settings: tuple[SettingField, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where notices go: a notifier kind with its settings (secrets among them are sealed in the store)."""

    id: str
    kind: str
    name: str
    settings: Mapping[str, Json]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to people. ``kind`` is ``alert``, ``recovery``, ``reminder``, ``digest`` or ``test``.

    ``key`` is the same for every attempt at delivering it, and for its alert's recovery ``incident`` is the same.
    ``url`` leads to the endpoint's page; ``facts`` are short lines by name.
    """

    key: str
    incident: str
    kind: str
    title: str
    text: str
    at: datetime
    endpoint_slug: str = ""
    url: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
