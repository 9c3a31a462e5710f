"""What the API answers about usage."""

from typing import Any, get_args

from marshmallow import fields, validate

from ...core.records import Step
from ...core.schemas import Strict
from ...core.usage.patterns import PatternKind
from .shapes import count, many, mapping, one, text, time


def number(**meta: Any) -> fields.Float:
    """Return a number that is always there, perhaps null."""
    return fields.Float(required=True, allow_none=True, validate=validate.Range(min=0), metadata=meta)


class ClassesShape(Strict):
    """How many queries ended how; `total` is their sum.

    `denied` 403, `rate_limited` 429, `unauthenticated` 401, `payment_required` 402, `failed` all others from 400.
    """

    total = count()
    successful = count()
    denied = count()
    rate_limited = count()
    unauthenticated = count()
    payment_required = count()
    failed = count()


class PointShape(ClassesShape):
    """The queries of one step, an hour or a day."""

    start = time(null=False)
    unique_users = count()


class PeakShape(Strict):
    """An hour of the week; weekday 0 is Monday."""

    weekday = count()
    hour = count()
    queries = count()


class PeakTimesShape(Strict):
    """The queries by weekday (Monday first) and hour in UTC, and the busiest three hours of the week."""

    week = fields.List(fields.List(fields.Integer()), required=True)
    peaks = many(PeakShape)


class CountryShape(Strict):
    """The queries from one country, by its two letters, or `unknown`."""

    country = text()
    queries = count()


class CostShape(Strict):
    """What was charged in one currency. `total` and `average` (for one answered query) are decimal numbers as texts."""

    currency = text()
    queries = count()
    total = text()
    average = text()


class MarketplaceUsageShape(ClassesShape):
    """The queries that came by way of one marketplace; null for guests, for bad tokens, and if it has been removed."""

    marketplace_id = text(null=True)
    marketplace_name = text(null=True)
    unique_users = count()
    p50_ms = number()
    p95_ms = number()


class EndpointUsageShape(ClassesShape):
    """The queries to one endpoint; its slug is null if it has been deleted."""

    endpoint_id = text(format="uuid")
    endpoint_slug = text(null=True)


class PatternShape(Strict):
    """Something unusual. `person` is a keyed hash; `usual` is what the same hours of past weeks had."""

    kind = text(*get_args(PatternKind))
    message = text()
    since = time(null=False)
    until = time(null=False)
    queries = count()
    usual = number()
    person = text(null=True)
    marketplace_id = text(null=True)


class UncountedShape(Strict):
    """Queries that no figure contains, for all endpoints: dropped under load, or lost in a crash."""

    dropped = count()
    lost = count()


class UsageShape(ClassesShape):
    """The figures of usage; `endpoint_slug` is null for all endpoints together. Latencies are of answered queries."""

    endpoint_slug = text(null=True)
    since = time(null=False)
    until = time(null=False)
    step = text(*get_args(Step))
    unique_users = count()
    p50_ms = number()
    p95_ms = number()
    over_time = many(PointShape)
    peak_times = one(PeakTimesShape)
    countries = many(CountryShape)
    costs = many(CostShape)
    denials = mapping(description="How many queries were refused, by the outcome of the decision.")
    marketplaces = many(MarketplaceUsageShape)
    endpoints = many(EndpointUsageShape)
    patterns = many(PatternShape)
    uncounted = one(UncountedShape)
