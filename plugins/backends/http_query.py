"""Passing a query on to a service behind a URL, and reading what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from ...core.errors import MarketplaceUnavailable, RejectedError
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Backend, BackendAnswer, Document, Json, Query
from . import answers
from .http_service import read_settings
from .settings import asking, origin

LARGEST_ANSWER = 8 * 1024 * 1024
OF_THE_QUERY = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""The refusals that speak of the query; all others speak of the service, or of what was entered for it."""


def query(backend: Backend, asked: Query, call: Call, deliver: Callable[[str], None]) -> BackendAnswer:
    """Send the query to the service, once, and return its answer; ``deliver`` gets the summary in one piece.

    A dataset that answers with a text alone has found one passage, that text.

    Raises:
        MarketplaceUnavailable: the settings are wrong, or the service did not answer properly.
        RateLimited: it wants to be asked later.
        RejectedError: it does not take this query.
    """
    with asking(asked.backend_role):
        service = read_settings(backend.settings)
    got = call.http.post(
        service.url,
        json=_chosen(body(asked), service.forward),
        headers=service.headers,
        absolute=True,
        safe=True,
        timeout=service.timeout or call.http.deadline.remaining(),
        max_bytes=LARGEST_ANSWER,
    )
    answer = answers.read(accepted(got, asked.backend_role), f"The {asked.backend_role} at {origin(service.url)}")
    if asked.backend_role == "dataset" and answer.summary and not answer.documents:
        return replace(answer, documents=(Document("answer", answer.summary, answers.WHOLE),), summary=None)
    if asked.stream and answer.summary:
        deliver(answer.summary)
    return answer


def _chosen(fields: Mapping[str, Json], forward: frozenset[str] | None) -> dict[str, Json]:
    """Return the fields to send; of those that only some services know, none that was not asked for."""
    if forward is None:
        return {name: value for name, value in fields.items() if name != "correlation_id" and value != []}
    return {name: value for name, value in fields.items() if name in forward}


def body(asked: Query) -> dict[str, Json]:
    """Return the query as it is sent: to a dataset its text, to a model the whole conversation."""
    if asked.backend_role == "dataset":
        return {
            "messages": asked.text,
            "limit": asked.limit,
            "similarity_threshold": asked.similarity_threshold,
            "include_metadata": True,
            "correlation_id": asked.correlation_id,
        }
    return {
        "messages": [{"role": said.role, "content": said.content} for said in asked.messages],
        "max_tokens": asked.max_tokens,
        "temperature": asked.temperature,
        "stop_sequences": list(asked.stop_sequences),
        "stream": False,
        "documents": [document(each) for each in asked.documents],
        "correlation_id": asked.correlation_id,
    }


def document(each: Document) -> dict[str, Json]:
    """Return a passage in SyftHub's form."""
    return {
        "document_id": each.document_id,
        "content": each.content,
        "similarity_score": each.score,
        "metadata": dict(each.metadata),
    }


def accepted(got: Answer, role: str) -> Answer:
    """Return a 2xx answer; raise what any other means. What the service wrote is shown where it speaks of the query."""
    if got.ok:
        return got
    if got.status in OF_THE_QUERY:
        raise RejectedError(
            f"The {role} does not take this query: it answered {got.status}: {got.text()}",
            remedy="Change the query, then ask again.",
        )
    raise MarketplaceUnavailable(
        f"The {role} refused the query: {got.url} answered {got.status}.",
        remedy="Check the address and the credentials that were entered for it.",
    )
