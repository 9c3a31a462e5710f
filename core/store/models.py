"""The tables as peewee sees them. They are bound to no database: every query names the one it runs on.

The columns are made by the migrations; a test holds the two together.
"""

from typing import Any

import peewee

from .account_models import Account, Invitation, SignInTry, WebSession
from .alert_models import AlertChannel, AlertClock, AlertDelivery, AlertEpisode, AlertRule, Incident
from .check_models import AddedCheck, Look
from .feedback_model import Feedback
from .fields import JsonField, UtcField
from .health_models import Health, HealthChange, HealthDay, HealthReading
from .maintenance_model import MaintenanceRule, MaintenanceWindow
from .model import Table
from .outcome_model import OutcomeCount
from .usage_models import UsageEvent, UsageHour, UsageLatency, UsagePerson, UsageWriter


class Setting(Table):
    """One setting that is kept in the store; ``sealed`` ones are encrypted."""

    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()
    sealed = peewee.BooleanField()


class Endpoint(Table):
    """An endpoint; ``dataset`` and ``model`` are sealed JSON, for they may carry credentials.

    ``held`` is what :func:`publicist.core.publishing.listing.as_listed` makes of it; publications are compared with
    that.
    """

    id = peewee.TextField(primary_key=True)
    slug = peewee.TextField(unique=True)
    name = peewee.TextField()
    summary = peewee.TextField()
    description = peewee.TextField()
    tags = JsonField()
    version = peewee.TextField()
    visibility = peewee.TextField()
    response_type = peewee.TextField()
    published = peewee.BooleanField()
    dataset = peewee.TextField(null=True)
    model = peewee.TextField(null=True)
    policies = JsonField()
    category = peewee.TextField()
    language = peewee.TextField()
    created_at = UtcField()
    updated_at = UtcField()
    deleted_at = UtcField(null=True)
    held = JsonField(default=dict)


class Marketplace(Table):
    """A marketplace; ``credentials`` is one sealed JSON object."""

    id = peewee.TextField(primary_key=True)
    kind = peewee.TextField()
    name = peewee.TextField(unique=True)
    url = peewee.TextField()
    settings = JsonField()
    credentials = peewee.TextField()
    sync_policy = peewee.TextField()
    status = peewee.TextField()
    status_cause = peewee.TextField(null=True)
    status_reason = peewee.TextField(null=True)
    status_since = UtcField()
    account = peewee.TextField(null=True)
    capabilities = JsonField(null=True)
    created_at = UtcField()
    removing = peewee.BooleanField(default=False)


class Pacing(Table):
    """How the calls to a marketplace stand: see :class:`publicist.core.records.Pacing`."""

    marketplace_id = peewee.TextField(primary_key=True)
    breaker = peewee.TextField()
    failures = peewee.BigIntegerField()
    openings = peewee.BigIntegerField()
    open_since = UtcField(null=True)
    next_try = UtcField(null=True)
    blocked_until = UtcField(null=True)
    refused = peewee.BooleanField()
    paid_until = UtcField(null=True)
    reports_paid_until = UtcField(null=True)


class Memory(Table):
    """A plugin's notes about a marketplace; ``value`` is sealed."""

    marketplace_id = peewee.TextField()
    name = peewee.TextField()
    value = peewee.TextField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("marketplace_id", "name")


class Publication(Table):
    """One endpoint on one marketplace: see :class:`publicist.core.records.Publication`.

    ``outdated`` tells whether ``listed_as`` differs from what the endpoint holds; the store keeps it so by itself.
    """

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    wanted = peewee.TextField()
    wanted_rev = peewee.BigIntegerField()
    status = peewee.TextField()
    remote_id = peewee.TextField(null=True)
    remote_slug = peewee.TextField(null=True)
    remote_url = peewee.TextField()
    confirmed_digest = peewee.TextField(null=True)
    listed_as = JsonField()
    active = peewee.BooleanField(null=True)
    published_at = UtcField(null=True)
    verified_at = UtcField(null=True)
    attempts = peewee.BigIntegerField()
    due_at = UtcField(null=True)
    lease_owner = peewee.TextField(null=True)
    lease_until = UtcField(null=True)
    fence = peewee.BigIntegerField()
    intent_operation = peewee.TextField(null=True)
    intent_rev = peewee.BigIntegerField(null=True)
    intent_digest = peewee.TextField(null=True)
    intent_at = UtcField(null=True)
    outcome_unknown = peewee.BooleanField()
    unknown_since = UtcField(null=True)
    gave_up = peewee.BooleanField()
    error_cause = peewee.TextField(null=True)
    error_message = peewee.TextField(null=True)
    error_remedy = peewee.TextField(null=True)
    message = peewee.TextField()
    by_person = peewee.BooleanField()
    republish = peewee.BooleanField()
    retiring_remote_id = peewee.TextField(null=True)
    retiring_remote_slug = peewee.TextField(null=True)
    drift = JsonField()
    outdated = peewee.BooleanField(default=False)


class Plan(Table):
    """What the last reading of a marketplace left open; ``waiting`` is the plan that waits for a person, as JSON."""

    marketplace_id = peewee.TextField(primary_key=True)
    read_at = UtcField(null=True)
    id = peewee.TextField(null=True)
    waiting = JsonField(null=True)
    distrusted = peewee.BooleanField()


class Ignored(Table):
    """A listing of somebody else's that a person does not want to be told of."""

    marketplace_id = peewee.TextField()
    remote_id = peewee.TextField()
    slug = peewee.TextField()
    ignored_at = UtcField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("marketplace_id", "remote_id")


class ApiToken(Table):
    """An API token; ``digest`` is the SHA-256 of the token, which is itself never stored."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    prefix = peewee.TextField()
    digest = peewee.TextField(unique=True)
    scopes = JsonField()
    created_at = UtcField()
    expires_at = UtcField(null=True)
    last_used_at = UtcField(null=True)
    revoked_at = UtcField(null=True)


class Idempotency(Table):
    """The answer once given to a request that carried an ``Idempotency-Key``."""

    id = peewee.TextField(primary_key=True)
    request_digest = peewee.TextField()
    status = peewee.BigIntegerField(null=True)
    answer = peewee.TextField(null=True)
    created_at = UtcField()


class Event(Table):
    """What was done, by whom: see :class:`publicist.core.records.Event`."""

    id = peewee.TextField(primary_key=True)
    at = UtcField()
    actor_kind = peewee.TextField()
    actor_name = peewee.TextField()
    action = peewee.TextField()
    subject_kind = peewee.TextField()
    subject_id = peewee.TextField()
    subject_name = peewee.TextField()
    endpoint_id = peewee.TextField(null=True)
    marketplace_id = peewee.TextField(null=True)
    what = peewee.TextField()
    before_digest = peewee.TextField(null=True)
    after_digest = peewee.TextField(null=True)
    outcome = peewee.TextField()


class Process(Table):
    """A process that uses the database; ``place`` tells its data directory from a copy."""

    owner = peewee.TextField(primary_key=True)
    place = peewee.TextField()
    host = peewee.TextField()
    data_dir = peewee.TextField()
    seen_at = UtcField()


class RunnerSign(Table):
    """How the runner of a process does, as it last said."""

    owner = peewee.TextField(primary_key=True)
    at = UtcField()
    jobs = JsonField()
    lateness = JsonField()


TABLES: tuple[Any, ...] = (
    Setting,
    RunnerSign,
    Endpoint,
    Marketplace,
    Pacing,
    Memory,
    Publication,
    ApiToken,
    Idempotency,
    Event,
    Process,
    Plan,
    Ignored,
    UsageEvent,
    UsageHour,
    UsageLatency,
    UsagePerson,
    UsageWriter,
    Feedback,
    AddedCheck,
    Look,
    MaintenanceWindow,
    AlertChannel,
    AlertRule,
    AlertEpisode,
    AlertClock,
    Incident,
    AlertDelivery,
    MaintenanceRule,
    OutcomeCount,
    Health,
    HealthReading,
    HealthDay,
    HealthChange,
    Account,
    WebSession,
    Invitation,
    SignInTry,
)
