"""A glossary that is kept as JSON at an address: the backend kind ``glossary``, for datasets."""

from collections.abc import Sequence
from time import perf_counter

from publicist.core.errors import MarketplaceUnavailable, NotSupported
from publicist.core.hookspecs import Call, hookimpl
from publicist.core.records import Backend, BackendAnswer, BackendHealth, BackendKind, Document, Query, SettingField

SETTINGS = (SettingField("url", "Address", required=True, help='Where {"term": "meaning"} is.'),)


@hookimpl
def backend_kinds() -> Sequence[BackendKind]:
    return [BackendKind("glossary", "Glossary", "Explains the terms that a question names.", SETTINGS)]


@hookimpl
def check_backend(call: Call) -> BackendHealth:
    started = perf_counter()
    found = terms(call)
    return BackendHealth(ok=True, message=f"It has {len(found)} terms.", latency_ms=(perf_counter() - started) * 1000)


@hookimpl
def query_backend(backend: Backend, query: Query, call: Call) -> BackendAnswer:
    if query.backend_role != "dataset":
        raise NotSupported("A glossary finds passages; it writes none.", remedy="Choose it as a dataset.")
    asked = query.text.casefold()
    found = [
        Document(term, f"{term}: {meaning}", 1.0) for term, meaning in terms(call).items() if term.casefold() in asked
    ]
    return BackendAnswer(documents=tuple(found[: query.limit]))


def terms(call: Call) -> dict[str, str]:
    answer = call.http.get("")  # the setting `url` is where call.http is
    read = answer.json() if answer.ok else None
    if not isinstance(read, dict):
        raise MarketplaceUnavailable(f"There is no glossary: {answer.status} {answer.text(80)}")
    return {str(term): str(meaning) for term, meaning in read.items()}
