"""A new space: the first account behind a one-time link, then the space, a marketplace and an endpoint."""

from . import marketplace, setup, space
from .steps import left, pages

__all__ = ["left", "marketplace", "pages", "setup", "space"]
