"""The host's root: JSON for programs, pages for people, at the same addresses."""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from .catalogue import listings
from .errors import plain
from .hub import current_hub, first, rows
from .incoming import query
from .models import Endpoint, User
from .pages import front, missing, of_endpoint, of_owner
from .query_schemas import Page
from .render import address_of, at_root, at_root_for_owner
from .sessions import optional_user

blueprint = Blueprint("root", __name__)
VERSION = "0.1.0"
_READ_BEFORE_PAGING = 10  # the real hub looks at no more than its ten newest, whatever the limit says


@blueprint.get("/")
def welcome() -> ResponseReturnValue:
    """Say what this is."""
    return front() if _is_person() else {"message": "A local hub", "version": VERSION}


@blueprint.get("/health")
def alive() -> dict[str, str]:
    """Say that the hub is up."""
    return {"status": "healthy", "version": VERSION}


@blueprint.get("/<username>")
def owner(username: str) -> ResponseReturnValue:
    """Show an account's listings."""
    user = first(User.select().where(User.username == username.lower(), User.is_active))
    if user is None:
        return missing() if _is_person() else _absent(username)
    return of_owner(user) if _is_person() else _listings_of(user)


@blueprint.get("/<username>/<slug>")
def endpoint(username: str, slug: str) -> ResponseReturnValue:
    """Show one listing.

    Any account may see an internal one. A hidden one looks missing, except to guests, who are asked to sign in.
    """
    named = (User.username == username.lower()) & (Endpoint.slug == slug)
    if _is_person():
        shown = first(listings().where(named, Endpoint.visibility == "public"))
        return of_endpoint(shown) if shown else missing()
    return _record(first(listings().where(named, User.is_active, Endpoint.is_active)))


def _is_person() -> bool:
    """Tell a browser by its asking for HTML in so many words, before JSON."""
    g.vary_on_accept = True
    asked = request.accept_mimetypes
    return "text/html" in asked.values() and asked.quality("text/html") >= asked.quality("application/json")


def _absent(name: str) -> ResponseReturnValue:
    raise plain(404, f"'{name}' not found")


def _listings_of(user: User) -> ResponseReturnValue:
    page, viewer = query(Page), optional_user()
    newest = rows(listings().where(Endpoint.user == user.id, Endpoint.is_active).limit(_READ_BEFORE_PAGING))
    shown = [at_root(one, _address(one)) for one in newest if _may_see(one, viewer)]
    return shown[page["skip"] : page["skip"] + page["limit"]]


def _record(listing: Any) -> ResponseReturnValue:
    viewer = optional_user()
    if listing is not None and viewer is None and listing.visibility != "public":
        raise plain(401, "Sign in to see this endpoint")
    if listing is None or not _may_see(listing, viewer):
        raise plain(404, "No such owner or endpoint")
    mine = viewer is not None and viewer.id == listing.user_id
    return (at_root_for_owner if mine else at_root)(listing, _address(listing))


def _may_see(listing: Endpoint, viewer: Any) -> bool:
    if viewer is not None and (viewer.id == listing.user_id or listing.visibility == "internal"):
        return True
    return bool(listing.visibility == "public")


def _address(listing: Endpoint) -> str | None:
    return address_of(listing, satellites=current_hub().has_satellites)
