"""The tables of checks as peewee sees them."""

import peewee

from .fields import UtcField
from .model import Table


class AddedCheck(Table):
    """A check that was added to an endpoint; ``settings`` is sealed JSON, for they may carry credentials."""

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField()
    kind = peewee.TextField()
    name = peewee.TextField()
    settings = peewee.TextField()
    created_at = UtcField()


class Look(Table):
    """How an endpoint's looks stand: which one was taken last, whether one was asked for, and who is at it."""

    endpoint_id = peewee.TextField(primary_key=True)
    due_at = UtcField(null=True)
    looked_at = UtcField(null=True)
    asked = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    until = UtcField(null=True)
