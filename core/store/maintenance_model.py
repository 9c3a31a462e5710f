"""The table of maintenance windows as peewee sees it."""

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
