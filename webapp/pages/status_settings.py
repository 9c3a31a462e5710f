"""``/settings/status-page``: which status pages anybody may see, and what they would see there."""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import InvalidInput, PublicistError
from ...core.health.status_pages import Public
from ...core.schemas.status_page import load_status_page
from .page import Form, Here, Pages, go, render, say

MOST_TAGS = 100

pages = Pages("status_settings")


@dataclass(frozen=True, slots=True)
class TagPage:
    """The page of a tag: whether it is open, and how many endpoints it shows."""

    tag: str
    number: int
    open: bool


@pages.show("/settings/status-page")
def show(here: Here) -> AnyResponse:
    """Show which are open."""
    return _page(here, Form())


@pages.act("/settings/status-page", "admin")
def turn(here: Here) -> AnyResponse:
    """Open or close one."""
    form = Form(here.form.to_dict())
    tag, on = form["tag"].strip() or None, form["turn"] == "on"
    try:
        clean = load_status_page({"tags": [tag]})["tags"][0] if tag else None
        here.services.status_pages.turn(clean, on=on)
    except PublicistError as error:
        return _page(here, form.refused(_at_tag(error)), 422)
    what = f"The status page of {clean}" if clean else "The status page of all endpoints"
    say(f"{what} is {'open to anybody now' if on else 'closed'}.")
    return go("status_settings.show")


def _at_tag(error: PublicistError) -> PublicistError:
    """Return the error with its messages at the one field that the page has."""
    if not isinstance(error, InvalidInput):
        return error
    return InvalidInput({"tag": [text for texts in error.errors.values() for text in texts]})


def _page(here: Here, form: Form, status: int = 200) -> AnyResponse:
    services = here.services
    opened, public = services.status_pages.opened(), services.status_pages.public()
    return render(
        "status_page/settings.html",
        here,
        status,
        form=form,
        opened=opened,
        public=public,
        tags=_tags(opened.tags, public),
        base=services.spaces.current().public_url or services.settings.own_address,
    )


def _tags(opened: Sequence[str], public: Public) -> list[TagPage]:
    names = sorted({*opened, *public.tags}, key=lambda tag: (tag not in opened, -public.tags.get(tag, 0), tag))
    return [TagPage(tag, public.tags.get(tag, 0), tag in opened) for tag in names[:MOST_TAGS]]
