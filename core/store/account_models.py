"""The tables of accounts as peewee sees them."""

import peewee

from .fields import UtcField
from .model import Table


class Account(Table):
    """Somebody who may sign in; ``folded`` is the name without its case, ``password`` an argon2 hash."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    folded = peewee.TextField(unique=True)
    role = peewee.TextField()
    password = peewee.TextField()
    created_at = UtcField()
    signed_in_at = UtcField(null=True)


class WebSession(Table):
    """Somebody who is signed in; ``digest`` is the SHA-256 of the key that the browser holds."""

    id = peewee.TextField(primary_key=True)
    digest = peewee.TextField(unique=True)
    user_id = peewee.TextField(null=True)
    token_id = peewee.TextField(null=True)
    created_at = UtcField()
    seen_at = UtcField()
    agent = peewee.TextField()


class Invitation(Table):
    """A link by which one account can be made, or that of ``user_id`` be given a new password.

    ``digest`` is the SHA-256 of the code in it.
    """

    id = peewee.TextField(primary_key=True)
    digest = peewee.TextField(unique=True)
    role = peewee.TextField()
    note = peewee.TextField()
    setup = peewee.BooleanField()
    created_at = UtcField()
    expires_at = UtcField(null=True)
    user_id = peewee.TextField(null=True)


class SignInTry(Table):
    """How often signing in failed under a name or from an address since it last went well."""

    key = peewee.TextField(primary_key=True)
    fails = peewee.BigIntegerField()
    last_at = UtcField()
