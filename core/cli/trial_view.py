"""The steps of a trial, as they are told."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .output import count
from .texts import fitted

if TYPE_CHECKING:
    from ..trial.trial import Left, TrialStep

_BESIDE = 6


class Told:
    """What was told so far: each step at once to people, all of them at the end to programs.

    Attributes:
        as_json: whether a program listens.
        json: the steps, for a program.
        left: what may have been left on the marketplace, None for nothing.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.json: list[dict[str, Any]] = []
        self.left: Left | None = None

    @property
    def failed(self) -> list[str]:
        """The titles of the steps that failed."""
        return [step["title"] for step in self.json if not step["ok"]]

    def all(self, found: "Iterable[TrialStep]") -> None:
        """Tell steps as they come."""
        for step in found:
            self.json.append(asdict(step))
            if not self.as_json:
                _tell(step)

    def end(self) -> None:
        """Tell people in one line how it went."""
        if not self.as_json:
            said = (
                f"Failed: {', '.join(self.failed)}." if self.failed else f"{count(len(self.json), 'step')}, all well."
            )
            _line("", f"\n{said}", 0, bold=True)


def _tell(step: "TrialStep") -> None:
    _line(
        "ok" if step.ok else "FAIL",
        f"{step.title}: {step.seen}",
        fg="green" if step.ok else "red",
        bold=not step.ok or None,
    )
    for line in step.exchanges:
        if line != f"← {step.seen}":
            _line("", line, _BESIDE + 2, dim=True)
    if step.place:
        _line("", f"See {step.place}")
    if step.remedy:
        _line("", f"What to do: {step.remedy}")


def _line(mark: str, text: str, taken: int = _BESIDE, **style: Any) -> None:
    """Print a text beside its mark, in lines that fit a terminal and begin below each other."""
    shown = f"\n{' ' * taken}".join(fitted(text, sys.stdout, taken).split("\n"))
    click.echo(
        click.style(mark, **style) + " " * (taken - len(mark)) + (shown if mark else click.style(shown, **style))
    )
