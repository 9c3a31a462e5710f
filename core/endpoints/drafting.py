"""Endpoints that are not stored yet: trying what stands behind them, and keeping typed secrets out of the pages."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..errors import ConfigurationError
from ..publishing.publisher import Publisher
from ..queries.gateway import Gateway
from ..records import BackendHealth, Endpoint, QueryAnswer
from ..schemas import Asking, new_endpoint, patched
from ..schemas.draft import EndpointDraft
from ..secrets import Secret
from ..store import Store
from .endpoints import Endpoints

_UNSAVED = "00000000-0000-0000-0000-000000000000"


class Drafting:
    """Makes and tries drafts. Nothing is stored, counted or told to anybody."""

    def __init__(
        self,
        store: Store,
        endpoints: Endpoints,
        publisher: Publisher,
        gateway: Gateway,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._publisher = publisher
        self._gateway = gateway
        self._clock = clock

    def made(self, draft: EndpointDraft) -> Endpoint:
        """Return the endpoint that the draft would become. Raises InvalidInput where ``***`` stands for nothing."""
        return new_endpoint(draft, _UNSAVED, self._clock())

    def changed(self, slug: str, patch: Mapping[str, Any]) -> tuple[Endpoint, Endpoint]:
        """Return an endpoint as it is stored, and as it would be after ``patch``; the same twice where nothing differs.

        Raises NotFound, and InvalidInput when its parts would not fit together.
        """
        before = self._endpoints.get(slug)
        return before, patched(before, patch, self._clock())

    def test(self, endpoint: Endpoint) -> Mapping[str, BackendHealth]:
        """Try the dataset and the model of an endpoint that need not be stored."""
        return self._publisher.test_backends(endpoint)

    def ask(self, endpoint: Endpoint, asking: Asking) -> QueryAnswer:
        """Return what a query would get from an endpoint that need not be stored. Raises MarketplaceError."""
        return self._gateway.rehearse(endpoint, asking)

    def seal(self, typed: Mapping[str, str]) -> str:
        """Return typed secrets as a text that shows none of them, for a form that comes back."""
        return self._store.settings.sealed(Secret(json.dumps({"typed": dict(typed)}))) if typed else ""

    def unseal(self, sealed: str) -> Mapping[str, str]:
        """Return what :meth:`seal` was given; nothing for a text that it did not make, or with another key."""
        try:
            kept = json.loads(self._store.settings.unsealed(sealed).reveal()) if sealed else {}
        except (ConfigurationError, ValueError):
            return {}
        typed = kept.get("typed") if isinstance(kept, dict) else None
        return {str(name): str(value) for name, value in typed.items()} if isinstance(typed, dict) else {}
