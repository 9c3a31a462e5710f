"""``/settings/status-page``: which status pages anybody may see."""

from typing import Any

from ...core.schemas import Strict
from ...core.schemas.status_page import StatusPageSchema, load_status_page, status_page_json
from ..operation import Api, Asked
from .shapes import flag, texts

api = Api("status-page", "Health")


class StatusPageShape(Strict):
    """Which status pages are open to anybody."""

    all = flag()
    tags = texts()


@api.operation("GET", "/settings/status-page", scope="read", gives=StatusPageShape)
def show_status_page(asked: Asked) -> Any:
    """Show which status pages are open to anybody: that of all endpoints, and those of tags."""
    return status_page_json(asked.services.status_pages.opened())


@api.operation("PATCH", "/settings/status-page", scope="admin", gives=StatusPageShape, takes=StatusPageSchema)
def change_status_page(asked: Asked) -> Any:
    """Open or close them."""
    return status_page_json(asked.services.status_pages.change(**load_status_page(asked.body)))
