"""The tables of maintenance as peewee sees them."""

import peewee

from .fields import UtcField
from .model import Table


class MaintenanceWindow(Table):
    """One announced window; without an endpoint it holds for all."""

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField(null=True)
    starts_at = UtcField()
    ends_at = UtcField()
    note = peewee.TextField()
    created_at = UtcField()


class MaintenanceRule(Table):
    """Maintenance that recurs; see :class:`publicist.core.records.MaintenanceRule`."""

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField(null=True)
    every = peewee.TextField()
    cron = peewee.TextField()
    zone = peewee.TextField()
    minutes = peewee.BigIntegerField()
    starts_at = UtcField()
    ends_at = UtcField(null=True)
    note = peewee.TextField()
    created_at = UtcField()
