"""A checker on a real store, what it looks at made up."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from publicist.core.health.checker import ROUND_SECONDS, Checker
from publicist.core.health.looking import Job
from publicist.core.health.self_check import SelfCheck
from publicist.core.records import CheckResult, Endpoint
from publicist.core.services import Services
from publicist.core.settings import Settings

from ...clock import Clock
from ...spaces import add_endpoint

SOON = 10.0
Seen = tuple[str, tuple[bool, ...] | None, str]


@dataclass
class Looking:
    """Stands in for what is looked at: ``behave`` is called by each look's one check, in its thread."""

    behave: Callable[[Endpoint], CheckResult] = lambda endpoint: CheckResult("dataset", ok=True, message="Well.")
    at_once: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def jobs(self, endpoint: Endpoint) -> Mapping[str, Job]:
        def job() -> CheckResult:
            with self.lock:
                self.at_once[endpoint.id] = self.at_once.get(endpoint.id, 0) + 1
                self.most_at_once = max(self.most_at_once, *self.at_once.values())
            try:
                return self.behave(endpoint)
            finally:
                with self.lock:
                    self.at_once[endpoint.id] -= 1

        return {"dataset": job}


@dataclass
class World:
    """A space with a checker whose looks are told to ``seen``."""

    services: Services
    clock: Clock
    looking: Looking
    seen: list[Seen] = field(default_factory=list)
    settings: Settings = field(default_factory=lambda: Settings(check_interval=60, check_concurrency=16))

    def checker(self, owner: str = "one", self_check: SelfCheck | None = None) -> Checker:
        return Checker(
            self.services.store,
            self.looking,  # type: ignore[arg-type]
            self.services.maintenance,
            self_check or self.services.self_check,
            self.note,
            self.settings,
            owner,
            self.clock,
        )

    def note(self, name: str, results: Sequence[CheckResult] | None, _: float | None, why: str) -> None:
        self.seen.append((name, None if results is None else tuple(each.ok for each in results), why))

    def add(self, number: int) -> list[str]:
        return [add_endpoint(self.services, slug=f"endpoint-{each}").id for each in range(number)]

    def rounds(self, checker: Checker, seconds: float) -> int:
        """Let time pass in rounds; each is over before the next begins. Return how many looks began."""
        begun = 0
        for _ in range(int(seconds / ROUND_SECONDS)):
            self.clock.move(seconds=ROUND_SECONDS)
            begun += checker.round()
            assert checker.wait_idle(SOON)
        return begun


def names(seen: list[Seen]) -> list[str]:
    return [name for name, _, _ in seen]
