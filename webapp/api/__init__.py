"""The HTTP API: thin views over the core, one module a noun."""

from . import (
    alerts,
    checks,
    diagnosis,
    endpoints,
    events,
    feedback,
    gateway,
    health,
    kinds,
    maintenance,
    marketplaces,
    policies,
    public,
    publishing,
    readiness,
    space,
    status_page,
    sync,
    usage,
)

apis = (
    endpoints.api, publishing.api, marketplaces.api, sync.api, kinds.api, space.api, events.api, usage.api,
    health.api, checks.api, gateway.api, maintenance.api,
    alerts.api, policies.api, diagnosis.api, feedback.api, feedback.public, public.health,
    readiness.readiness, status_page.api, space.root,
)  # fmt: skip
"""All of it, in the order in which the description shows it."""
