"""What the API answers about events."""

from ...core.schemas import Strict
from .shapes import one, paged_shape, text, time


class ActorShape(Strict):
    """Who acted."""

    kind = text("user", "token", "runner", "cli")
    name = text()


class SubjectShape(Strict):
    """What an event is about."""

    kind = text("endpoint", "marketplace", "publication", "setting", "token", "user", "space")
    id = text()
    name = text()


class EventShape(Strict):
    """One line of the audit trail. The digests are of the subject before and after; null where there is none."""

    id = text(format="uuid")
    at = time(null=False)
    actor = one(ActorShape)
    action = text(description="`<kind of subject>.<verb>`")
    subject = one(SubjectShape)
    endpoint_id = text(null=True)
    marketplace_id = text(null=True)
    what = text()
    before_digest = text(null=True)
    after_digest = text(null=True)
    outcome = text("done", "asked", "failed", "unknown")


EventPage = paged_shape("EventPage", EventShape)
