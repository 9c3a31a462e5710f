"""``/endpoints/<slug>/availability``: whether a slug is free, here and on every marketplace, and what would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput
from ....core.records import Availability
from ..page import Here, render
from .area import pages
from .head import head

WORDS = {True: "Free", False: "Taken", None: "Cannot tell"}
TONES = {True: "published", False: "failed", None: "pending"}
BUSY = "Too many people wait for marketplaces just now. Ask again in a moment."


@dataclass(frozen=True, slots=True)
class Answer:
    """What this space, or one marketplace, says of a slug: in a word, with its shape, and why."""

    name: str
    state: str
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All answers, in a sentence; ``suggestions`` are slugs that are free where this one is taken."""

    slug: str
    headline: str
    state: str
    answers: Sequence[Answer] = ()
    suggestions: Sequence[str] = ()


@pages.show("/endpoints/<slug>/availability")
def show_availability(here: Here, slug: str) -> AnyResponse:
    """Show where a slug is free; the marketplaces are asked by the page once it is open, or with ``?ask=1``."""
    top = head(here, slug)
    wanted = request.args.get("slug", "").strip() or top.slug
    ask = here.live or request.args.get("ask") == "1"
    said = report(here, wanted, slug, suggest=True) if ask else None
    if here.live:
        return render("endpoint/availability_report.html", here, endpoint=top, report=said)
    return render("endpoint/availability.html", here, endpoint=top, tab="overview", report=said, wanted=wanted)


def report(here: Here, slug: str, own: str | None, *, suggest: bool = False) -> Report:
    """Return where ``slug`` is free for the endpoint that has the slug ``own`` (None: for a new one)."""
    with here.room.seat() as seated:
        if not seated:
            return Report(slug, BUSY, "pending")
        try:
            found = here.services.slug_checks.look(slug)
            taken = found.taken_for(own) or bool(found.taken_on)
            ideas = here.services.slug_checks.suggest(slug) if taken and suggest else []
        except InvalidInput as error:
            return Report(slug, " ".join(error.errors.get("slug", [error.message])), "failed")
    answers = [_here(taken=found.taken_for(own)), *(_answer(item.name, said) for item, said in found.places)]
    return Report(slug, *_headline(slug, answers), answers, ideas)


def _here(*, taken: bool) -> Answer:
    reason = "Another endpoint of this space has it." if taken else "No other endpoint of this space has it."
    return Answer("This space", TONES[not taken], WORDS[not taken], reason)


def _answer(name: str, said: Availability) -> Answer:
    return Answer(name, TONES[said.available], WORDS[said.available], said.reason)


def _headline(slug: str, answers: Sequence[Answer]) -> tuple[str, str]:
    taken = [one.name for one in answers if one.state == "failed"]
    unclear = [one.name for one in answers if one.state == "pending"]
    if taken:
        return f"{slug} is taken: {', '.join(taken)}.", "failed"
    if unclear:
        return f"{slug} is free as far as it is known; {', '.join(unclear)} cannot tell.", "pending"
    return f"{slug} is free everywhere.", "published"
