"""The hooks of the backend kinds."""

from collections.abc import Callable, Mapping, Sequence

from ...core.errors import NotSupported
from ...core.hookspecs import Call, hookimpl
from ...core.records import Backend, BackendHealth, BackendKind
from . import documents, http_service

CHECKS: Mapping[str, Callable[[Backend, Call], BackendHealth]] = {
    http_service.KIND.name: http_service.check,
    documents.KIND.name: documents.check,
}


@hookimpl
def backend_kinds() -> Sequence[BackendKind]:
    """Offer ``http`` and ``documents``."""
    return [http_service.KIND, documents.KIND]


@hookimpl
def check_backend(backend: Backend, call: Call) -> BackendHealth:
    """Try whether the backend answers. What is wrong with it is told in the answer, never raised."""
    check = CHECKS.get(backend.kind)
    if check is None:
        raise NotSupported(f"No backend of the kind {backend.kind!r} is known here.")
    return check(backend, call)
