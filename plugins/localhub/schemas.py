"""What is published, and how it is doing: endpoints, syncs, health reports; loaded here and nowhere else."""

import re
from typing import Any

from marshmallow import RAISE, fields

from .fields import MISSING, Base, Choice, Flag, Identifier, Items, Mapping, Moment, Text, Whole, matching, refuse
from .origins import LONGEST as LONGEST_URL
from .origins import report_url
from .slugs import LONGEST, SHORTEST, slug_rule

TYPES = ("model", "data_source", "model_data_source", "agent")
VISIBILITIES = ("public", "private", "internal")
MOST_TAGS = 10
MOST_ENDPOINTS = 300
_LONGEST_TAG = 30


class Tags(Items):
    """Tags: trimmed, in lower case, each once; empty ones are dropped. The limit counts what was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(), high=MOST_TAGS, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        sent = super()._deserialize(value, attr, data, **options)
        words = dict.fromkeys(word for word in (tag.strip().lower() for tag in sent) if word)
        return [self._keep(word) for word in words]

    @staticmethod
    def _keep(word: str) -> str:
        if len(word) > _LONGEST_TAG:
            raise refuse("value_error", f"The tag '{word}' is longer than {_LONGEST_TAG} characters")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word):
            raise refuse("value_error", f"The tag '{word}' has more than letters, digits and single hyphens")
        return word


class Policy(Base):
    """One policy of an endpoint."""

    type = Text(low=1, high=100, required=True)
    version = Text(matching(r"\d+\.\d+"), load_default="1.0")
    enabled = Flag(load_default=True)
    description = Text(high=500, load_default="")
    config = Mapping(load_default=dict)


class Connection(Base):
    """One connection of an endpoint; ``config.url`` is a path on the space's address."""

    type = Text(low=1, high=50, required=True)
    enabled = Flag(load_default=True)
    description = Text(high=500, load_default="")
    config = Mapping(load_default=dict)


def _each(schema: type[Base]) -> fields.Nested:
    return fields.Nested(schema, unknown=RAISE, error_messages={"required": MISSING})


class NewEndpoint(Base):
    """``POST /endpoints``, and one item of a sync."""

    name = Text(low=1, high=100, required=True)
    slug = Text(slug_rule, low=SHORTEST, high=LONGEST, allow_none=True, load_default=None)
    type = Choice(TYPES, required=True)
    visibility = Choice(VISIBILITIES, load_default="public")
    description = Text(high=500, load_default="")
    readme = Text(high=50_000, load_default="")
    version = Text(matching(r"\d+\.\d+\.\d+"), load_default="0.1.0")
    tags = Tags(load_default=list)
    policies = Items(_each(Policy), load_default=list)
    connect = Items(_each(Connection), load_default=list)
    contributors = Items(Whole(), load_default=list)
    archived = Flag(load_default=False)


class EndpointChange(Base):
    """``PATCH`` of an endpoint: what is absent or null stays; slug and type are ignored unseen."""

    name = Text(low=1, high=100, allow_none=True)
    visibility = Choice(VISIBILITIES, allow_none=True)
    description = Text(high=500, allow_none=True)
    readme = Text(high=50_000, allow_none=True)
    version = Text(matching(r"\d+\.\d+\.\d+"), allow_none=True)
    tags = Tags(allow_none=True)
    policies = Items(_each(Policy), allow_none=True)
    connect = Items(_each(Connection), allow_none=True)
    contributors = Items(Whole(), allow_none=True)
    archived = Flag(allow_none=True)


class Sync(Base):
    """``POST /endpoints/sync``; an account's hub does not look at ``satellite_id``."""

    endpoints = Items(fields.Nested(NewEndpoint), high=MOST_ENDPOINTS, load_default=list)


class SatelliteSync(Sync):
    """The same on a hub with satellites."""

    satellite_id = Identifier(allow_none=True, load_default=None)


class Reading(Base):
    """One line of a health report."""

    slug = Text(low=SHORTEST, high=LONGEST, required=True)
    status = Choice(("healthy", "unhealthy"), required=True)
    checked_at = Moment(required=True)


class HealthReport(Base):
    """``POST /endpoints/health``."""

    endpoints = Items(fields.Nested(Reading), low=1, high=MOST_ENDPOINTS, required=True)
    url = Text(report_url, high=LONGEST_URL, required=True)
    ttl_seconds = Whole(1, 3600, allow_none=True, load_default=None)


class SatelliteHealthReport(HealthReport):
    """The same on a hub with satellites."""

    satellite_id = Identifier(allow_none=True, load_default=None)
