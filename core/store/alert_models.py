"""The tables of alerts as peewee sees them."""

import peewee

from .fields import JsonField, UtcField
from .model import Table


class AlertChannel(Table):
    """Where notices go; ``settings`` are one sealed JSON object, for they may hold secrets."""

    id = peewee.TextField(primary_key=True)
    kind = peewee.TextField()
    name = peewee.TextField(unique=True)
    settings = peewee.TextField()
    created_at = UtcField()


class AlertRule(Table):
    """When people are told: see :class:`publicist.core.records.AlertRule`."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    trigger = peewee.TextField(column_name="trigger_kind")
    words = JsonField()
    minutes = peewee.BigIntegerField()
    days = peewee.BigIntegerField()
    endpoint_id = peewee.TextField(null=True)
    tag = peewee.TextField()
    remind_minutes = peewee.BigIntegerField()
    channels = JsonField()
    created_at = UtcField()


class AlertEpisode(Table):
    """One subject under one rule, as JSON; see :mod:`publicist.core.alerting.episodes`."""

    id = peewee.TextField(primary_key=True)
    state = JsonField()


class AlertClock(Table):
    """One row: when the last round was, and for how long was watched in all."""

    id = peewee.BigIntegerField(primary_key=True)
    at = UtcField()
    lived = peewee.DoubleField()
    groups_told = JsonField()


class Incident(Table):
    """What people were told is not well."""

    id = peewee.TextField(primary_key=True)
    batch = peewee.TextField()
    rule_id = peewee.TextField()
    trigger = peewee.TextField(column_name="trigger_kind")
    subject = peewee.TextField()
    name = peewee.TextField()
    title = peewee.TextField()
    text = peewee.TextField()
    endpoint_id = peewee.TextField()
    opened_at = UtcField()
    closed_at = UtcField(null=True)
    acknowledged_at = UtcField(null=True)
    acknowledged_by = peewee.TextField()


class AlertDelivery(Table):
    """One notice on its way to one channel."""

    key = peewee.TextField()
    channel_id = peewee.TextField()
    notice = JsonField()
    created_at = UtcField()
    due_at = UtcField(null=True)
    attempts = peewee.BigIntegerField()
    lease_owner = peewee.TextField(null=True)
    lease_until = UtcField(null=True)
    sent_at = UtcField(null=True)
    gave_up_at = UtcField(null=True)
    error = peewee.TextField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("key", "channel_id")
