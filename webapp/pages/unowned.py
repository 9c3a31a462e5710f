"""``/settings/marketplaces/<id>/unowned``: listings on our account that this space did not make, and their adoption."""

from dataclasses import dataclass
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import MarketplaceError, PublicistError
from ...core.schemas import load_adopt, load_listing
from ...core.syncing.plan import Unowned
from .marketplaces import held
from .page import Form, Here, Pages, go, render, say

MOST_SHOWN = 200
"""How many are shown at once; further ones come up as these are adopted or ignored."""

pages = Pages("unowned")


@dataclass(frozen=True, slots=True)
class Found:
    """What a reading found: listings to decide on, ignored ones, and how many there are in all; or why it failed."""

    open: tuple[Unowned, ...] = ()
    ignored: tuple[Unowned, ...] = ()
    total: int = 0
    error: MarketplaceError | None = None


@pages.show("/settings/marketplaces/<uuid:marketplace_id>/unowned")
def unowned(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Show them. The marketplace is read for it, so the page comes first and its list follows."""
    marketplace = held(here, marketplace_id)
    read = here.live or request.args.get("read") == "now"
    template = "marketplaces/unowned_list.html" if here.live else "marketplaces/unowned.html"
    found = _read(here, marketplace.id) if read else None
    return render(template, here, marketplace=marketplace, found=found)


@pages.show("/settings/marketplaces/<uuid:marketplace_id>/adopt", "publish")
def ask(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Ask what a listing is to become."""
    asked = {name: request.args.get(name, "") for name in ("slug", "remote_id", "name")}
    slugs = set(here.services.alert_book.slugs().values())
    same = asked["slug"] if asked["slug"] in slugs else ""
    form = Form({**asked, "as": "endpoint" if same else "draft", "endpoint_slug": same})
    return _form(here, marketplace_id, form)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/adopt", "publish")
def adopt(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Take a listing up."""
    form = Form(here.form.to_dict())
    follows = {"endpoint_slug": form["endpoint_slug"].strip()} if form["as"] == "endpoint" else {}
    try:
        clean = load_adopt({"slug": form["slug"], "remote_id": form["remote_id"], **follows})
        made = here.services.adoption.adopt(
            str(marketplace_id), clean["slug"], clean["remote_id"], clean.get("endpoint_slug")
        )
    except PublicistError as error:
        return _form(here, marketplace_id, form.refused(error), 422)
    say(
        f"Adopted: the listing follows {made.slug} from now on."
        if follows
        else f"Adopted: the draft {made.slug} was made from it. Nothing changes there until you publish the draft."
    )
    return go("unowned.unowned", marketplace_id=marketplace_id)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/ignore", "publish")
def ignore(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Mention a listing no more."""
    marketplace = held(here, marketplace_id)
    clean = load_listing({name: here.form.get(name, "") for name in ("slug", "remote_id")})
    here.services.adoption.ignore(marketplace.id, clean["slug"], clean["remote_id"])
    say(f"{clean['slug']} is not mentioned any more; it stays among the ignored ones.")
    return go("unowned.unowned", marketplace_id=marketplace_id)


def _form(here: Here, marketplace_id: UUID, form: Form, status: int = 200) -> AnyResponse:
    slugs = sorted(here.services.alert_book.slugs().values())
    return render(
        "marketplaces/adopt.html", here, status, marketplace=held(here, marketplace_id), form=form, slugs=slugs
    )


def _read(here: Here, marketplace_id: str) -> Found:
    try:
        found = here.services.adoption.unowned(marketplace_id)
    except MarketplaceError as error:
        return Found(error=error)
    fresh = [item for item in found if not item.ignored]
    ignored = [item for item in found if item.ignored]
    return Found(tuple(fresh[:MOST_SHOWN]), tuple(ignored[:MOST_SHOWN]), len(fresh))
