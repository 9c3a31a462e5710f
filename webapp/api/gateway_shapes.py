"""What the API answers to a query."""

from marshmallow import fields

from ...core.schemas import Strict
from .shapes import many, mapping, number, one, text


class DocumentShape(Strict):
    """A passage; ``metadata.source`` credits its endpoint, document and address."""

    document_id = text()
    content = text()
    metadata = mapping()
    similarity_score = number()


class ReferencesShape(Strict):
    """What was found, best first."""

    documents = many(DocumentShape)
    provider_info = mapping()


class MessageShape(Strict):
    """What a model wrote."""

    role = text()
    content = text()
    tokens = fields.Integer(required=True)


class SummaryShape(Strict):
    """What a model wrote, and how; ``provider_info.sources`` credits what it was written from."""

    id = text()
    model = text()
    message = one(MessageShape)
    finish_reason = text()
    usage = mapping()
    provider_info = mapping()


class QueryAnswerShape(Strict):
    """An answer. Which of ``summary`` and ``references`` is null follows from the endpoint's response type."""

    summary = one(SummaryShape, null=True)
    references = one(ReferencesShape, null=True)
    message = fields.Nested(MessageShape)
    cost = number()
    currency = text()
    policy_metadata = mapping()
    correlation_id = text()
