"""The table of feedback as peewee sees it."""

import peewee

from .fields import UtcField
from .model import Table


class Feedback(Table):
    """What one person said about an endpoint; ``checked_at`` and ``finding`` are ours, for reports of errors."""

    id = peewee.TextField(primary_key=True)
    endpoint_id = peewee.TextField()
    marketplace_id = peewee.TextField()
    remote_id = peewee.TextField()
    kind = peewee.TextField()
    rating = peewee.BigIntegerField(null=True)
    text = peewee.TextField()
    author = peewee.TextField()
    at = UtcField()
    checked_at = UtcField(null=True)
    finding = peewee.TextField()
