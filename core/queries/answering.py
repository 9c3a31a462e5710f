"""Having an endpoint's dataset and model answer: each is asked at most once, and told as which of the two."""

from collections.abc import Callable
from dataclasses import replace

from ..errors import MarketplaceUnavailable
from ..hosting.adapter import Adapter
from ..http import Deadline
from ..records import Backend, BackendAnswer, Endpoint, Query, Space

Deliver = Callable[[str], None]


def nobody(_: str) -> None:
    """Take a piece of an answer for which nobody waits."""


class Answering:
    """Asks what stands behind endpoints."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def answer(
        self, endpoint: Endpoint, space: Space, query: Query, deadline: Deadline, deliver: Deliver = nobody
    ) -> BackendAnswer:
        """Return what the endpoint's response type asks for: passages, a text, or both.

        The dataset is asked first; the model is given what it found. ``deliver`` gets the text piece by piece where
        ``query.stream`` is set. A text's own sources are kept beside it even where the response type shows none.
        Raises MarketplaceError.
        """
        writes = endpoint.response_type != "raw"
        found = BackendAnswer()
        if endpoint.dataset:
            asking = replace(query, backend_role="dataset", stream=False)
            found = self._ask(endpoint.dataset, space, asking, deadline, nobody)
        if not writes:
            return replace(found, summary=None)
        if endpoint.model is None:
            return found
        asking = replace(query, backend_role="model", documents=found.documents)
        written = self._ask(endpoint.model, space, asking, deadline, deliver)
        return replace(written, summary=written.summary or "", documents=found.documents or written.documents)

    def _ask(self, backend: Backend, space: Space, query: Query, deadline: Deadline, deliver: Deliver) -> BackendAnswer:
        if deadline.expired:
            raise MarketplaceUnavailable(f"No time was left to ask {backend.name}.")
        return self._adapter.query_backend(backend, space, query, seconds=deadline.remaining(), deliver=deliver)
