"""Rules as they are asked for, and those that a space begins with. Pure."""

from dataclasses import dataclass
from datetime import datetime

from ..records import AlertRule, Trigger

STATES = ("healthy", "degraded", "unhealthy", "offline", "unknown")
OUTCOMES = ("failed", "drifted", "needs_republish")
PATTERNS = ("spike", "one_person", "repeated_denials", "failing_tokens")
WORDS: dict[Trigger, tuple[str, ...]] = {"state": STATES, "publication": OUTCOMES, "usage": PATTERNS}
"""Which words a rule of each trigger may name; those of other triggers name none."""

DEFAULT_WORDS: dict[Trigger, tuple[str, ...]] = {
    "state": ("unhealthy", "offline"),
    "publication": ("failed",),
    "usage": PATTERNS,
}
DEFAULT_DAYS: dict[Trigger, int] = {"expiry": 14, "credential_age": 180}
"""The triggers that are about a number of days, and the usual one."""

OF_ENDPOINTS: tuple[Trigger, ...] = ("state", "publication", "expiry", "usage")
"""The triggers of which a rule may be for one endpoint, or for those with a tag."""

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as asked for. ``slug`` is the endpoint's; neither it nor ``tag`` means everything."""

    name: str
    trigger: Trigger
    words: tuple[str, ...] = ()
    minutes: int = 0
    days: int = 0
    slug: str | None = None
    tag: str = ""
    remind_minutes: int = 0
    channels: tuple[str, ...] = ()


DEFAULTS = (
    RuleDraft("Endpoint down", "state", DEFAULT_WORDS["state"], minutes=1, remind_minutes=_DAY),
    RuleDraft("Publication failed", "publication", ("failed", "drifted"), minutes=10),
    RuleDraft("Marketplace in error", "marketplace", minutes=5, remind_minutes=_DAY),
    RuleDraft("Token or certificate expires", "expiry", days=DEFAULT_DAYS["expiry"], remind_minutes=3 * _DAY),
    RuleDraft("Credential to be rotated", "credential_age", days=DEFAULT_DAYS["credential_age"]),
    RuleDraft("Unusual queries", "usage", DEFAULT_WORDS["usage"]),
    RuleDraft("Own network down", "network"),
)
"""What is made with the first channel."""


def rule_of(draft: RuleDraft, rule_id: str, endpoint_id: str | None, created_at: datetime) -> AlertRule:
    """Return the rule that a draft describes."""
    return AlertRule(
        id=rule_id,
        name=draft.name,
        trigger=draft.trigger,
        created_at=created_at,
        words=draft.words,
        minutes=draft.minutes,
        days=draft.days,
        endpoint_id=endpoint_id,
        tag=draft.tag,
        remind_minutes=draft.remind_minutes,
        channels=draft.channels,
    )
