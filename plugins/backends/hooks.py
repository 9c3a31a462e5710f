"""The hooks of the backend kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...core.errors import NotSupported
from ...core.hookspecs import Call, hookimpl
from ...core.records import Backend, BackendAnswer, BackendHealth, BackendKind, Query
from . import chat, documents, http_query, http_service, openai


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind, how it is tried, and how it is asked."""

    kind: BackendKind
    check: Callable[[Backend, Call], BackendHealth]
    query: Callable[[Backend, Query, Call, Callable[[str], None]], BackendAnswer]


OFFERS: Mapping[str, Offer] = {
    offer.kind.name: offer
    for offer in (
        Offer(http_service.KIND, http_service.check, http_query.query),
        Offer(documents.KIND, documents.check, documents.query),
        Offer(openai.KIND, openai.check, chat.query),
    )
}


@hookimpl
def backend_kinds() -> Sequence[BackendKind]:
    """Offer ``http``, ``documents`` and ``openai``."""
    return [offer.kind for offer in OFFERS.values()]


@hookimpl
def check_backend(backend: Backend, call: Call) -> BackendHealth:
    """Try whether the backend answers. What is wrong with it is told in the answer, never raised."""
    return _offer(backend).check(backend, call)


@hookimpl
def query_backend(backend: Backend, query: Query, call: Call, deliver: Callable[[str], None]) -> BackendAnswer:
    """Have the backend answer. Raises MarketplaceUnavailable, RateLimited, RejectedError."""
    return _offer(backend).query(backend, query, call, deliver)


def _offer(backend: Backend) -> Offer:
    offer = OFFERS.get(backend.kind)
    if offer is None:
        raise NotSupported(f"No backend of the kind {backend.kind!r} is known here.")
    return offer
