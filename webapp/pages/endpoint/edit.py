"""``/endpoints/<slug>/edit``: changing an endpoint, with what its listings will make of it shown before it is saved."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.endpoints.changes import Change, changes
from ....core.errors import PublicistError
from ....core.records import Endpoint
from ....core.schemas import load_patch
from .. import wording
from ..page import Form, Here, go, render, say
from .area import pages
from .form import Filled, blank, filled, refused, without_secrets
from .head import head
from .new import form_values, try_out
from .places import places
from .trying import Trial
from .unpublish import CONSEQUENCES, republished


@dataclass(frozen=True, slots=True)
class Shift:
    """One field that changes, by its title, with the lines that go and come."""

    title: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Review:
    """What saving does where the endpoint is listed: what follows by itself, and what waits for a republish.

    ``withdraws`` says that it is taken off every marketplace; ``mark`` tells one set of changes from another.
    """

    listed_on: Sequence[str]
    follows: Sequence[Shift]
    held: Sequence[Shift]
    new_slug: bool
    withdraws: bool
    mark: str
    consequences: Sequence[str] = CONSEQUENCES


@pages.show("/endpoints/<slug>/edit", scope="publish")
def show_edit(here: Here, slug: str) -> AnyResponse:
    """Show the form, as the endpoint is stored; ``?slug=`` proposes another slug."""
    stored = here.services.endpoints.get(slug)
    proposed = {"slug": wanted} if (wanted := request.args.get("slug", "").strip()) else {}
    return _page(here, stored, without_secrets(here, blank(stored, **proposed)))


@pages.act("/endpoints/<slug>/edit")
def edit(here: Here, slug: str) -> AnyResponse:
    """Do what the pressed button says: a listed endpoint is saved once its changes were looked through."""
    stored = here.services.endpoints.get(slug)
    sent = filled(here, stored)
    try:
        if sent.step == "choose":
            return _page(here, stored, sent.form, sent)
        if sent.step in ("test", "ask"):
            _, after = here.services.drafting.changed(slug, _load(here, sent.tried))
            return _page(here, stored, sent.form, sent, trial=try_out(here, sent, after))
        patch = _load(here, sent.data)
        before, after = here.services.drafting.changed(slug, patch)
        review = _review(here, before, after)
        if review and sent.form["reviewed"] != review.mark:
            return _page(here, stored, sent.form, sent, review=review)
        saved = here.services.endpoints.edit(slug, patch, unpublish=review is not None and review.withdraws)
    except PublicistError as error:
        return _page(here, stored, refused(sent.form, error), sent, status=422)
    return _saved(here, before, saved, republish=sent.step == "republish")


def _load(here: Here, data: Mapping[str, Any]) -> Mapping[str, Any]:
    plugins = here.services.plugins
    return load_patch(data, policy_types=plugins.policy_types, backend_kinds=plugins.backend_kinds)


def _saved(here: Here, before: Endpoint, saved: Endpoint, *, republish: bool) -> AnyResponse:
    """Let the listings follow, and send the visitor on."""
    if saved == before:
        say("Nothing was changed.")
        return go("endpoint.show", slug=saved.slug)
    say(f"{saved.name} is saved.")
    here.services.publisher.go_on(saved.slug)
    waiting = [one.id for one in places(head(here, saved.slug)) if one.changed]
    if republish and waiting:
        return republished(here, saved.slug, waiting)
    return go("endpoint.show", slug=saved.slug)


def _review(here: Here, before: Endpoint, after: Endpoint) -> Review | None:
    """Return what is to be looked through; None where it is listed nowhere, or nothing changes."""
    listed = [one.name for one in places(head(here, before.slug)) if one.can_unpublish or one.state == "published"]
    found = changes(before, after, here.services.plugins.backend_kinds)
    if not listed or not found:
        return None
    withdraws = before.published and not after.published
    mark = hashlib.sha256(repr((found, after.dataset, after.model)).encode()).hexdigest()[:16]
    return Review(
        listed,
        [_shift(one) for one in found if not one.held],
        [_shift(one) for one in found if one.held],
        before.slug != after.slug,
        withdraws,
        mark,
    )


def _shift(change: Change) -> Shift:
    return Shift(wording.named(change.field), change.lines)


def _page(
    here: Here,
    stored: Endpoint,
    form: Form,
    sent: Filled | None = None,
    *,
    trial: Trial | None = None,
    review: Review | None = None,
    status: int = 200,
) -> AnyResponse:
    values = form_values(here, form, sent, stored)
    top = head(here, stored.slug)
    return render("endpoint/edit.html", here, status, endpoint=top, tab="edit", trial=trial, review=review, **values)
