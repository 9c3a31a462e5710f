"""The tables of health as peewee sees them; see :mod:`publicist.core.store.models`."""

import peewee

from .fields import JsonField, UtcField
from .model import Table


class Health(Table):
    """How one endpoint does: see :class:`publicist.core.records.Health`."""

    endpoint_id = peewee.TextField(primary_key=True)
    state = peewee.TextField()
    since = UtcField(null=True)
    checked_at = UtcField(null=True)
    noted_at = UtcField(null=True)
    latency_ms = peewee.DoubleField(null=True)
    message = peewee.TextField()
    leaning = peewee.TextField(null=True)
    turns = peewee.BigIntegerField()
    recent = peewee.TextField()
    known = peewee.TextField()
    results = JsonField()


class HealthReading(Table):
    """The readings of one endpoint and hour, packed; only ever added to."""

    endpoint_id = peewee.TextField()
    hour = UtcField()
    readings = peewee.TextField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("endpoint_id", "hour")


class HealthDay(Table):
    """The sums of one endpoint and day, packed: of the ``whole`` day, and of its ``hours``."""

    endpoint_id = peewee.TextField()
    day = UtcField()
    whole = peewee.TextField()
    hours = peewee.TextField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("endpoint_id", "day")


class HealthChange(Table):
    """A change of state: see :class:`publicist.core.records.HealthChange`."""

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField()
    at = UtcField()
    before = peewee.TextField()
    after = peewee.TextField()
    since = UtcField(null=True)
    message = peewee.TextField()
