"""The first page: every endpoint on every marketplace, and what needs somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from ...core.schemas import Strict
from ...core.space.network import has_public_address
from ...core.space.overview import SORTS, Wish
from ..incoming import Whole, read_query
from .attention import attention
from .endpoint.head import HEALTH_WORDS
from .matrix import COUNTED, build
from .page import Form, Here, render

DRAFTS = {"": "All", "none": "Ready to be listed", "only": "Drafts"}
SORT_WORDS = {
    "name": "Name",
    "needs": "What needs you first",
    "health": "Health, worst first",
    "newest": "Newest first",
}
MOST_TEXT = 100
_MOST_TAGS = 200


def _one_of(names: Sequence[str], default: str = "") -> fields.String:
    return fields.String(load_default=default, validate=validate.OneOf(["", *names]))


class OverviewQuery(Strict):
    """What of the overview is wanted; a form sends empty values for what is left open."""

    page = Whole(1, 1_000_000, load_default=1)
    q = fields.String(load_default="", validate=validate.Length(max=MOST_TEXT))
    tag = fields.String(load_default="", validate=validate.Length(max=MOST_TEXT))
    status = _one_of(list(COUNTED))
    marketplace = fields.String(load_default="", validate=validate.Length(max=MOST_TEXT))
    health = _one_of(list(HEALTH_WORDS))
    drafts = _one_of(list(DRAFTS))
    sort = _one_of(SORTS, "name")


def home(here: Here) -> AnyResponse:
    """Show the overview; htmx asks for the part that changes."""
    asked = read_query(OverviewQuery())
    number = asked.pop("page")
    query: dict[str, str] = {name: value.strip() for name, value in asked.items()}
    found = here.services.overview.page(_wish(query), number)
    now = here.services.clock()
    chosen = {name: value for name, value in query.items() if value and (name, value) != ("sort", "name")}
    counts = found.cells if not chosen.keys() - {"status", "sort"} else None
    return render(
        "overview/live.html" if here.live else "home.html",
        here,
        found=found,
        matrix=build(found, now, publisher=here.visitor.may("publish")),
        groups=attention(here.services.needs.groups(counts), here.visitor, now),
        form=Form(query),
        filters=[name for name in chosen if name not in {"q", "sort"}],
        chosen=urlencode(chosen),
        statuses=[("", "Any"), *((state, word.capitalize()) for state, word in COUNTED.items())],
        healths=[("", "Any"), *HEALTH_WORDS.items()],
        drafts=list(DRAFTS.items()),
        sorts=list(SORT_WORDS.items()),
        places=[("", "All"), *((item.id, item.name) for item in here.services.marketplaces.all())],
        tags=found.tags[:_MOST_TAGS],
        reachable=has_public_address(here.services.spaces.current()),
        refreshes=here.live,
        count_links=_count_links(chosen),
    )


def moment(time: datetime) -> str:
    """Return a time for people, to the minute."""
    return f"{time:%-d %b %Y, %H:%M} UTC"


def _wish(query: Mapping[str, Any]) -> Wish:
    return Wish(
        text=query["q"],
        tag=query["tag"],
        status=query["status"],
        marketplace_id=query["marketplace"],
        health=query["health"],
        drafts=query["drafts"],
        sort=query["sort"] or "name",
    )


def _count_links(chosen: Mapping[str, str]) -> Mapping[str, str]:
    """Return for each state the query that shows only it; for the one that is shown, all of them again."""
    rest = {name: value for name, value in chosen.items() if name != "status"}
    return {state: urlencode(rest if chosen.get("status") == state else {**rest, "status": state}) for state in COUNTED}
