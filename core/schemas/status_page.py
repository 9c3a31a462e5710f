"""Which status pages anybody may see, as it is changed and shown."""

from dataclasses import asdict
from typing import Any

from ..health.status_pages import Opened
from .base import Strict, load
from .fields import Flag, Tags


class StatusPageSchema(Strict):
    """Which status pages are open; what is left out stays as it is."""

    all = Flag(metadata={"description": "Whether that of all endpoints is."})
    tags = Tags(metadata={"description": "The tags whose pages are; all others are closed."})


def load_status_page(data: Any) -> dict[str, Any]:
    """Return what :meth:`publicist.core.health.status_pages.StatusPages.change` takes. Raises InvalidInput."""
    clean = load(StatusPageSchema(), data)
    return {"everything": clean.get("all"), "tags": clean.get("tags")}


def status_page_json(opened: Opened) -> dict[str, Any]:
    """Return which pages are open."""
    return asdict(opened) | {"tags": list(opened.tags)}
