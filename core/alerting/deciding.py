"""Of what people are told, and when: rules, facts, memory and the time give notices and the new memory. Pure.

Time is counted as it is watched: from round to round, and never more than two minutes at once. So a clock that jumps
makes nothing last longer than it did, and what happens while nobody watches is not taken to have lasted.
:mod:`publicist.core.alerting.episodes` shows the life of one alert.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..records import AlertRule, Fact, Incident, Notice
from .episodes import Episode, Kind, Manner, after, applying, due, is_lost, is_over, judge, ready_since, told
from .texts import notice_of, title_of

NAMES = uuid.UUID("5d9e4a54-2a0c-4b1e-8f3a-6f1d3f5b7c21")
"""The name space of the ids that are made here: the same for the same input."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known from the rounds before: how long was watched, when groups were told, and the open episodes."""

    at: datetime | None = None
    lived: float = 0.0
    groups: Mapping[str, float] = field(default_factory=dict)
    episodes: Mapping[str, Episode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a round came to: notices with the rule of each, incidents that began, and the ids of those that ended."""

    memory: Memory
    notices: tuple[tuple[AlertRule, Notice], ...] = ()
    opened: tuple[Incident, ...] = ()
    closed: tuple[str, ...] = ()


def decide(
    rules: Sequence[AlertRule], facts: Iterable[Fact], memory: Memory, now: datetime, manner: Manner | None = None
) -> Told:
    """Return what is to be told now.

    Args:
        facts: how everything stands that any of the rules is about, well or not. What is not among them is gone.
        memory: what the last round returned.
    """
    manner = manner or Manner()
    lived = memory.lived + _step(memory.at, now, manner)
    by_id = {rule.id: rule for rule in rules}
    seen = _look(rules, facts, memory.episodes, lived, manner)
    groups = {name: at for name, at in memory.groups.items() if lived - at < manner.group_interval}
    telling = _Telling(seen.episodes, lived, now, manner)
    for (rule_id, kind, batch), members in _gather(seen, by_id, lived, manner).items():
        name, rule = f"{rule_id}/{kind}/{batch}", by_id[rule_id]
        since = min(ready_since(member, rule, kind) for member in members)
        if name not in groups and lived - since >= manner.group_wait:
            groups[name] = lived
            telling.tell(rule, kind, members)
    kept = {key: each for key, each in seen.episodes.items() if not is_over(each, lived, manner)}
    return Told(
        Memory(now, lived, groups, kept), tuple(telling.notices), tuple(telling.opened), (*seen.lost, *telling.closed)
    )


@dataclass(slots=True)
class _Seen:
    """The episodes after a look; of ``paused`` ones nothing is known just now; ``lost`` incidents have no subject."""

    episodes: dict[str, Episode] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    lost: tuple[str, ...] = ()


def _look(
    rules: Sequence[AlertRule], facts: Iterable[Fact], known: Mapping[str, Episode], lived: float, manner: Manner
) -> _Seen:
    by_trigger = defaultdict[str, list[AlertRule]](list)
    for rule in rules:
        by_trigger[rule.trigger].append(rule)
    seen, looked_at = _Seen(), set[str]()
    for fact in facts:
        for rule in applying(by_trigger, fact):
            key = f"{rule.id}|{fact.subject}"
            looked_at.add(key)
            episode = after(known.get(key), rule, fact, key, lived)
            if episode is None:
                continue
            seen.episodes[key] = episode
            if judge(rule, fact) is None:
                seen.paused.add(key)
    there = {rule.id for rule in rules}
    _keep_unseen(seen, [each for key, each in known.items() if key not in looked_at], there, lived, manner)
    return seen


def _keep_unseen(seen: _Seen, episodes: Iterable[Episode], rules: set[str], lived: float, manner: Manner) -> None:
    lost = []
    for episode in episodes:
        if episode.rule_id in rules and not is_lost(episode, lived, manner):
            seen.episodes[episode.key] = episode
            seen.paused.add(episode.key)
        elif episode.told_bad:
            lost.append(episode.incident)
    seen.lost = tuple(lost)


def _gather(
    seen: _Seen, rules: Mapping[str, AlertRule], lived: float, manner: Manner
) -> Mapping[tuple[str, Kind, str], list[Episode]]:
    """Return what is to be told, in groups; recoveries go with those that were told together."""
    found = defaultdict[tuple[str, Kind, str], list[Episode]](list)
    for key, episode in seen.episodes.items():
        kind = None if key in seen.paused else due(episode, rules[episode.rule_id], lived, manner)
        if kind:
            found[episode.rule_id, kind, episode.batch if kind == "recovery" else ""].append(episode)
    return found


class _Telling:
    """Makes notices, and notes in the episodes that people were told."""

    def __init__(self, episodes: dict[str, Episode], lived: float, now: datetime, manner: Manner) -> None:
        self.notices: list[tuple[AlertRule, Notice]] = []
        self.opened: list[Incident] = []
        self.closed: list[str] = []
        self._episodes = episodes
        self._lived, self._now, self._manner = lived, now, manner

    def tell(self, rule: AlertRule, kind: Kind, members: Sequence[Episode]) -> None:
        members = sorted(members, key=lambda episode: (episode.fact.name, episode.key))
        key = self._name(rule.id, kind, *(member.key for member in members))
        begun = [self._name("incident", member.key) for member in members]
        fresh = begun[0] if len(members) == 1 else self._name("batch", key)
        after_all = [
            told(member, kind, self._lived, self._manner, incident, fresh)
            for member, incident in zip(members, begun, strict=True)
        ]
        batches = {each.batch for each in after_all}
        incident = batches.pop() if len(batches) == 1 else fresh
        self.notices.append((rule, notice_of(kind, rule, members, key, incident, self._now)))
        for before, episode in zip(members, after_all, strict=True):
            self._episodes[episode.key] = episode
            if episode.incident != before.incident:
                self.opened.append(self._incident(rule, episode))
            if kind == "recovery":
                self.closed.append(episode.incident)

    def _incident(self, rule: AlertRule, episode: Episode) -> Incident:
        fact = episode.fact
        return Incident(
            id=episode.incident,
            batch=episode.batch,
            rule_id=rule.id,
            trigger=rule.trigger,
            subject=fact.subject,
            name=fact.name,
            title=title_of(episode),
            text=fact.text,
            endpoint_id=fact.endpoint_id,
            opened_at=self._now,
        )

    def _name(self, *parts: str) -> str:
        return str(uuid.uuid5(NAMES, "|".join((*parts, self._now.isoformat(), f"{self._lived}"))))


def _step(before: datetime | None, now: datetime, manner: Manner) -> float:
    return min(max((now - before).total_seconds(), 0.0), manner.longest_step) if before else 0.0
