"""The table of counted outcomes as peewee sees it."""

import peewee

from .model import Table


class OutcomeCount(Table):
    """How many calls to a marketplace for one operation ended in one way, since the space was made."""

    marketplace_id = peewee.TextField()
    operation = peewee.TextField()
    outcome = peewee.TextField()
    calls = peewee.BigIntegerField()

    class Meta:
        """Peewee's own options."""

        primary_key = peewee.CompositeKey("marketplace_id", "operation", "outcome")
