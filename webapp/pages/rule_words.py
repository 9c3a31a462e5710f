"""Alert rules in plain words. Pure."""

from collections.abc import Mapping, Sequence

from ...core.records import AlertRule, Trigger

TRIGGERS: Mapping[Trigger, tuple[str, str]] = {
    "state": ("An endpoint is not well", "When its health is as you say, for as long as you say."),
    "publication": ("A publication fails or drifts", "When a listing could not be made, or shows something else."),
    "marketplace": ("A marketplace does not work", "When its connection is in error."),
    "expiry": ("Something expires soon", "A token or a certificate, some days before its end."),
    "credential_age": ("A credential is old", "So that keys are rotated in time."),
    "usage": ("Queries look unusual", "A sudden rise, one person only, many denials, failing tokens."),
    "network": ("This space is offline", "When its own network is down."),
}
WORDS = {
    "healthy": "healthy",
    "degraded": "degraded",
    "unhealthy": "unhealthy",
    "offline": "offline",
    "unknown": "not known",
    "failed": "failed",
    "drifted": "drifted (shows something else than wanted)",
    "needs_republish": "come to need a republish",
    "spike": "many more than usual",
    "one_person": "nearly all by one person",
    "repeated_denials": "denied to one person again and again",
    "failing_tokens": "refused for satellite tokens that fail",
}
NARROWED: frozenset[Trigger] = frozenset({"state", "publication", "usage"})
"""What may be narrowed to an endpoint or a tag."""

LASTING: frozenset[Trigger] = frozenset({"state", "publication", "marketplace", "network"})
"""What must last for some minutes before anybody is told."""

DAYS: Mapping[Trigger, str] = {"expiry": "Days before it ends", "credential_age": "Days since it was set"}
REMINDERS = {0: "never", 60: "every hour", 1440: "every day", 4320: "every 3 days", 10080: "every week"}


def in_words(rule: AlertRule, slugs: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return a rule as a sentence or two; ``slugs`` and ``channels`` are names by id."""
    lasts = f" for {span(rule.minutes)}" if rule.minutes else ""
    told = _either([channels.get(name, "a channel that is gone") for name in rule.channels], "and")
    reminds = f" Remind {reminder(rule.remind_minutes)} while it lasts." if rule.remind_minutes else ""
    return f"When {_what(rule, slugs)}{lasts}, tell {told or 'every channel'}.{reminds}"


def reminder(minutes: int) -> str:
    """Return how often to remind."""
    return REMINDERS.get(minutes) or f"every {span(minutes)}"


def span(minutes: int) -> str:
    """Return a length of time in the largest unit that fits."""
    for size, one, many in ((1440, "a day", "days"), (60, "an hour", "hours")):
        if minutes and minutes % size == 0:
            return one if minutes == size else f"{minutes // size} {many}"
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _what(rule: AlertRule, slugs: Mapping[str, str]) -> str:
    where = _where(rule, slugs)
    words = [WORDS.get(word, word) for word in rule.words]
    if rule.trigger == "state":
        return f"{where or 'an endpoint'} is {_either(words, 'or')}"
    if rule.trigger == "publication":
        return f"a publication{' of ' + where if where else ''} has {_either(words, 'or')}"
    if rule.trigger == "usage":
        return f"queries{' of ' + where if where else ''} are {_either(words, 'or')}"
    if rule.trigger == "expiry":
        return f"a token or a certificate expires within {rule.days} days"
    if rule.trigger == "credential_age":
        return f"a credential is older than {rule.days} days"
    return "a marketplace is in error" if rule.trigger == "marketplace" else "this space's own network is down"


def _where(rule: AlertRule, slugs: Mapping[str, str]) -> str:
    if rule.endpoint_id:
        return slugs.get(rule.endpoint_id, "an endpoint that is gone")
    return f"an endpoint tagged {rule.tag}" if rule.tag else ""


def _either(words: Sequence[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
