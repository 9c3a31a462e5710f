"""The life of one alert, from the first sign until it is over. Pure; times are seconds of watching, not of a clock.

One rule and one subject make an episode::

                turns bad          lasts as long as the rule says
    (none) ───────────────▶ bad, untold ───────────────▶ bad, told ──┐ reminder, unless acknowledged
       ▲                        │ turns well               ▲      │  ◀┘
       │ well for long          ▼                          │alert │ turns well: recovery
       └──────────────────── well ◀────────────────────────┴──────┘
                                │  four messages within six hours, and it turns again
                                ▼
                            unsteady ── digest at once, then every six hours
                                └────── no turn for an hour (longer each time): alert or recovery, as it is

A subject of which nothing is known (unknown, in maintenance) keeps its episode as it was: nothing is concluded, and
what nobody was told yet is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..records import AlertRule, Fact

Kind = Literal["alert", "recovery", "reminder", "digest"]

UNDECIDED = ("unknown", "pending")
MOST_DOUBLINGS = 3
"""An unsteady subject is believed to be steady after an hour, and after 2, 4, 8 where it became unsteady again."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How people are told; all in seconds.

    Alerts of one rule are gathered for ``group_wait`` and told together, and not again before ``group_interval``.
    ``burst`` messages within ``span`` are as many as one subject may cause: then it is unsteady until it was ``calm``
    for so long, and a digest comes every ``digest``.
    """

    group_wait: float = 30.0
    group_interval: float = 300.0
    burst: int = 4
    span: float = 6 * 3600.0
    digest: float = 6 * 3600.0
    calm: float = 3600.0
    remembered: float = 24 * 3600.0
    longest_step: float = 120.0


@dataclass(frozen=True, slots=True)
class Episode:
    """How one subject stands under one rule, and what people know of it.

    ``turned``: when it last went from well to bad or back; ``changes``: how often it did since people were last told.
    ``told_bad``: what they know; ``sent``: when the latest messages went. ``incident`` and ``batch`` are those of the
    last alert. ``seen``: when there last was a fact of it.
    """

    key: str
    rule_id: str
    fact: Fact
    bad: bool
    turned: float
    seen: float
    told_bad: bool = False
    told: float = 0.0
    sent: tuple[float, ...] = ()
    changes: int = 0
    unsteady: bool = False
    relapses: int = 0
    acknowledged: bool = False
    incident: str = ""
    batch: str = ""


def applying(rules: Mapping[str, list[AlertRule]], fact: Fact) -> list[AlertRule]:
    """Return the rules that hold for a fact: of those for its endpoint, its tags or everything the most specific."""
    mine = rules.get(fact.trigger, [])
    of_endpoint = [rule for rule in mine if rule.endpoint_id and rule.endpoint_id == fact.endpoint_id]
    of_tag = [rule for rule in mine if not rule.endpoint_id and rule.tag and rule.tag in fact.tags]
    return of_endpoint or of_tag or [rule for rule in mine if not rule.endpoint_id and not rule.tag]


def judge(rule: AlertRule, fact: Fact) -> bool | None:
    """Return whether it is bad as the rule means it; None where nothing can be concluded."""
    if fact.quiet or (fact.word in UNDECIDED and fact.word not in rule.words):
        return None
    if rule.trigger == "expiry":
        return bool(fact.word) or (fact.days is not None and fact.days <= rule.days)
    if rule.trigger == "credential_age":
        return fact.days is not None and fact.days >= rule.days
    return fact.word in rule.words if rule.words else bool(fact.word)


def after(episode: Episode | None, rule: AlertRule, fact: Fact, key: str, lived: float) -> Episode | None:
    """Return the episode after a look at its subject; None where there is none (any more)."""
    bad = judge(rule, fact)
    if episode is None:
        return Episode(key, rule.id, fact, bad=True, turned=lived, seen=lived) if bad else None
    if bad is None:
        return episode if episode.told_bad or episode.sent else None
    if bad != episode.bad:
        shown = fact if bad else episode.fact
        return replace(episode, fact=shown, bad=bad, turned=lived, seen=lived, changes=episode.changes + 1)
    if bad and fact != episode.fact:
        return replace(episode, fact=fact, seen=lived)
    return _seen(episode, lived)


def outlives(episode: Episode, changed: AlertRule) -> bool:
    """Whether an episode goes on after a change of its rule: what was bad still is, as the rule means it now."""
    return bool(applying({changed.trigger: [changed]}, episode.fact)) and judge(changed, episode.fact) is not False


def is_over(episode: Episode, lived: float, manner: Manner) -> bool:
    """Whether it can be forgotten: well for so long that a turn would be a new episode, and people know."""
    return not (episode.bad or episode.told_bad or episode.unsteady) and lived - episode.turned >= manner.span


def is_lost(episode: Episode, lived: float, manner: Manner) -> bool:
    """Whether an episode of which there is no fact is over: its subject is gone.

    Patterns of usage come and go by the hour: one that shows again within a day is not told again.
    """
    return episode.fact.trigger != "usage" or lived - episode.seen >= manner.remembered


def due(episode: Episode, rule: AlertRule, lived: float, manner: Manner) -> Kind | None:
    """Return what people should be told of it now, if anything."""
    if episode.unsteady:
        return _due_unsteady(episode, lived, manner)
    known = episode.acknowledged and episode.told_bad
    if episode.changes >= 2 * manner.burst and not known:
        return "digest"
    if episode.bad == episode.told_bad:
        return "reminder" if _to_remind(episode, rule, lived) else None
    if episode.bad and lived - episode.turned < rule.minutes * 60:
        return None
    if len(_lately(episode, lived, manner)) >= manner.burst and not known:
        return "digest"
    return "alert" if episode.bad else "recovery"


def ready_since(episode: Episode, rule: AlertRule, kind: Kind) -> float:
    """Return since when that is to be told; what gathers others waits from then on."""
    if kind in ("digest", "reminder") or episode.unsteady:
        return float("-inf")
    return episode.turned + (rule.minutes * 60 if kind == "alert" else 0)


def told(episode: Episode, kind: Kind, lived: float, manner: Manner, incident: str, batch: str) -> Episode:
    """Return the episode after people were told; ``incident`` and ``batch`` are for one that begins now."""
    if kind == "reminder":
        return replace(episode, told=lived)
    if not episode.told_bad and kind != "recovery":
        episode = replace(episode, incident=incident, batch=batch, acknowledged=False)
    if kind == "digest":
        relapsed = episode.relapses + (0 if episode.unsteady else 1)
        return replace(episode, told_bad=True, told=lived, changes=0, unsteady=True, relapses=relapsed)
    sent = (lived,) if episode.unsteady else (*_lately(episode, lived, manner), lived)
    return replace(episode, told_bad=kind == "alert", told=lived, sent=sent, changes=0, unsteady=False)


def episode_of(state: Mapping[str, Any]) -> Episode:
    """Return the episode that is kept as JSON."""
    fact = Fact(**{**state["fact"], "tags": tuple(state["fact"]["tags"])})
    return Episode(**{**state, "fact": fact, "sent": tuple(state["sent"])})


def _due_unsteady(episode: Episode, lived: float, manner: Manner) -> Kind | None:
    calm = manner.calm * 2 ** min(max(episode.relapses - 1, 0), MOST_DOUBLINGS)
    if lived - episode.turned >= calm:
        return "alert" if episode.bad else "recovery"
    waited = lived - episode.told >= manner.digest
    return "digest" if waited and episode.changes and not episode.acknowledged else None


def _to_remind(episode: Episode, rule: AlertRule, lived: float) -> bool:
    wanted = bool(rule.remind_minutes) and episode.bad and not episode.acknowledged
    return wanted and lived - episode.told >= rule.remind_minutes * 60


def _lately(episode: Episode, lived: float, manner: Manner) -> tuple[float, ...]:
    return tuple(at for at in episode.sent if lived - at < manner.span)


def _seen(episode: Episode, lived: float) -> Episode:
    """Note that there is a fact, where that matters: nothing else needs to be stored in every round."""
    return replace(episode, seen=lived) if episode.fact.trigger == "usage" else episode
