"""What a walk through the usual causes of trouble found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

StepState = Literal["ok", "warn", "fail", "unknown"]
StepPart = Literal["publishing", "queries", "discovery", "space"]
WORST_FIRST: tuple[StepState, ...] = ("fail", "warn", "unknown", "ok")


@dataclass(frozen=True, slots=True)
class DiagnosisStep:
    """One cause of trouble, and whether it is there.

    ``part`` is the symptom that it would explain: publishing fails, queries fail, people do not find the endpoint; or
    the space as a whole. ``seen`` says what was seen, ``remedy`` what to do (empty where nothing is). ``unknown``: it
    could not be looked at. Without a marketplace it is about the endpoint, or the space, wherever it is listed.
    """

    part: StepPart
    code: str
    title: str
    state: StepState
    seen: str
    remedy: str = ""
    marketplace_id: str | None = None
    marketplace_name: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All steps, in the order of the publishing guide; ``slug`` is None for the space as a whole."""

    slug: str | None
    at: datetime
    steps: Sequence[DiagnosisStep]

    @property
    def state(self) -> StepState:
        """The worst state of all steps."""
        found = {step.state for step in self.steps}
        return next((state for state in WORST_FIRST if state in found), "ok")
