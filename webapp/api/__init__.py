"""The HTTP API: thin views over the core, one module a noun."""

from . import endpoints, kinds, marketplaces, public, publishing, space

apis = (endpoints.api, publishing.api, marketplaces.api, kinds.api, space.api, public.queries, public.health)
"""All of it, in the order in which the description shows it."""
