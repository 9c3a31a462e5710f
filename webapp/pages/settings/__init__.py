"""The settings that concern the space and its people: network, API tokens, people, one's own account."""

from . import account, network, people, tokens
from .area import pages

__all__ = ["account", "network", "pages", "people", "tokens"]
