"""What a service answers, whichever of the usual forms it takes, as one kind of answer.

Known are SyftHub's (``references.documents`` and ``summary``), ``documents`` alone or as a bare list, an OpenAI-shaped
``choices``, and plain text.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.http import Answer
from ...core.records import BackendAnswer, Document

WHOLE = 1.0
"""The score of a passage that comes without one."""


class Unclear(Exception):
    """An answer is in none of the known forms; the text is the end of a sentence."""


def read(answer: Answer, name: str) -> BackendAnswer:
    """Return what a 2xx answer says. Raises MarketplaceUnavailable, in which ``name`` stands for who answered."""
    try:
        return _from_text(answer) if _is_text(answer) else from_json(answer.json())
    except Unclear as error:
        raise MarketplaceUnavailable(f"{name} answered {error}.") from None


def from_json(value: Any) -> BackendAnswer:
    """Return what ``value`` says. Raises Unclear."""
    if isinstance(value, str):
        return BackendAnswer(summary=value)
    if isinstance(value, list):
        return BackendAnswer(documents=_documents(value))
    if not isinstance(value, Mapping):
        raise Unclear("with neither an object, a list nor a text")
    if "choices" in value:
        return from_choices(value)
    if not {"references", "documents", "summary"} & set(value):
        raise Unclear("without references, documents, a summary or choices")
    return replace(_summary(value.get("summary")), documents=_documents(_listed(value)))


def from_choices(value: Mapping[str, Any]) -> BackendAnswer:
    """Return what an OpenAI-shaped answer says; a message without content is an empty one. Raises Unclear."""
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise Unclear("without a choice")
    message = choices[0].get("message")
    content = message.get("content") if isinstance(message, Mapping) else choices[0].get("text")
    if not isinstance(content, str | None):
        raise Unclear("with a message that is not a text")
    return BackendAnswer(
        summary=content or "",
        model=_word(value.get("model")),
        finish_reason=_word(choices[0].get("finish_reason")) or "stop",
        usage=counts(value.get("usage")),
    )


def counts(usage: Any) -> Mapping[str, int]:
    """Return the whole numbers in ``usage``, by name; what else stands there is nobody's business here."""
    if not isinstance(usage, Mapping):
        return {}
    return {str(name): count for name, count in usage.items() if type(count) is int and count >= 0}


def _is_text(answer: Answer) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind.startswith("text/") or not kind


def _from_text(answer: Answer) -> BackendAnswer:
    text = answer.body.decode("utf-8", "replace").strip()
    # Small services send plain texts as HTML, because their framework does; a page is a login or an error.
    if "html" in answer.headers.get("Content-Type", "").lower() and text.startswith("<"):
        raise Unclear("with a page (HTML), which a service for queries does not")
    if not text:
        raise Unclear("with nothing")
    return BackendAnswer(summary=text)


def _listed(value: Mapping[str, Any]) -> Any:
    references = value.get("references")
    if references is None:
        return value.get("documents")
    return references.get("documents") if isinstance(references, Mapping) else references


def _summary(value: Any) -> BackendAnswer:
    if isinstance(value, str | None):
        return BackendAnswer(summary=value)
    message = value.get("message") if isinstance(value, Mapping) else None
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, str):
        raise Unclear("with a summary that holds no text")
    return BackendAnswer(
        summary=content,
        model=_word(value.get("model")),
        finish_reason=_word(value.get("finish_reason")) or "stop",
        usage=counts(value.get("usage")),
    )


def _documents(items: Any) -> tuple[Document, ...]:
    if items is None:
        return ()
    if not isinstance(items, list):
        raise Unclear("with documents that are not a list")
    return tuple(_document(item, number) for number, item in enumerate(items, 1))


def _document(item: Any, number: int) -> Document:
    if isinstance(item, str):
        return Document(str(number), item, WHOLE)
    if not isinstance(item, Mapping):
        raise Unclear("with a document that is neither a text nor an object")
    content = _first(item, ("content", "text"))
    if not isinstance(content, str):
        raise Unclear("with a document without content")
    metadata = item.get("metadata")
    return Document(
        document_id=str(_first(item, ("document_id", "id")) or number),
        content=content,
        score=_score(_first(item, ("similarity_score", "score"))),
        metadata=dict(metadata) if isinstance(metadata, Mapping) else {},
    )


def _first(item: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((item[name] for name in names if item.get(name) is not None), None)


def _score(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return WHOLE
    return min(1.0, max(0.0, value)) if math.isfinite(value) else WHOLE


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
