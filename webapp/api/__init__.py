"""The HTTP API: thin views over the core, one module a noun."""

from . import (
    diagnosis,
    endpoints,
    events,
    feedback,
    gateway,
    kinds,
    maintenance,
    marketplaces,
    policies,
    public,
    publishing,
    space,
    sync,
    usage,
)

apis = (
    endpoints.api, publishing.api, marketplaces.api, sync.api, kinds.api, space.api, events.api, usage.api, gateway.api,
    maintenance.api, policies.api, diagnosis.api, feedback.api, feedback.public, public.health, space.root,
)  # fmt: skip
"""All of it, in the order in which the description shows it."""
