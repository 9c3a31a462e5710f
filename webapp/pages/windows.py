"""``/settings/maintenance``: announced times in which queries are not answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import InvalidInput, PublicistError
from ...core.health.maintenance import preview
from ...core.paging import page_count
from ...core.records import MaintenanceRule, MaintenanceWindow
from ...core.schemas import load_maintenance
from ..incoming import PageQuery, read_query
from .page import Form, Here, Pages, go, render, say
from .window_form import (
    DAY_NAMES,
    EVERY,
    FIELDS,
    ZONE,
    as_announced,
    as_patch,
    in_words,
    occurrence,
    typed_moment,
    zones,
)

PREVIEWED = 5

pages = Pages("windows")
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One window in the list; ``endpoint`` is empty for all of them, ``recurs`` for one that does not."""

    window: MaintenanceWindow
    endpoint: str
    recurs: str
    holds: bool


@pages.show("/settings/maintenance")
def all_windows(here: Here) -> AnyResponse:
    """Show what holds and what comes."""
    now, slugs = here.services.clock(), here.services.alert_book.slugs()
    coming = here.services.maintenance.coming()
    pages = page_count(len(coming), PER_PAGE)
    page = min(read_query(PageQuery(only=["page"]))["page"], pages)
    shown = coming[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = [_row(window, slugs, now >= window.starts_at) for window in shown]
    return render("windows/list.html", here, rows=rows, page=page, pages=pages)


@pages.show("/settings/maintenance/announce", "publish")
def form(here: Here) -> AnyResponse:
    """Show the form: for one window, or for windows that recur."""
    every = request.args.get("every", "once")
    slug = request.args.get("slug", "")
    return _form(here, Form({"every": every if every in EVERY else "once", "endpoint_slug": slug, ZONE: "UTC"}))


@pages.act("/settings/maintenance/announce", "publish")
def announce(here: Here) -> AnyResponse:
    """Show when it would hold; announce it once that was seen."""
    given, services = Form(here.form.to_dict()), here.services
    try:
        draft = load_maintenance(as_announced(given), services.clock())
        coming = preview(draft, services.clock(), PREVIEWED)
        if given["do"] == "announce":
            services.maintenance.add(draft)
            say("The maintenance is announced.")
            return go("windows.all_windows")
    except PublicistError as error:
        return _form(here, given.refused(error, FIELDS), 422)
    return _form(here, given, coming=[occurrence(window, given[ZONE] or "UTC") for window in coming])


@pages.show("/settings/maintenance/<uuid:window_id>", "publish")
def show(here: Here, window_id: UUID) -> AnyResponse:
    """Show what may be changed of one: its end and its note."""
    held = here.services.maintenance.one(str(window_id))
    zone = held.recurrence.zone if held.recurrence else "UTC"
    return _edit(here, held, Form({"note": held.note, "ends_at": typed_moment(held.ends_at, zone), ZONE: zone}))


@pages.act("/settings/maintenance/<uuid:window_id>", "publish")
def save(here: Here, window_id: UUID) -> AnyResponse:
    """Change it, also while it holds."""
    held, given = here.services.maintenance.one(str(window_id)), Form(here.form.to_dict())
    try:
        here.services.maintenance.edit(str(window_id), as_patch(given))
    except PublicistError as error:
        return _edit(here, held, given.refused(error, FIELDS), 422)
    say("The maintenance is changed.")
    return go("windows.all_windows")


@pages.show("/settings/maintenance/<uuid:window_id>/end", "publish")
def ask(here: Here, window_id: UUID) -> AnyResponse:
    """Say what ending it, or taking it back, means."""
    held = here.services.maintenance.one(str(window_id))
    now = here.services.clock()
    holds = any(item.id == held.id and item.starts_at <= now for item in here.services.maintenance.coming())
    return render("windows/end.html", here, row=_words(here, held), window=held, holds=holds)


@pages.act("/settings/maintenance/<uuid:window_id>/end", "publish")
def end(here: Here, window_id: UUID) -> AnyResponse:
    """End it, or take it back; of what recurs all that is still to come."""
    if here.form.get("sure") != "yes":
        raise InvalidInput({"sure": ["Not ticked."]}, remedy="Tick that you want this, then try again.")
    here.services.maintenance.remove(str(window_id))
    say("The maintenance is over, or taken back.")
    return go("windows.all_windows")


def _row(window: MaintenanceWindow, slugs: Mapping[str, str], holds: bool) -> Row:
    slug = slugs.get(window.endpoint_id or "", "")
    return Row(window, slug, in_words(window.recurrence) if window.recurrence else "", holds)


def _words(here: Here, held: MaintenanceWindow | MaintenanceRule) -> Mapping[str, str]:
    slug = here.services.alert_book.slugs().get(held.endpoint_id or "", "")
    return {"endpoint": slug, "recurs": in_words(held.recurrence) if held.recurrence else ""}


def _form(here: Here, form: Form, status: int = 200, **more: object) -> AnyResponse:
    slugs = sorted(here.services.alert_book.slugs().values())
    return render(
        "windows/announce.html",
        here,
        status,
        form=form,
        every=EVERY,
        days=DAY_NAMES,
        zones=zones(),
        slugs=slugs,
        **more,
    )


def _edit(here: Here, held: MaintenanceWindow | MaintenanceRule, form: Form, status: int = 200) -> AnyResponse:
    return render("windows/edit.html", here, status, form=form, window=held, row=_words(here, held), zones=zones())
