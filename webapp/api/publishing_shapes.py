"""What the API answers about publishing."""

from typing import get_args

from marshmallow import fields

from ...core.records import PublicationStatus
from ...core.schemas import Strict
from .shapes import count, flag, many, mapping, one, text, texts, time


class ResultShape(Strict):
    """What came of a request on one marketplace."""

    marketplace_id = text(format="uuid")
    marketplace_name = text()
    success = flag()
    message = text()
    error = text(null=True)
    status = text(*get_args(PublicationStatus))
    cause = text(null=True)
    remedy = text(null=True)


class ResultsShape(Strict):
    """One result a marketplace."""

    endpoint_slug = text()
    results = many(ResultShape)


class FindingShape(Strict):
    """One line of a preflight; without a marketplace it concerns the endpoint everywhere."""

    level = text("blocks", "advice")
    code = text()
    cause = text()
    message = text()
    remedy = text()
    field = text(null=True)
    marketplace_id = text(null=True)


class PublishShape(Strict):
    """Results; or, of a dry run, findings and what would be sent to each marketplace."""

    endpoint_slug = text()
    results = fields.List(fields.Nested(ResultShape))
    dry_run = fields.Boolean()
    findings = fields.List(fields.Nested(FindingShape))
    payloads = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(allow_none=True),
        metadata={"description": "By the marketplace's id; null where it cannot be told."},
    )


class PreflightShape(Strict):
    """What blocks publishing, and what would be wiser."""

    endpoint_slug = text()
    ready = flag()
    blocks = many(FindingShape)
    advice = many(FindingShape)


class AvailableShape(Strict):
    """Whether a slug is free on one marketplace; null where it cannot be told."""

    marketplace_id = text(format="uuid")
    marketplace_name = text()
    available = flag(null=True)
    reason = text()


class AvailabilityShape(Strict):
    """Whether a slug is free, here and on each marketplace that is not disabled."""

    slug = text()
    local_available = flag()
    marketplaces = many(AvailableShape)


class ErrorShape(Strict):
    """The last failure of a publication."""

    cause = text()
    message = text()
    remedy = text()


class PublicationShape(Strict):
    """Where an endpoint stands on one marketplace."""

    marketplace_id = text(format="uuid")
    marketplace_name = text()
    status = text(*get_args(PublicationStatus))
    message = text()
    error = one(ErrorShape, null=True)
    wanted = text("listed", "absent")
    sync = text("in_sync", "pending", "failed", "drifted", "needs_republish")
    active = flag(null=True)
    needs_republish = flag()
    changed = texts()
    drift = mapping(description="What the last reading found to differ: `wanted` and `found`, by field.")
    outcome_unknown = flag()
    remote_url = text()
    published_at = time()
    verified_at = time()
    attempts = count()
    due_at = time()


class PublicationsShape(Strict):
    """The endpoint on every marketplace, also those where it never was."""

    endpoint_slug = text()
    publications = many(PublicationShape)


class SideShape(Strict):
    """What a dataset or model said when it was tried."""

    ok = flag()
    message = text()
    latency_ms = fields.Float(required=True, allow_none=True)
    reachable = flag(description="Whether it answered at all.")


class CheckShape(Strict):
    """What both sides said; null for a side that is not configured."""

    endpoint_slug = text()
    ok = flag()
    dataset = one(SideShape, null=True)
    model = one(SideShape, null=True)
