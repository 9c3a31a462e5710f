"""``/settings/notifications``: what is not well now, where people are told, when, and what did not get through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import PublicistError
from ...core.paging import page_count
from ...core.records import AlertRule, Channel, Delivery, Incident, NotifierKind
from ...core.schemas import load_channel
from ..incoming import PageQuery, read_query
from .kept import again, secret_paths, sent
from .kind_form import KindField, kind_fields, shown, typed
from .page import Form, Here, Pages, go, render, say
from .rule_words import in_words

MOST_INCIDENTS = 50
PER_PAGE = 20

pages = Pages("notifications")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel in the list; ``waiting`` notices could not be sent yet: ``error``."""

    channel: Channel
    kind: str
    waiting: int
    error: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A notice that did not get through, or has not yet."""

    title: str
    channel: str
    created_at: datetime
    error: str
    attempts: int
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, in words."""

    rule: AlertRule
    words: str


@pages.show("/settings/notifications")
def overview(here: Here) -> AnyResponse:
    """Show all of it."""
    book, number = here.services.alert_book, read_query(PageQuery(only=["page"]))["page"]
    channels, slugs = book.channels(), book.slugs()
    names = {channel.id: channel.name for channel in channels}
    incidents = here.services.alerts.incidents(1, MOST_INCIDENTS, open_only=True)
    failed = here.services.outbox.failed(number, PER_PAGE)
    return render(
        "notifications/overview.html",
        here,
        incidents=[(item, slugs.get(item.endpoint_id, "")) for item in incidents.items],
        open_total=incidents.total,
        channels=[_row(here, channel) for channel in channels],
        rules=[RuleRow(rule, in_words(rule, slugs, names)) for rule in book.rules()],
        failed=[_lost(item, names) for item in failed.items],
        page=number,
        pages=page_count(failed.total, PER_PAGE),
    )


@pages.act("/settings/notifications/incidents/<uuid:incident_id>", "publish")
def acknowledge(here: Here, incident_id: UUID) -> AnyResponse:
    """Say that somebody knows."""
    known: Sequence[Incident] = here.services.alerts.acknowledge(str(incident_id))
    say(f"Acknowledged: {known[0].title}. No reminder comes any more; that it is over will be told.")
    return go("notifications.overview")


@pages.show("/settings/notifications/channels/add", "admin")
def add(here: Here) -> AnyResponse:
    """Have a kind chosen, then show its form."""
    kind = _kinds(here).get(request.args.get("kind", ""))
    if kind is None:
        return render(
            "notifications/choose.html", here, kinds=sorted(_kinds(here).values(), key=lambda kind: kind.title)
        )
    return _form(here, kind, Form({"name": kind.title}))


@pages.act("/settings/notifications/channels/add", "admin")
def save_new(here: Here) -> AnyResponse:
    """Add a channel; no test is sent yet."""
    kind = _kinds(here).get(here.form.get("kind", ""))
    if kind is None:
        return go("notifications.add")
    fields = kind_fields(kind.settings)
    form = sent(here, secret_paths(fields))
    try:
        data = {"kind": kind.name, "name": form["name"], "settings": typed(form, fields)}
        made = here.services.alert_book.add_channel(load_channel(data, here.services.plugins.notifier_kinds))
    except PublicistError as error:
        return _form(here, kind, form.refused(error, _paths(fields)), 422)
    say(f"Added {made.name}. Send a test to see that notices arrive.")
    return go("notifications.channel", channel_id=made.id)


@pages.show("/settings/notifications/channels/<uuid:channel_id>", "admin")
def channel(here: Here, channel_id: UUID) -> AnyResponse:
    """Show a channel: its settings, a test, what depends on it."""
    held = here.services.alert_book.channel(str(channel_id))
    fields = _fields(here, held)
    return _page(here, held, Form({"name": held.name, **shown(fields, held.settings)}))


@pages.act("/settings/notifications/channels/<uuid:channel_id>", "admin")
def save(here: Here, channel_id: UUID) -> AnyResponse:
    """Change it; what waits for it is tried again at once."""
    held = here.services.alert_book.channel(str(channel_id))
    fields = _fields(here, held)
    form = sent(here, secret_paths(fields))
    try:
        data = {"name": form["name"], "settings": typed(form, fields, patch=True)}
        after = here.services.alert_book.edit_channel(held.id, data)
    except PublicistError as error:
        return _page(here, held, form.refused(error, _paths(fields)), 422)
    say(f"Saved {after.name}. Send a test to see that notices arrive.")
    return go("notifications.channel", channel_id=held.id)


@pages.act("/settings/notifications/channels/<uuid:channel_id>/test", "admin")
def test(here: Here, channel_id: UUID) -> AnyResponse:
    """Send a test now; what the channel answers, if it takes none, is told."""
    sent = here.services.alert_book.send_test(str(channel_id))
    say(f"{sent.name} took the test. Look whether it has arrived where you read it.")
    return go("notifications.channel", channel_id=channel_id)


@pages.act("/settings/notifications/channels/<uuid:channel_id>/remove", "admin")
def remove(here: Here, channel_id: UUID) -> AnyResponse:
    """Forget it, and what waits for it."""
    held = here.services.alert_book.channel(str(channel_id))
    here.services.alert_book.remove_channel(held.id)
    say(f"Removed {held.name}.")
    return go("notifications.overview")


def _kinds(here: Here) -> dict[str, NotifierKind]:
    return dict(here.services.plugins.notifier_kinds)


def _fields(here: Here, held: Channel) -> list[KindField]:
    kind = _kinds(here).get(held.kind)
    return kind_fields(kind.settings if kind else (), held.settings)


def _paths(fields: Sequence[KindField]) -> frozenset[str]:
    return frozenset(field.path for field in fields)


def _row(here: Here, held: Channel) -> ChannelRow:
    kind = _kinds(here).get(held.kind)
    return ChannelRow(held, kind.title if kind else held.kind, *here.services.outbox.standing(held.id))


def _lost(item: Delivery, names: dict[str, str]) -> Lost:
    title = str(item.notice.get("title", ""))
    return Lost(title, names.get(item.channel_id, "?"), item.created_at, item.error, item.attempts, item.due_at)


def _form(here: Here, kind: NotifierKind, form: Form, status: int = 200) -> AnyResponse:
    fields = kind_fields(kind.settings)
    form = again(here, form, secret_paths(fields))
    return render("notifications/add.html", here, status, kind=kind, form=form, fields=fields)


def _page(here: Here, held: Channel, form: Form, status: int = 200) -> AnyResponse:
    book, fields = here.services.alert_book, _fields(here, held)
    rules = book.rules()
    return render(
        "notifications/channel.html",
        here,
        status,
        row=_row(here, held),
        form=again(here, form, secret_paths(fields)),
        fields=fields,
        only=[rule for rule in rules if rule.channels == (held.id,)],
        among=[rule for rule in rules if held.id in rule.channels and len(rule.channels) > 1],
        all=[rule for rule in rules if not rule.channels],
        last=len(book.channels()) == 1,
    )
