"""The web shell: the HTTP API and the pages, which call the core and render."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from ..core.services import Services


def create_app(services: "Services") -> "APIFlask":
    """Return the web app of a space: its API, its pages, and those of its plugins.

    Several apps may live in one process. Closing ``services`` stays with the caller.
    """
    from .app import build_app

    return build_app(services)


__all__ = ["create_app"]
