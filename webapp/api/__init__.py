"""The HTTP API: thin views over the core, one module a noun."""

from . import endpoints, events, kinds, marketplaces, public, publishing, space, sync

apis = (
    endpoints.api, publishing.api, marketplaces.api, sync.api, kinds.api, space.api, events.api, public.queries,
    public.health, space.root,
)  # fmt: skip
"""All of it, in the order in which the description shows it."""
