"""Events as JSON."""

from typing import Any

from ..records import Event


def event_json(event: Event) -> dict[str, Any]:
    """Return an event for the API and ``--json``."""
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "actor": {"kind": event.actor.kind, "name": event.actor.name},
        "action": event.action,
        "subject": {"kind": event.subject.kind, "id": event.subject.id, "name": event.subject.name},
        "endpoint_id": event.subject.endpoint_id,
        "marketplace_id": event.subject.marketplace_id,
        "what": event.what,
        "before_digest": event.before_digest,
        "after_digest": event.after_digest,
        "outcome": event.outcome,
    }
