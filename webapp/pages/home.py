"""The first page: every endpoint on every marketplace."""

from datetime import datetime

from werkzeug.wrappers import Response as AnyResponse

from ...core.network import has_public_address
from ..incoming import PageQuery, read_query
from .matrix import build
from .page import Here, render

PER_PAGE = 50


def home(here: Here) -> AnyResponse:
    """Show the matrix."""
    query = read_query(PageQuery(only=["page"]))
    matrix = build(here.services, query["page"], PER_PAGE)
    reachable = has_public_address(here.services.spaces.current())
    return render("home.html", here, matrix=matrix, reachable=reachable, path="/")


def moment(time: datetime) -> str:
    """Return a time for people, to the minute."""
    return f"{time:%-d %b %Y, %H:%M} UTC"
