"""``publicist status-page``: which status pages anybody may see."""

from typing import TYPE_CHECKING

import click

from ..errors import InvalidInput
from .opening import open_space
from .options import json_option
from .output import emit, note, say

if TYPE_CHECKING:
    from ..health.status_pages import Opened
    from ..services import Services

EMPTY = "The page is empty yet: no endpoint{} is both listed somewhere and `visibility: public`."


@click.group("status-page")
def status_page() -> None:
    """Status pages: open and close what anybody may see of the listed endpoints."""


@status_page.command()
@click.option("--tag", metavar="TAG", help="That of the endpoints with this tag, not that of all.")
@json_option
def on(tag: str | None, as_json: bool) -> None:
    """Open a page to anybody: of all endpoints that are listed for the public, or of those with a tag."""
    with open_space() as services:
        tag = _clean(tag)
        opened = services.status_pages.turn(tag, on=True)
        _show(services, opened, as_json=as_json)
        if not services.status_pages.page(tag).total:
            note(EMPTY.format(f" with the tag {tag}" if tag else ""))


@status_page.command()
@click.option("--tag", metavar="TAG", help="That of the endpoints with this tag, not that of all.")
@json_option
def off(tag: str | None, as_json: bool) -> None:
    """Close a page again."""
    with open_space() as services:
        opened = services.status_pages.turn(_clean(tag), on=False)
        _show(services, opened, as_json=as_json)


@status_page.command()
@json_option
def show(as_json: bool) -> None:
    """Show which pages are open, and where they are."""
    with open_space() as services:
        _show(services, services.status_pages.opened(), as_json=as_json)


def _clean(tag: str | None) -> str | None:
    from ..schemas.status_page import load_status_page

    if tag is None:
        return None
    try:
        return str(load_status_page({"tags": [tag]})["tags"][0])
    except InvalidInput as error:
        raise InvalidInput({"tag": [text for texts in error.errors.values() for text in texts]}) from None


def _show(services: "Services", opened: "Opened", *, as_json: bool) -> None:
    from ..schemas.status_page import status_page_json

    if as_json:
        emit(status_page_json(opened))
        return
    base = services.spaces.current().public_url or services.settings.own_address
    paths = ([""] if opened.all else []) + [f"/{tag}" for tag in opened.tags]
    if not paths:
        note("No status page is open.")
    for path in paths:
        say(f"{base}/status{path}")
