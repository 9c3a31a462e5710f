"""What the API answers about endpoints."""

from typing import get_args

from ...core.records import ResponseType, Visibility
from ...core.schemas import Strict
from .shapes import flag, many, mapping, one, paged_shape, text, texts, time


class BackendShape(Strict):
    """A dataset or model; secret settings show as ``***``."""

    kind = text()
    name = text()
    settings = mapping()


class PolicyShape(Strict):
    """One policy."""

    name = text()
    type = text()
    config = mapping()


class EndpointShape(Strict):
    """An endpoint as its owner sees it."""

    id = text(format="uuid")
    slug = text()
    name = text()
    summary = text()
    description = text()
    tags = texts()
    version = text()
    visibility = text(*get_args(Visibility))
    response_type = text(*get_args(ResponseType))
    published = flag()
    dataset = one(BackendShape, null=True)
    model = one(BackendShape, null=True)
    policies = many(PolicyShape)
    category = text()
    language = text()
    created_at = time(null=False)
    updated_at = time(null=False)


class DeletionShape(Strict):
    """A deletion that waits for its listings to be withdrawn; the slug stays taken until then."""

    slug = text()
    status = text("pending")


EndpointPage = paged_shape("EndpointPage", EndpointShape)
