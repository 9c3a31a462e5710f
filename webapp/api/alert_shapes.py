"""What the API answers about alerts."""

from typing import get_args

from ...core.records import Trigger
from ...core.schemas import Strict
from .shapes import count, flag, many, mapping, paged_shape, text, texts, time


class NotifierFieldShape(Strict):
    """One setting that a kind of channel asks for."""

    name = text()
    title = text()
    secret = flag()
    required = flag()
    help = text()


class NotifierKindShape(Strict):
    """A kind of channel that a plugin offers."""

    name = text()
    title = text()
    description = text()
    settings = many(NotifierFieldShape)


class ChannelShape(Strict):
    """Where notices go; secret settings show as ``***``. ``waiting`` notices could not be sent yet: ``error``."""

    id = text(format="uuid")
    kind = text()
    name = text()
    settings = mapping()
    created_at = time(null=False)
    waiting = count()
    error = text()


class AlertRuleShape(Strict):
    """When people are told."""

    id = text(format="uuid")
    name = text()
    trigger = text(*get_args(Trigger))
    words = texts()
    minutes = count()
    days = count()
    endpoint_slug = text(null=True)
    tag = text()
    remind_minutes = count()
    channels = texts()
    created_at = time(null=False)


class IncidentShape(Strict):
    """What people were told is not well, until it is again."""

    id = text(format="uuid")
    batch = text(format="uuid")
    rule_id = text(format="uuid")
    trigger = text(*get_args(Trigger))
    name = text()
    title = text()
    endpoint_slug = text(null=True)
    opened_at = time(null=False)
    closed_at = time()
    acknowledged_at = time()
    acknowledged_by = text()
    text = text()


class AcknowledgedShape(Strict):
    """The incidents that are known of now."""

    items = many(IncidentShape)


NotifierKindPage = paged_shape("NotifierKindPage", NotifierKindShape)
ChannelPage = paged_shape("ChannelPage", ChannelShape)
AlertRulePage = paged_shape("AlertRulePage", AlertRuleShape)
IncidentPage = paged_shape("IncidentPage", IncidentShape)
