"""The hub's pages for people: server-rendered, escaped, with one style sheet and no script."""

from typing import Any

from flask import Response, make_response, render_template, request

from .catalogue import listings, searched
from .hub import current_hub, rows
from .models import Endpoint, User
from .render import address_of, public
from .sessions import optional_user

PER_PAGE = 30
_LOCKED = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_KINDS = {
    "model": "Model",
    "data_source": "Data source",
    "model_data_source": "Model and data source",
    "agent": "Agent",
}


def front() -> Response:
    """Return the front page: all public endpoints, those that do not answer marked."""
    words = request.args.get("q", "").strip()
    found = listings().where(Endpoint.visibility == "public")
    if words:
        found = searched(found, words, Endpoint.tags, User.username)
    return _listed("front.html", found, words=words)


def of_owner(user: User) -> Response:
    """Return the page of one account."""
    found = listings().where(Endpoint.user == user.id, Endpoint.visibility == "public")
    return _listed("owner.html", found, owner=user)


def of_endpoint(listing: Endpoint) -> Response:
    """Return the page of one endpoint, with the policies that anybody may see."""
    viewer = optional_user()
    address = address_of(listing, satellites=current_hub().has_satellites)
    record = public(listing, address, viewer.email if viewer else None)
    return page("endpoint.html", endpoint=listing, record=record)


def missing() -> Response:
    """Return the page for what is not there."""
    response = page("missing.html")
    response.status_code = 404
    return response


def page(template: str, **values: Any) -> Response:
    """Return a page that may load nothing but the hub's style sheet."""
    response = make_response(render_template(f"localhub/{template}", kinds=_KINDS, **values))
    response.headers["Content-Security-Policy"] = _LOCKED
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _listed(template: str, found: Any, **values: Any) -> Response:
    number = max(request.args.get("page", 1, type=int), 1)
    shown = rows(found.limit(PER_PAGE + 1).offset((number - 1) * PER_PAGE))
    more = len(shown) > PER_PAGE
    return page(template, endpoints=shown[:PER_PAGE], number=number, more=more, **values)
