"""Channels and alert rules as they are entered, and alerts as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from marshmallow import fields, validate

from ..alerting.drafts import DEFAULT_DAYS, DEFAULT_WORDS, OF_ENDPOINTS, WORDS, RuleDraft
from ..errors import InvalidInput
from ..records import AlertRule, Channel, Incident, NotifierKind, Trigger
from ..text import check_tag, clean_tags
from .base import Strict, load
from .fields import Items, JsonObject, Line, Matching, Slug, Tags, secret_fault
from .settings import masked, restored, setting_faults
from .url import read_url

MOST_MINUTES = 60 * 24 * 366
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as entered."""

    kind: str
    name: str
    settings: Mapping[str, Any]


class ChannelPatchSchema(Strict):
    """Some fields of a channel; of the settings those that are given, ``null`` takes one away."""

    name = Line(100, visible=True, metadata={"description": "What people read; not the same as another one's."})
    settings = JsonObject(metadata={"description": "What the kind asks for, by name."})


class ChannelSchema(ChannelPatchSchema):
    """A channel to be added."""

    kind = Matching(
        r"[a-z][a-z0-9_-]{0,49}",
        "Must be a word of lower-case letters, digits, - and _.",
        required=True,
        metadata={"description": "A kind that a plugin offers, such as webhook or email."},
    )
    name = Line(100, visible=True, required=True, metadata={"description": "What people read."})
    settings = JsonObject(load_default=dict, metadata={"description": "What the kind asks for, by name."})


class Amount(fields.Integer):
    """A whole JSON number within bounds."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=0, max=most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class AlertRulePatchSchema(Strict):
    """Some fields of a rule; what it is about stays."""

    name = Line(100, visible=True, metadata={"description": "What people read."})
    words = Items(
        Line(50),
        10,
        unique=True,
        allow_none=True,
        metadata={"description": "The states, outcomes or patterns that are meant; null for the usual ones."},
    )
    minutes = Amount(MOST_MINUTES, metadata={"description": "How long it must last."})
    days = Amount(
        MOST_DAYS,
        allow_none=True,
        metadata={"description": "How long before an expiry, or how old a credential; null for the usual number."},
    )
    endpoint_slug = Slug(allow_none=True, metadata={"description": "Only this endpoint."})
    tag = Line(30, metadata={"description": "Only endpoints with this tag."})
    remind_minutes = Amount(MOST_MINUTES, metadata={"description": "How often to remind while it lasts; 0 for never."})
    channels = Items(Line(100), 50, metadata={"description": "Ids or names of channels; none named are all."})


class AlertRuleSchema(AlertRulePatchSchema):
    """A rule to be added; what is left out is as usual."""

    name = Line(100, visible=True, required=True, metadata={"description": "What people read."})
    trigger = fields.String(
        required=True,
        validate=validate.OneOf(get_args(Trigger)),
        metadata={"description": "What it is about."},
    )


_AS_USUAL: Mapping[str, Any] = {
    "words": None,
    "minutes": 0,
    "days": None,
    "endpoint_slug": None,
    "tag": "",
    "remind_minutes": 0,
    "channels": [],
}


def load_channel(data: Any, kinds: Mapping[str, NotifierKind]) -> ChannelDraft:
    """Return the channel that ``data`` describes. Raises InvalidInput."""
    clean = load(ChannelSchema(), data)
    kind = kinds.get(clean["kind"])
    if kind is None:
        known = ", ".join(sorted(kinds)) or "none"
        raise InvalidInput({"kind": [f"There is no kind of channel {clean['kind']!r}; there are {known}."]})
    return ChannelDraft(kind.name, clean["name"], _settings(clean["settings"], kind))


def load_channel_patch(data: Any, channel: Channel, kind: NotifierKind | None) -> ChannelDraft:
    """Return the channel as it is after a change; ``***`` leaves a secret as it is. Raises InvalidInput."""
    clean = load(ChannelPatchSchema(), data)
    if kind is None:
        raise InvalidInput({"kind": [f"No plugin offers channels of the kind {channel.kind!r} any more."]})
    try:
        given = restored(clean.get("settings", {}), channel.settings)
    except KeyError as error:
        raise InvalidInput({f"settings.{error.args[0]}": ["There is no former value; enter it."]}) from None
    settings = _settings({**channel.settings, **given}, kind)
    return ChannelDraft(channel.kind, clean.get("name", channel.name), settings)


def load_alert_rule(data: Any) -> RuleDraft:
    """Return the rule that ``data`` describes. Raises InvalidInput."""
    return _rule_draft({**_AS_USUAL, **load(AlertRuleSchema(), data)})


def load_alert_rule_patch(data: Any, rule: AlertRule, slugs: Mapping[str, str]) -> RuleDraft:
    """Return the rule as it is after a change; naming an endpoint takes the tag's place, and the other way round.

    ``slugs`` are those of the endpoints by id. Raises InvalidInput.
    """
    clean = load(AlertRulePatchSchema(), data)
    there = {name: value for name, value in alert_rule_json(rule, slugs).items() if name in _AS_USUAL}
    if clean.get("tag"):
        there["endpoint_slug"] = None
    if clean.get("endpoint_slug"):
        there["tag"] = ""
    return _rule_draft({"trigger": rule.trigger, "name": rule.name, **there, **clean})


def _rule_draft(clean: Mapping[str, Any]) -> RuleDraft:
    trigger: Trigger = clean["trigger"]
    known = WORDS.get(trigger, ())
    words = DEFAULT_WORDS.get(trigger, ()) if clean["words"] is None else tuple(clean["words"])
    faults: dict[str, list[str]] = {}
    if unknown := [word for word in words if word not in known]:
        there = ", ".join(known) or "none for this trigger"
        faults["words"] = [f"There is no {', '.join(unknown)}; there are: {there}."]
    elif known and not words:
        faults["words"] = [f"Name at least one of: {', '.join(known)}."]
    (tag,) = clean_tags([clean["tag"]])
    if wrong := check_tag(tag, Tags.LONGEST) if tag else []:
        faults["tag"] = wrong
    elif clean["endpoint_slug"] and tag:
        faults["tag"] = ["Not together with `endpoint_slug`."]
    elif (clean["endpoint_slug"] or tag) and trigger not in OF_ENDPOINTS:
        faults["tag" if tag else "endpoint_slug"] = ["This trigger is about the whole space; leave it out."]
    if clean["days"] and trigger not in DEFAULT_DAYS:
        faults["days"] = [f"Goes with {' and '.join(DEFAULT_DAYS)} only; leave it out."]
    if faults:
        raise InvalidInput(faults)
    days = DEFAULT_DAYS.get(trigger, 0) if clean["days"] is None else clean["days"]
    slug = clean["endpoint_slug"]
    channels = tuple(dict.fromkeys(clean["channels"]))
    rest = {name: clean[name] for name in ("name", "minutes", "remind_minutes")}
    return RuleDraft(trigger=trigger, words=words, days=days, slug=slug, tag=tag, channels=channels, **rest)


def channel_json(channel: Channel, kind: NotifierKind | None, waiting: int = 0, error: str = "") -> dict[str, Any]:
    """Return a channel; secret settings show as ``***``. ``waiting`` notices could not be sent yet: ``error``."""
    return {
        "id": channel.id,
        "kind": channel.kind,
        "name": channel.name,
        "settings": masked(channel.settings, kind.settings if kind else None),
        "created_at": channel.created_at.isoformat(),
        "waiting": waiting,
        "error": error,
    }


def alert_rule_json(rule: AlertRule, slugs: Mapping[str, str]) -> dict[str, Any]:
    """Return a rule; ``slugs`` are those of the endpoints by id."""
    return {
        "id": rule.id,
        "name": rule.name,
        "trigger": rule.trigger,
        "words": list(rule.words),
        "minutes": rule.minutes,
        "days": rule.days,
        "endpoint_slug": slugs.get(rule.endpoint_id) if rule.endpoint_id else None,
        "tag": rule.tag,
        "remind_minutes": rule.remind_minutes,
        "channels": list(rule.channels),
        "created_at": rule.created_at.isoformat(),
    }


def incident_json(incident: Incident, slugs: Mapping[str, str]) -> dict[str, Any]:
    """Return an incident; ``slugs`` are those of the endpoints by id."""
    return {
        "id": incident.id,
        "batch": incident.batch,
        "rule_id": incident.rule_id,
        "trigger": incident.trigger,
        "name": incident.name,
        "title": incident.title,
        "text": incident.text,
        "endpoint_slug": slugs.get(incident.endpoint_id),
        "opened_at": incident.opened_at.isoformat(),
        "closed_at": _time(incident.closed_at),
        "acknowledged_at": _time(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
    }


def _settings(given: Mapping[str, Any], kind: NotifierKind) -> dict[str, Any]:
    values = {name: value for name, value in given.items() if value is not None}
    faults = {f"settings.{name}": texts for name, texts in setting_faults(values, kind.settings).items()}
    for field in kind.settings:
        value = values.get(field.name)
        if field.secret and value is not None and (fault := secret_fault(value)):
            faults[f"settings.{field.name}"] = [fault]
        elif value is not None and not isinstance(value, str | int):
            faults[f"settings.{field.name}"] = ["Must be a text or a number."]
        elif field.name == "url" and value is not None and (fault := _address_fault(str(value))):
            faults[f"settings.{field.name}"] = [fault]
    if faults:
        raise InvalidInput(faults)
    return values


def _address_fault(value: str) -> str:
    """Return what is wrong with the address of a channel; unlike others it may have a query."""
    try:
        read_url(value.partition("?")[0])
    except ValueError as error:
        return str(error)
    return ""


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
