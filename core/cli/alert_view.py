"""How channels, rules and incidents are shown."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .words import moment_of

if TYPE_CHECKING:
    from ..records import AlertRule, Channel, Incident
    from ..services import Services


def shown_channel(services: "Services", channel: "Channel") -> dict[str, Any]:
    """Return a channel as JSON, its secrets hidden."""
    from ..schemas import channel_json

    kind = services.plugins.notifier_kinds.get(channel.kind)
    return channel_json(channel, kind, *services.outbox.standing(channel.id))


def shown_rules(services: "Services", rules: "Sequence[AlertRule]") -> list[dict[str, Any]]:
    """Return rules as JSON."""
    from ..schemas import alert_rule_json

    slugs = services.alert_book.slugs()
    return [alert_rule_json(rule, slugs) for rule in rules]


def shown_incidents(services: "Services", incidents: "Sequence[Incident]") -> list[dict[str, Any]]:
    """Return incidents as JSON."""
    from ..schemas import incident_json

    slugs = services.alert_book.slugs()
    return [incident_json(incident, slugs) for incident in incidents]


def channel_line(channel: Mapping[str, Any]) -> list[str]:
    """Return the cells of a channel."""
    settings = ", ".join(f"{name}={value}" for name, value in channel["settings"].items())
    waiting = f"{channel['waiting']} {channel['error']}".rstrip() if channel["waiting"] else ""
    return [channel["name"], channel["kind"], settings, waiting, channel["id"]]


def rule_line(rule: Mapping[str, Any], channels: Mapping[str, str]) -> list[str]:
    """Return the cells of a rule; ``channels`` are the channels' names by id."""
    when = ", ".join(rule["words"])
    bounds = [f"{rule['minutes']} min" if rule["minutes"] else "", f"{rule['days']} days" if rule["days"] else ""]
    where = rule["endpoint_slug"] or (f"tag {rule['tag']}" if rule["tag"] else "all")
    told = ", ".join(channels.get(name, name) for name in rule["channels"]) or "all"
    return [rule["name"], rule["trigger"], when, " ".join(filter(None, bounds)), where, told, rule["id"]]


def incident_line(incident: Mapping[str, Any]) -> list[str]:
    """Return the cells of an incident."""
    times = {name: moment_of(incident[name]) for name in ("opened_at", "closed_at")}
    return [incident["id"], times["opened_at"], incident["title"], times["closed_at"], incident["acknowledged_by"]]
