"""The hub's tables. Times are texts (see :mod:`.times`); rows reference each other and nothing cascades."""

import json
from typing import Any

import peewee
from playhouse.sqlite_ext import AutoIncrementField

EMPTY = peewee.SQL("'[]'")
"""How an empty list is stored; a list in a comparison would be taken for several values."""


class JsonField(peewee.TextField):
    """A JSON value, stored as text."""

    def db_value(self, value: Any) -> str:
        """Return the text to store."""
        return json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str) -> Any:
        """Return the value of a stored text."""
        return json.loads(value)


def _reference(table: Any, **options: Any) -> Any:
    return peewee.ForeignKeyField(table, lazy_load=False, on_delete="RESTRICT", **options)


class User(peewee.Model):
    """An account. Username and e-mail are stored in lower case."""

    id = AutoIncrementField()
    username = peewee.TextField(unique=True)
    email = peewee.TextField(unique=True)
    full_name = peewee.TextField()
    password_hash = peewee.TextField()
    role = peewee.TextField(default="user")
    is_active = peewee.BooleanField(default=True)
    avatar_url = peewee.TextField(null=True)
    domain = peewee.TextField(null=True)
    aggregator_url = peewee.TextField(null=True)
    bio = peewee.TextField(null=True)
    is_email_public = peewee.BooleanField(default=False)
    encryption_public_key = peewee.TextField(null=True)
    created_at = peewee.TextField()
    updated_at = peewee.TextField()
    last_login_at = peewee.TextField(null=True)


class AccessToken(peewee.Model):
    """A personal access token: its hash, and the prefix that may be shown."""

    id = AutoIncrementField()
    user = _reference(User)
    name = peewee.TextField()
    token_hash = peewee.TextField(unique=True)
    token_prefix = peewee.TextField()
    scopes = JsonField()
    is_active = peewee.BooleanField(default=True)
    expires_at = peewee.TextField(null=True)
    last_used_at = peewee.TextField(null=True)
    last_used_ip = peewee.TextField(null=True)
    created_at = peewee.TextField()
    updated_at = peewee.TextField()


class Satellite(peewee.Model):
    """An origin that one account runs; ``row`` orders them, ``id`` is what others see."""

    row = AutoIncrementField()
    id = peewee.TextField(unique=True)
    user = _reference(User)
    kind = peewee.TextField()
    base_url = peewee.TextField()
    last_seen_at = peewee.TextField(null=True)
    created_at = peewee.TextField()

    class Meta:
        """Held by the database as well."""

        indexes = ((("user", "base_url"), True),)


class Endpoint(peewee.Model):
    """A listing. Its slug is unique within the account, switched off or not."""

    user_id: int
    satellite_id: int | None
    id = AutoIncrementField()
    user = _reference(User)
    satellite = _reference(Satellite, null=True)
    name = peewee.TextField()
    slug = peewee.TextField()
    description = peewee.TextField(default="")
    type = peewee.TextField()
    visibility = peewee.TextField(default="public")
    is_active = peewee.BooleanField(default=True)
    contributors = JsonField(default=list)
    version = peewee.TextField(default="0.1.0")
    readme = peewee.TextField(default="")
    tags = JsonField(default=list)
    stars_count = peewee.IntegerField(default=0)
    policies = JsonField(default=list)
    connect = JsonField(default=list)
    health_status = peewee.TextField(null=True)
    health_checked_at = peewee.TextField(null=True)
    health_ttl_seconds = peewee.IntegerField(null=True)
    failures = peewee.IntegerField(default=0)
    created_at = peewee.TextField()
    updated_at = peewee.TextField(index=True)

    class Meta:
        """Held by the database as well."""

        indexes = ((("user", "slug"), True),)


class Star(peewee.Model):
    """Somebody's star on an endpoint."""

    user = _reference(User)
    endpoint = _reference(Endpoint)

    class Meta:
        """One row for each pair."""

        primary_key = peewee.CompositeKey("user", "endpoint")


class UptimeBucket(peewee.Model):
    """How often the monitor found an endpoint healthy within one half hour."""

    endpoint = _reference(Endpoint)
    bucket_start = peewee.TextField()
    samples = peewee.IntegerField(default=0)
    healthy_samples = peewee.IntegerField(default=0)

    class Meta:
        """One row for each pair."""

        primary_key = peewee.CompositeKey("endpoint", "bucket_start")


class HubKey(peewee.Model):
    """A key that the hub signs with, by name."""

    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()


TABLES = (User, AccessToken, Satellite, Endpoint, Star, UptimeBucket, HubKey)
