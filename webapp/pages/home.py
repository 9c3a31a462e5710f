"""The first page: every endpoint on every marketplace."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...core.network import has_public_address
from .. import auth
from ..context import context
from ..incoming import PageQuery, read_query
from .matrix import build

PER_PAGE = 50


def home() -> str | AnyResponse:
    """Show the matrix; visitors who are not signed in are sent to do so."""
    services = context().services
    token = auth.signed_in(services)
    if token is None:
        return redirect(url_for("pages.sign_in"))
    space, query = services.spaces.current(), read_query(PageQuery(only=["page"]))
    matrix = build(services, query["page"], PER_PAGE)
    return render_template(
        "home.html", matrix=matrix, space=space, token=token, reachable=has_public_address(space), path=request.path
    )


def moment(time: datetime) -> str:
    """Return a time for people, to the minute."""
    return f"{time:%-d %b %Y, %H:%M} UTC"
