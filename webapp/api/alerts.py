"""``/channels``, ``/alert-rules``, ``/incidents``: where people are told, when, and what they were told."""

from dataclasses import asdict
from typing import Any

from flask import url_for

from ...core.records import Channel
from ...core.schemas import (
    AlertRulePatchSchema,
    AlertRuleSchema,
    ChannelPatchSchema,
    ChannelSchema,
    alert_rule_json,
    channel_json,
    incident_json,
    load_alert_rule,
    load_channel,
)
from ..incoming import PageQuery, Switch
from ..operation import Answer, Api, Asked
from .alert_shapes import (
    AcknowledgedShape,
    AlertRulePage,
    AlertRuleShape,
    ChannelPage,
    ChannelShape,
    IncidentPage,
    NotifierKindPage,
)
from .shapes import page_of

api = Api("alerts", "Alerts")


class IncidentQuery(PageQuery):
    """Which incidents."""

    open = Switch(default=False, metadata={"description": "Only those that are not over."})


@api.operation("GET", "/channel-kinds", scope="read", gives=NotifierKindPage, query=PageQuery)
def list_channel_kinds(asked: Asked) -> Any:
    """List the kinds of channel that plugins offer, and what they ask for."""
    kinds = [asdict(kind) for _, kind in sorted(asked.services.plugins.notifier_kinds.items())]
    return page_of(kinds, asked.query)


@api.operation("GET", "/channels", scope="admin", gives=ChannelPage, query=PageQuery)
def list_channels(asked: Asked) -> Any:
    """List the channels, oldest first; their secrets show as `***`."""
    return page_of([_channel(asked, item) for item in asked.services.alert_book.channels()], asked.query)


@api.operation("POST", "/channels", scope="admin", gives=ChannelShape, status=201, takes=ChannelSchema, problems=(409,))
def add_channel(asked: Asked) -> Any:
    """Add a channel. With the first one the usual rules are made. No test is sent."""
    services = asked.services
    made = services.alert_book.add_channel(load_channel(asked.body, services.plugins.notifier_kinds))
    where = url_for("alerts.show_channel", channel_id=made.id)
    return Answer(_channel(asked, made), 201, {"Location": where})


@api.operation("GET", "/channels/<uuid:channel_id>", scope="admin", gives=ChannelShape)
def show_channel(asked: Asked, channel_id: str) -> Any:
    """Show a channel."""
    return _channel(asked, asked.services.alert_book.channel(channel_id))


@api.operation(
    "PATCH",
    "/channels/<uuid:channel_id>",
    scope="admin",
    gives=ChannelShape,
    takes=ChannelPatchSchema,
    problems=(409,),
)
def edit_channel(asked: Asked, channel_id: str) -> Any:
    """Change a channel; of its settings those that are given, `null` takes one away."""
    return _channel(asked, asked.services.alert_book.edit_channel(channel_id, asked.body))


@api.operation("DELETE", "/channels/<uuid:channel_id>", scope="admin", gives=None, status=204, problems=(409,))
def remove_channel(asked: Asked, channel_id: str) -> Any:
    """Forget a channel, and what waits for it; not while a rule tells it only."""
    asked.services.alert_book.remove_channel(channel_id)


@api.operation("POST", "/channels/<uuid:channel_id>/test", scope="admin", gives=None, status=204, problems=(502, 503))
def test_channel(asked: Asked, channel_id: str) -> Any:
    """Send a test now. What the channel answers, if it takes none, is in the problem document."""
    asked.services.alert_book.send_test(channel_id)


@api.operation("GET", "/alert-rules", scope="read", gives=AlertRulePage, query=PageQuery)
def list_alert_rules(asked: Asked) -> Any:
    """List the rules, oldest first."""
    book = asked.services.alert_book
    slugs = book.slugs()
    return page_of([alert_rule_json(rule, slugs) for rule in book.rules()], asked.query)


@api.operation(
    "POST", "/alert-rules", scope="admin", gives=AlertRuleShape, status=201, takes=AlertRuleSchema, problems=(404,)
)
def add_alert_rule(asked: Asked) -> Any:
    """Add a rule. Of the rules with one trigger those hold that fit an endpoint best."""
    book = asked.services.alert_book
    return alert_rule_json(book.add_rule(load_alert_rule(asked.body)), book.slugs())


@api.operation("PATCH", "/alert-rules/<uuid:rule_id>", scope="admin", gives=AlertRuleShape, takes=AlertRulePatchSchema)
def edit_alert_rule(asked: Asked, rule_id: str) -> Any:
    """Change a rule. Of what it had told, what is not bad as it means it now is closed without a word."""
    book = asked.services.alert_book
    return alert_rule_json(book.edit_rule(rule_id, asked.body), book.slugs())


@api.operation("DELETE", "/alert-rules/<uuid:rule_id>", scope="admin", gives=None, status=204)
def remove_alert_rule(asked: Asked, rule_id: str) -> Any:
    """Forget a rule; what it had told of is closed without a word."""
    asked.services.alert_book.remove_rule(rule_id)


@api.operation("GET", "/incidents", scope="read", gives=IncidentPage, query=IncidentQuery)
def list_incidents(asked: Asked) -> Any:
    """List what people were told is not well, newest first."""
    found = asked.services.alerts.incidents(asked.query["page"], asked.query["per_page"], open_only=asked.query["open"])
    slugs = asked.services.alert_book.slugs()
    items = [incident_json(incident, slugs) for incident in found.items]
    return {"items": items, "total": found.total, "page": found.page, "per_page": found.per_page}


@api.operation("POST", "/incidents/<uuid:incident_id>/acknowledge", scope="publish", gives=AcknowledgedShape)
def acknowledge_incident(asked: Asked, incident_id: str) -> Any:
    """Say that somebody knows: no reminder comes any more. A `batch` acknowledges all that one notice told of."""
    slugs = asked.services.alert_book.slugs()
    return {"items": [incident_json(item, slugs) for item in asked.services.alerts.acknowledge(incident_id)]}


def _channel(asked: Asked, channel: Channel) -> dict[str, Any]:
    services = asked.services
    kind = services.plugins.notifier_kinds.get(channel.kind)
    return channel_json(channel, kind, *services.outbox.standing(channel.id))
