"""``/settings/marketplaces/<id>/remove``: its endpoints are unpublished first, then it goes; or its listings stay."""

from uuid import UUID

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import InvalidInput, NotFound
from .marketplaces import held
from .page import Here, Pages, go, render, say

WAIT = 8.0
"""Seconds that leaving listings behind waits for calls under way."""

pages = Pages("removals")


@pages.show("/settings/marketplaces/<uuid:marketplace_id>/remove", "admin")
def ask(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Say what removing it means; while it is being removed, how far that is."""
    try:
        marketplace = held(here, marketplace_id)
    except NotFound:
        return _gone(here)
    left = here.services.removal.left(marketplace.id)
    template = "marketplaces/removing.html" if here.live else "marketplaces/remove.html"
    return render(template, here, marketplace=marketplace, left=left)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/remove", "admin")
def unpublish(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Unpublish everything from it; it is forgotten when the last listing is withdrawn."""
    marketplace = held(here, marketplace_id)
    _must_be_sure(here)
    left = here.services.removal.unpublish(marketplace.id, 0)
    if not left:
        say(f"Removed {marketplace.name}.")
        return go("marketplace_list.all_marketplaces")
    return go("removals.ask", marketplace_id=marketplace_id)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/orphan", "admin")
def orphan(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Forget it and leave its listings there; they are named."""
    marketplace = held(here, marketplace_id)
    _must_be_sure(here)
    left = here.services.removal.orphan(marketplace.id, WAIT)
    return render("marketplaces/orphaned.html", here, marketplace=marketplace, left=left)


def _must_be_sure(here: Here) -> None:
    if here.form.get("sure") != "yes":
        raise InvalidInput({"sure": ["Not ticked."]}, remedy="Tick that you want this, then try again.")


def _gone(here: Here) -> AnyResponse:
    say("The marketplace is removed: nothing of this space is listed there any more.")
    target = url_for("marketplace_list.all_marketplaces")
    if here.live:
        return Response(status=204, headers={"HX-Redirect": target})
    return go("marketplace_list.all_marketplaces")
