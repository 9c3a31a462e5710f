"""Progress while marketplaces are at work: a line for each, on a terminal only, gone when it is over."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ..records import Marketplace, Publication
    from ..services import Services

T = TypeVar("T")

REFRESH_SECONDS = 0.1
STEPS = {
    "create": "creating the listing",
    "update": "updating the listing",
    "withdraw": "withdrawing",
    "look": "looking",
}


def with_progress(services: "Services", slug: str, places: Sequence["Marketplace"], call: Callable[[], T]) -> T:
    """Return what ``call`` returns, showing meanwhile how far each marketplace is. Raises what ``call`` raises."""
    if not sys.stderr.isatty() or not places:
        return call()
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from .screen import Screen

    before = _rows(services, slug)
    columns = (SpinnerColumn(), TextColumn("{task.fields[place]}", markup=False), TextColumn("{task.description}"))
    running = in_background(call)
    with Progress(*columns, console=Screen(stderr=True), transient=True) as progress:
        tasks = {place.id: progress.add_task("checking", total=None, place=place.name) for place in places}
        while not running.done():
            now = _rows(services, slug)
            for place_id, task in tasks.items():
                progress.update(task, description=step(before.get(place_id), now.get(place_id)))
            wait([running], REFRESH_SECONDS)
    return running.result()


def step(before: "Publication | None", now: "Publication | None") -> str:
    """Return what is being done for a row; ``before`` is how it was when the request came."""
    if now is None or (before is not None and now.wanted_rev == before.wanted_rev):
        return "checking"
    if now.lease is not None:
        return STEPS.get(now.intent.operation if now.intent else "", "working")
    if now.due_at is not None:
        return "waiting for another try" if now.attempts else "waiting"
    return "failed" if now.gave_up else "done"


def _rows(services: "Services", slug: str) -> "dict[str, Publication]":
    _, places = services.publisher.publications(slug)
    return {marketplace.id: row for marketplace, row in places if row is not None}


def in_background(call: Callable[[], T]) -> "Future[T]":
    """Run ``call`` in a daemon thread: Ctrl-C must not wait for it."""
    running: Future[T] = Future()

    def run() -> None:
        try:
            running.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits
            running.set_exception(error)

    Thread(target=run, name="publish", daemon=True).start()
    return running
