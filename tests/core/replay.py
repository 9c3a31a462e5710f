"""A replay of alerting: rounds, one after the other, and what people are told in each."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from publicist.core.alerting.deciding import Memory, decide
from publicist.core.records import AlertRule, Fact, Incident, Notice

from ..clock import START

Look = Callable[[float], Iterable[Fact]]


def rule(trigger: str = "state", **fields: Any) -> AlertRule:
    words = {"state": ("unhealthy", "offline"), "publication": ("failed",)}.get(trigger, ())
    given: dict[str, Any] = {"id": f"rule-{trigger}", "name": "Rule", "words": words, **fields}
    return AlertRule(trigger=trigger, created_at=START, **given)  # type: ignore[arg-type]


def state(word: str, name: str = "research-qa", **fields: Any) -> Fact:
    return Fact("state", name, name, word, f"It is {word}.", endpoint_id=name, endpoint_slug=name, **fields)


@dataclass
class Replay:
    """Takes rounds and keeps what was told. ``at`` counts the seconds of the replay."""

    rules: list[AlertRule] = field(default_factory=lambda: [rule()])
    memory: Memory = field(default_factory=Memory)
    now: datetime = START
    at: float = 0.0
    told: list[tuple[float, Notice]] = field(default_factory=list)
    opened: list[Incident] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def run(self, seconds: float, look: Look, step: float = 10.0) -> "Replay":
        """Take a round every ``step`` seconds for so long; ``look`` gives the facts at each time of the replay."""
        ends = self.at + seconds
        while self.at < ends:
            self.round(look(self.at))
            self.pass_by(step)
        return self

    def pass_by(self, seconds: float) -> None:
        self.at += seconds
        self.now += timedelta(seconds=seconds)

    def round(self, facts: Iterable[Fact]) -> None:
        answer = decide(self.rules, facts, self.memory, self.now)
        self.memory = answer.memory
        self.told += [(self.at, notice) for _, notice in answer.notices]
        self.opened += answer.opened
        self.closed += answer.closed

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for _, notice in self.told]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(self.kinds))
