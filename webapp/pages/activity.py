"""``/activity``: who did what, when, and how it ended."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from flask import request
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import InvalidInput
from ...core.paging import page_count
from ...core.records import EventOutcome
from ...core.schemas.fields import Line
from ..incoming import PageQuery, read_query
from .page import Form, Here, Pages, render

PER_PAGE = 50
SUBJECTS = (
    ("", "Everything"),
    ("endpoint", "Endpoints"),
    ("publication", "Publications"),
    ("marketplace", "Marketplaces"),
    ("setting", "Settings"),
    ("token", "API tokens"),
    ("user", "People"),
    ("space", "The space"),
)
OUTCOMES = (("", "Any outcome"), ("done", "Done"), ("asked", "Asked for"), ("failed", "Failed"), ("unknown", "Unknown"))
MARKS = {"done": "published", "asked": "pending", "failed": "failed", "unknown": "absent"}

pages = Pages("activity")


class ActivityQuery(PageQuery):
    """Which events; the days are those of UTC, both of them included."""

    who = Line(100, load_default="")
    subject = fields.String(load_default="")
    name = Line(200, load_default="")
    outcome = fields.String(load_default="", validate=validate.OneOf(["", *get_args(EventOutcome)]))
    since = fields.String(load_default="")
    until = fields.String(load_default="")


@pages.show("/activity", "admin")
def activity(here: Here) -> AnyResponse:
    """Show one page of the events that are asked for, newest first."""
    form = Form({name: request.args.get(name, "") for name in ("who", "subject", "name", "outcome", "since", "until")})
    found, status = None, 200
    try:
        query = read_query(ActivityQuery(exclude=["per_page"]))
        found = here.services.trail.page(query["page"], PER_PAGE, **_asked(query))
    except InvalidInput as error:
        form, status = form.refused(error), 422
    chosen = {name: value for name, value in form.typed.items() if value}
    return render(
        "activity/activity.html",
        here,
        status,
        form=form,
        found=found,
        pages=page_count(found.total, PER_PAGE) if found else 1,
        chosen=urlencode(chosen),
        subjects=SUBJECTS,
        outcomes=OUTCOMES,
        marks=MARKS,
    )


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    until = _day(query, "until")
    return {
        "subject": query["name"] or query["subject"] or None,
        "actor": query["who"] or None,
        "outcome": query["outcome"] or None,
        "since": _day(query, "since"),
        "until": until + timedelta(days=1) if until else None,
    }


def _day(query: Mapping[str, Any], name: str) -> datetime | None:
    if not query[name]:
        return None
    try:
        return datetime.strptime(query[name], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput({name: ["Must be a day such as 2026-12-01."]}) from None
