"""What else a large space holds: incidents, notices, feedback, people, tokens, windows, a check and a policy."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from publicist.core.schemas import (
    load_alert_rule,
    load_channel,
    load_check,
    load_maintenance,
    load_patch,
    load_token,
    load_user,
)
from publicist.core.secrets import Secret
from publicist.core.services import Services
from publicist.core.store.fields import to_micros

from .filled_space import insert

NAMES = ("marketplace", "check", "channel", "rule", "window", "token", "user")
INCIDENTS, NOTICES, OPINIONS, WINDOWS, PEOPLE = 5_000, 2_000, 20_000, 300, 60
LONG = "The marketplace answered something that nobody expected. " * 40


def fill_settings(services: Services) -> dict[str, str]:
    """Fill what is under Settings, and return by the NAMES what its pages are reached by."""
    endpoint = services.endpoints.get("tide-0500")
    policies = load_patch({"policies": [{"type": "rate_limit", "config": {"limit": "100/m"}}]})
    services.endpoints.edit("tide-0500", policies)
    kinds = services.plugins.check_kinds
    check, _ = services.checks.add(
        "tide-0500", load_check({"kind": "http", "name": "Page", "settings": {"url": "http://127.0.0.1:9/"}}, kinds)
    )
    hook = {"kind": "webhook", "name": "Team", "settings": {"url": "http://127.0.0.1:9/hook"}}
    channel = services.alert_book.add_channel(load_channel(hook, services.plugins.notifier_kinds))
    rule = services.alert_book.add_rule(
        load_alert_rule({"name": "All", "trigger": "state", "channels": [channel.name]})
    )
    for number in range(WINDOWS):
        ends = services.clock() + timedelta(days=2, minutes=number)
        draft = {"endpoint_slug": f"tide-{number:04}", "starts_at": (ends - timedelta(hours=1)).isoformat()}
        window = services.maintenance.add(load_maintenance({**draft, "ends_at": ends.isoformat()}, services.clock()))
    tokens = [
        services.tokens.create(load_token({"name": f"t{number}", "scopes": ["read"]}, services.clock()))[0]
        for number in range(PEOPLE)
    ]
    user = services.accounts.add(load_user({"name": "ada", "role": "viewer"}), Secret("correct horse battery"))
    services.backups.make()
    insert(services, "incident", incidents(services, rule.id, endpoint.id))
    insert(services, "alert_delivery", notices(services, channel.id))
    insert(services, "feedback", feedback(services, endpoint.id))
    return {
        "marketplace": services.marketplaces.all()[0].id,
        "check": check.id,
        "channel": channel.id,
        "rule": rule.id,
        "window": window.id,
        "token": tokens[0].id,
        "user": user.id,
    }


def incidents(services: Services, rule_id: str, endpoint_id: str) -> Iterator[dict[str, Any]]:
    """Yield rows of incidents, the newest of which are open."""
    for number in range(INCIDENTS):
        at = services.clock() - timedelta(minutes=26 * number)
        yield {
            "id": f"i{number}",
            "batch": f"b{number}",
            "rule_id": rule_id,
            "trigger_kind": "state",
            "subject": f"s{number}",
            "name": f"Tide {number % 1_000:04}",
            "title": "It is offline.",
            "text": LONG,
            "endpoint_id": endpoint_id,
            "opened_at": to_micros(at),
            "closed_at": to_micros(at + timedelta(minutes=20)) if number > 200 else None,
            "acknowledged_at": None,
            "acknowledged_by": "",
        }


def notices(services: Services, channel_id: str) -> Iterator[dict[str, Any]]:
    """Yield rows of notices, some of which did not get through."""
    for number in range(NOTICES):
        at = to_micros(services.clock() - timedelta(minutes=5 * number))
        yield {
            "key": f"k{number}",
            "channel_id": channel_id,
            "notice": "{}",
            "created_at": at,
            "due_at": None,
            "attempts": 9,
            "sent_at": None if number % 10 == 0 else at,
            "gave_up_at": at if number % 10 == 0 else None,
            "error": LONG if number % 10 == 0 else "",
        }


def feedback(services: Services, endpoint_id: str) -> Iterator[dict[str, Any]]:
    """Yield rows of what people said, a twentieth of it of this endpoint."""
    for number in range(OPINIONS):
        kind = ("rating", "error_report", "feature_request")[number % 3]
        yield {
            "id": f"f{number}",
            "endpoint_id": endpoint_id if number % 20 == 0 else f"other-{number % 900}",
            "marketplace_id": "",
            "remote_id": "",
            "kind": kind,
            "rating": 1 + number % 5 if kind == "rating" else None,
            "text": LONG,
            "author": "",
            "at": to_micros(services.clock() - timedelta(minutes=6 * number)),
            "checked_at": None,
            "finding": "",
        }
