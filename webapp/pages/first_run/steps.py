"""The steps of a new space: what is done, what comes next. Each can be skipped, and is found again on the overview."""

from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response as AnyResponse

from ....core.records import Visitor
from ....core.space.first_steps import STEPS, Progress
from ...context import context
from ..page import Here, Pages, go, render

TITLES = {
    "account": "Your account",
    "space": "This space",
    "marketplace": "The first marketplace",
    "endpoint": "The first endpoint",
}
WHY = {
    "account": "Sign in with a name and a password instead of an API token.",
    "space": "Tell where it runs, so that marketplaces can reach it.",
    "marketplace": "Connect where your endpoints are to be listed. SyftHub is the usual choice.",
    "endpoint": "Describe what you offer: the dataset or model that answers.",
}
URLS = {
    "account": "/settings/people",
    "space": "/first-steps/space",
    "marketplace": "/first-steps/marketplace",
    "endpoint": "/first-steps/endpoint",
}

pages = Pages("first_steps")


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the list shows it; ``now`` is the one whose page is open."""

    name: str
    title: str
    why: str
    url: str
    done: bool
    now: bool = False


def steps(progress: Progress, here: str = "") -> list[Step]:
    """Return all steps in their order; ``here`` is the one whose page is open."""
    return [Step(name, TITLES[name], WHY[name], URLS[name], getattr(progress, name), name == here) for name in STEPS]


def left(visitor: Visitor) -> list[Step]:
    """Return the steps that are not done, for the overview; none for who may not do them, or does not want them."""
    progress = context().services.first_steps.progress()
    if progress.hidden or not visitor.may("admin"):
        return []
    return [step for step in steps(progress) if not step.done]


def step_page(here: Here, name: str, status: int = 200, **values: Any) -> AnyResponse:
    """Return the page of one step, with the list of all beside it."""
    listed = steps(here.services.first_steps.progress(), name)
    following = [step.url for step in listed[STEPS.index(name) + 1 :]]
    next_url = following[0] if following else "/"
    return render(f"first_run/{name}.html", here, status, steps=listed, next_url=next_url, **values)


@pages.show("/first-steps", "admin")
def first(here: Here) -> AnyResponse:
    """Go on to the first step that is not done."""
    waiting = [name for name in here.services.first_steps.progress().open if name != "account"]
    return go(f"first_steps.{waiting[0]}") if waiting else go("pages.home")


@pages.show("/first-steps/endpoint", "admin")
def endpoint(here: Here) -> AnyResponse:
    """Show the ways to a first endpoint."""
    found = here.services.endpoints.page(1, 5)
    return step_page(here, "endpoint", endpoints=found.items, total=found.total)


@pages.act("/first-steps/hide", "admin")
def hide(here: Here) -> AnyResponse:
    """Remind nobody of the steps any more."""
    here.services.first_steps.hide()
    return go("pages.home")
