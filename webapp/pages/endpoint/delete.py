"""``/endpoints/<slug>/delete``: confirmed, and where it is listed unpublished first."""

from werkzeug.wrappers import Response as AnyResponse

from ..page import Here, go, render, say
from .area import pages
from .head import head
from .places import places
from .publish import WAIT


@pages.show("/endpoints/<slug>/delete", scope="publish")
def show_delete(here: Here, slug: str) -> AnyResponse:
    """Show what goes with it, and where it is listed."""
    top = head(here, slug)
    listed = [one for one in places(top) if one.can_unpublish or one.state == "published"]
    return render("endpoint/delete.html", here, endpoint=top, tab="overview", listed=listed)


@pages.act("/endpoints/<slug>/delete")
def delete(here: Here, slug: str) -> AnyResponse:
    """Delete it; a listed one once its listings are withdrawn. Raises Conflict where that was not confirmed."""
    unpublish = here.form.get("unpublish") == "on"
    with here.room.seat() as seated:
        gone = here.services.publisher.delete(slug, unpublish=unpublish, wait=WAIT if seated else 0)
    later = f"{slug} is being withdrawn everywhere; it is deleted once that is confirmed."
    say(f"{slug} is deleted." if gone else later)
    return go("pages.home")
