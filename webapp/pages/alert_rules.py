"""``/settings/notifications/rules``: when people are told."""

from typing import Any, cast
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.alerting.drafts import DEFAULT_DAYS, DEFAULT_WORDS
from ...core.alerting.drafts import WORDS as KNOWN
from ...core.errors import NotFound, PublicistError
from ...core.records import AlertRule, Trigger
from ...core.schemas import load_alert_rule
from .page import Form, Here, Pages, go, render, say
from .rule_words import DAYS, LASTING, NARROWED, REMINDERS, TRIGGERS, WORDS, in_words, reminder

ALL = frozenset({"name", "words", "minutes", "days", "endpoint_slug", "tag", "remind_minutes", "channels"})

pages = Pages("alert_rules")


@pages.show("/settings/notifications/rules/add", "admin")
def add(here: Here) -> AnyResponse:
    """Have chosen what it is about, then show its form."""
    trigger = _trigger(request.args.get("trigger", ""))
    if trigger is None:
        return render("notifications/choose_rule.html", here, triggers=TRIGGERS)
    usual = {f"words.{word}": "on" for word in DEFAULT_WORDS.get(trigger, ())}
    days = {"days": str(DEFAULT_DAYS.get(trigger, 0))}
    typed = {"name": TRIGGERS[trigger][0], "minutes": "5", "remind_minutes": "1440", **days, **usual}
    return _form(here, trigger, Form(typed))


@pages.act("/settings/notifications/rules/add", "admin")
def save_new(here: Here) -> AnyResponse:
    """Add a rule."""
    trigger, form = _trigger(here.form.get("trigger", "")), Form(here.form.to_dict())
    if trigger is None:
        return go("alert_rules.add")
    try:
        draft = load_alert_rule({"trigger": trigger, **_entered(here, form, trigger)})
        made = here.services.alert_book.add_rule(draft)
    except PublicistError as error:
        return _form(here, trigger, form.refused(error, ALL), status=422)
    say(f"Added the rule {made.name}.")
    return go("notifications.overview")


@pages.show("/settings/notifications/rules/<uuid:rule_id>", "admin")
def show(here: Here, rule_id: UUID) -> AnyResponse:
    """Show a rule's form."""
    rule = _held(here, rule_id)
    slug = here.services.alert_book.slugs().get(rule.endpoint_id or "", "")
    fields = {name: str(getattr(rule, name)) for name in ("name", "minutes", "days", "tag", "remind_minutes")}
    ticks = [*(f"words.{word}" for word in rule.words), *(f"channel.{name}" for name in rule.channels)]
    return _form(here, rule.trigger, Form({**fields, "endpoint_slug": slug, **dict.fromkeys(ticks, "on")}), rule)


@pages.act("/settings/notifications/rules/<uuid:rule_id>", "admin")
def save(here: Here, rule_id: UUID) -> AnyResponse:
    """Change a rule."""
    rule, form = _held(here, rule_id), Form(here.form.to_dict())
    try:
        after = here.services.alert_book.edit_rule(rule.id, _entered(here, form, rule.trigger))
    except PublicistError as error:
        return _form(here, rule.trigger, form.refused(error, ALL), rule, 422)
    say(f"Saved the rule {after.name}.")
    return go("notifications.overview")


@pages.act("/settings/notifications/rules/<uuid:rule_id>/remove", "admin")
def remove(here: Here, rule_id: UUID) -> AnyResponse:
    """Forget a rule; what it had told of is closed without a word."""
    rule = _held(here, rule_id)
    here.services.alert_book.remove_rule(rule.id)
    say(f"Removed the rule {rule.name}.")
    return go("notifications.overview")


def _trigger(name: str) -> Trigger | None:
    return cast(Trigger, name) if name in TRIGGERS else None


def _held(here: Here, rule_id: UUID) -> AlertRule:
    for rule in here.services.alert_book.rules():
        if rule.id == str(rule_id):
            return rule
    raise NotFound("There is no such rule.", remedy="Settings, Notifications lists them all.")


def _entered(here: Here, form: Form, trigger: Trigger) -> dict[str, Any]:
    data: dict[str, Any] = {"name": form["name"], "remind_minutes": _number(form["remind_minutes"])}
    data["channels"] = [item.id for item in here.services.alert_book.channels() if form[f"channel.{item.id}"]]
    if trigger in KNOWN:
        data["words"] = [word for word in KNOWN[trigger] if form[f"words.{word}"]]
    if trigger in LASTING:
        data["minutes"] = _number(form["minutes"])
    if trigger in DAYS:
        data["days"] = _number(form["days"])
    if trigger in NARROWED:
        data |= {"endpoint_slug": form["endpoint_slug"].strip() or None, "tag": form["tag"].strip()}
    return data


def _number(text: str) -> int | str:
    """Return the number that was typed; anything else as it is, for the schema to refuse."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else text


def _form(here: Here, trigger: Trigger, form: Form, rule: AlertRule | None = None, status: int = 200) -> AnyResponse:
    book = here.services.alert_book
    channels, slugs = book.channels(), book.slugs()
    now = int(form["remind_minutes"]) if form["remind_minutes"].isdecimal() else 0
    return render(
        "notifications/rule.html",
        here,
        status,
        trigger=trigger,
        title=TRIGGERS[trigger][0],
        rule=rule,
        sentence=in_words(rule, slugs, {item.id: item.name for item in channels}) if rule else "",
        form=form,
        words=[(word, WORDS[word]) for word in KNOWN.get(trigger, ())],
        lasts=trigger in LASTING,
        days=DAYS.get(trigger, ""),
        narrowed=trigger in NARROWED,
        reminders=[(number, reminder(number)) for number in sorted({*REMINDERS, now})],
        channels=channels,
        slugs=sorted(slugs.values()),
    )
