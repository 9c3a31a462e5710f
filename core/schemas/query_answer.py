"""What a query gets, as SyftHub's aggregator and its clients read it."""

from collections.abc import Mapping
from typing import Any

from ..records import Decision, Document, QueryAnswer

KINDS = {"access": "access", "rate_limit": "rate_limit", "accounting": "payment"}
"""What SyftHub calls the kinds of our policy types; a plugin's own is a transform there."""

_NO_CURRENCY = "USD"


def query_answer_json(given: QueryAnswer, *, metadata: bool = True) -> dict[str, Any]:
    """Return the answer's body. ``message`` repeats the summary's, for SyftHub's Python client reads it there.

    Args:
        given: what the gateway answered.
        metadata: whether documents come with what is known of them, beside their source.
    """
    summary = _summary(given)
    said = {"message": summary["message"]} if summary else {}
    references = references_json(given, metadata=metadata)
    return {"summary": summary, "references": references, **said, **_settlement(given)}


def references_json(given: QueryAnswer, *, metadata: bool = True) -> dict[str, Any] | None:
    """Return the documents and who provides them; None where the endpoint's response type shows none."""
    if given.endpoint.response_type == "summary":
        return None
    documents = [_document(given, document, metadata=metadata) for document in given.answer.documents]
    return {"documents": documents, "provider_info": _provider(given)}


def ending_json(given: QueryAnswer) -> dict[str, Any]:
    """Return what ends a stream: everything beside the documents and the text.

    It has none of the names ``summary``, ``content``, ``text`` and ``choices``, which callers would take for more text.
    """
    answer = given.answer
    how = {"model": answer.model, "finish_reason": answer.finish_reason, "usage": dict(answer.usage)}
    return {**how, "provider_info": _credits(given), **_settlement(given)}


def refusal_json(decision: Decision) -> dict[str, Any]:
    """Return the ``policy_metadata`` of a refusal, from which callers tell one from another."""
    entry: dict[str, Any] = {
        "policy_type": decision.type or "policy",
        "kind": KINDS.get(decision.type, "transform"),
        "status": "rejected",
        "reason_code": decision.outcome,
        "reason": decision.message,
    }
    if decision.owed is not None:
        entry |= {"amount": float(decision.owed), "currency": decision.currency}
    return {"outcome": decision.outcome, "entries": [entry]}


def _settlement(given: QueryAnswer) -> dict[str, Any]:
    charged = {
        "policy_type": "accounting",
        "kind": "payment",
        "status": "charged" if given.cost else "free",
        "amount": float(given.cost),
        "currency": given.currency,
    }
    entries = [charged] if given.currency else []
    return {
        "cost": float(given.cost),
        "currency": given.currency or _NO_CURRENCY,
        "policy_metadata": {"outcome": "success", "entries": entries},
        "correlation_id": given.query.correlation_id,
    }


def _summary(given: QueryAnswer) -> dict[str, Any] | None:
    if given.endpoint.response_type == "raw" or given.answer.summary is None:
        return None
    usage = dict(given.answer.usage)
    message = {"role": "assistant", "content": given.answer.summary, "tokens": usage.get("completion_tokens", 0)}
    return {
        "id": given.query.correlation_id,
        "model": given.answer.model,
        "message": message,
        "finish_reason": given.answer.finish_reason,
        "usage": usage,
        "provider_info": _credits(given),
    }


def _document(given: QueryAnswer, document: Document, *, metadata: bool) -> dict[str, Any]:
    known = dict(document.metadata) if metadata else {}
    return {
        "document_id": document.document_id,
        "content": document.content,
        "metadata": {**known, "source": _source(given, document)},
        "similarity_score": document.score,
    }


def _source(given: QueryAnswer, document: Document) -> dict[str, Any]:
    """Credit a document: which endpoint gave it, what it is called there, and where that is asked."""
    place = document.metadata.get("path") or document.metadata.get("title") or document.document_id
    own = document.metadata.get("url")
    told = {"endpoint": given.endpoint.slug, "document": str(place), "address": given.address}
    return {**told, "url": own} if isinstance(own, str) else told


def _provider(given: QueryAnswer) -> dict[str, Any]:
    return {
        "provider": given.provider,
        "endpoint": given.endpoint.slug,
        "name": given.endpoint.name,
        "address": given.address,
    }


def _credits(given: QueryAnswer) -> Mapping[str, Any]:
    """Credit what a text was written from; its numbers in brackets are the places in this list, from 1."""
    return {**_provider(given), "sources": [_source(given, document) for document in given.answer.documents]}
