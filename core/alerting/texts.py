"""What notices say. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from ..records import AlertRule, Notice
from .episodes import Episode, Kind

SHOWN = 20
"""So many subjects are named in a notice about more."""

_LONGEST = 1_000
_WORDS = {
    "needs_republish": "needs to be republished",
    "error": "in error",
    "warning": "needs attention",
    "one_person": "one person asks most",
    "repeated_denials": "refused again and again",
    "failing_tokens": "many calls without a valid token",
    "spike": "unusually many queries",
}


def notice_of(
    kind: Kind, rule: AlertRule, episodes: Sequence[Episode], key: str, incident: str, now: datetime
) -> Notice:
    """Return the notice about one episode, or about several at once."""
    one = episodes[0].fact if len(episodes) == 1 else None
    return Notice(
        key=key,
        incident=incident,
        kind=kind,
        title=_title(kind, episodes),
        text=_text(kind, episodes),
        at=now,
        endpoint_slug=one.endpoint_slug if one else "",
        facts={"rule": rule.name, **({"state": _word(kind, episodes[0])} if one else {"affected": str(len(episodes))})},
    )


def title_of(episode: Episode) -> str:
    """Return what is wrong with one subject, in a line."""
    return f"{episode.fact.name}: {_bad(episode)}"


def _title(kind: Kind, episodes: Sequence[Episode]) -> str:
    if len(episodes) == 1:
        named = f"{episodes[0].fact.name}: {_word(kind, episodes[0])}"
        return f"Still: {named}" if kind == "reminder" else named
    words = Counter(_word(kind, episode) for episode in episodes)
    said = ", ".join(f"{word} ({count})" if len(words) > 1 else word for word, count in words.most_common(3))
    return f"{'Still: ' if kind == 'reminder' else ''}{len(episodes):,} at once: {said}"


def _text(kind: Kind, episodes: Sequence[Episode]) -> str:
    if len(episodes) == 1:
        return _said(kind, episodes[0])
    lines = [f"{episode.fact.name}: {_word(kind, episode)}" for episode in episodes[:SHOWN]]
    more = [f"and {len(episodes) - SHOWN:,} more"] if len(episodes) > SHOWN else []
    return "\n".join(lines + more)


def _said(kind: Kind, episode: Episode) -> str:
    if kind == "digest":
        state = "not well" if episode.bad else "well"
        times = "once" if episode.changes == 1 else f"{episode.changes:,} times"
        how_often = f"It changed {times} since the last message, and is {state} just now."
        return f"{how_often} Until it is steady again, only a summary comes. {episode.fact.text}".strip()[:_LONGEST]
    if kind == "recovery":
        return "It is well again."
    return episode.fact.text[:_LONGEST]


def _word(kind: Kind, episode: Episode) -> str:
    if kind == "digest":
        return "unsteady"
    return "well again" if kind == "recovery" else _bad(episode)


def _bad(episode: Episode) -> str:
    fact = episode.fact
    if fact.trigger == "expiry" and fact.days is not None:
        return "expired" if fact.days <= 0 else f"expires in {_days(fact.days)}"
    if fact.trigger == "credential_age" and fact.days is not None:
        return f"not changed for {_days(fact.days)}"
    return _WORDS.get(fact.word, fact.word)


def _days(number: float) -> str:
    whole = max(1, int(number))
    return f"{whole} day{'' if whole == 1 else 's'}"
