"""The tables of counted queries, as peewee sees them; see :mod:`publicist.core.store.models`."""

import peewee

from .fields import UtcField
from .model import Table


class UsageEvent(Table):
    """One query as it was counted: see :class:`publicist.core.records.QueryEvent`."""

    id = peewee.TextField(primary_key=True)
    at = UtcField()
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    person = peewee.TextField()
    country = peewee.TextField()
    status = peewee.BigIntegerField()
    latency_ms = peewee.DoubleField()
    cost = peewee.TextField()
    currency = peewee.TextField()
    denial = peewee.TextField()
    query_text = peewee.TextField()


class UsageHour(Table):
    """Queries of one hour that are alike; the cost is in whole units and in parts of one."""

    hour = UtcField()
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    status = peewee.BigIntegerField()
    denial = peewee.TextField()
    country = peewee.TextField()
    currency = peewee.TextField()
    queries = peewee.BigIntegerField()
    cost_whole = peewee.BigIntegerField()
    cost_fraction = peewee.BigIntegerField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey(
            "endpoint_id", "hour", "marketplace_id", "status", "denial", "country", "currency"
        )


class UsageLatency(Table):
    """Answers of one hour that took about as long: up to ``bound_ms``."""

    hour = UtcField()
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    bound_ms = peewee.BigIntegerField()
    queries = peewee.BigIntegerField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("endpoint_id", "hour", "marketplace_id", "bound_ms")


class UsagePerson(Table):
    """How often one person (a keyed hash) asked on one day."""

    day = UtcField()
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    person = peewee.TextField()
    queries = peewee.BigIntegerField()
    denied = peewee.BigIntegerField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("endpoint_id", "day", "marketplace_id", "person")


class UsageWriter(Table):
    """How many queries a process stored, and how many it could not."""

    owner = peewee.TextField(primary_key=True)
    started_at = UtcField()
    seen_at = UtcField()
    flushed = peewee.BigIntegerField()
    dropped = peewee.BigIntegerField()
    lost = peewee.BigIntegerField()
