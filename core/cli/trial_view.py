"""The steps of a trial, as they are told."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .output import say

if TYPE_CHECKING:
    from ..trial import Left, TrialStep


class Told:
    """What was told so far: each step at once to people, all of them at the end to programs.

    Attributes:
        as_json: whether a program listens.
        json: the steps, for a program.
        well: whether all went well.
        left: what may have been left on the marketplace, None for nothing.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.json: list[dict[str, Any]] = []
        self.well = True
        self.left: Left | None = None

    def all(self, found: "Iterable[TrialStep]") -> None:
        """Tell steps as they come."""
        for step in found:
            self.well = self.well and step.ok
            self.json.append(_as_json(step))
            if not self.as_json:
                _tell(step)


def _tell(step: "TrialStep") -> None:
    say(f"{'ok  ' if step.ok else 'FAIL'}  {step.title}: {step.seen}")
    for line in step.exchanges:
        say(f"        {line}")
    if step.place:
        say(f"      See {step.place}")
    if step.remedy:
        say(f"      What to do: {step.remedy}")


def _as_json(step: "TrialStep") -> dict[str, Any]:
    return {
        "title": step.title,
        "ok": step.ok,
        "seen": step.seen,
        "place": step.place,
        "remedy": step.remedy,
        "exchanges": list(step.exchanges),
    }
